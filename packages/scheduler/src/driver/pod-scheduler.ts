import type { Node, Pod } from '@kubernetes-mesos/api-types';
import { PODS } from '@kubernetes-mesos/client';
import { assertNever, Backoff, errorMessage, type Timer } from '@kubernetes-mesos/component-base';
import type { ConnectionEvent, SchedulerEvent, SchedulerEventFailure, TaskStatus } from '@kubernetes-mesos/mesos';
import { podUid, podUidOf } from '../ids';
import { OfferBook } from '../offers/offer-book';
import { OfferKeeper } from '../offers/offer-keeper';
import { demandOf, isDemandProblem } from '../placement/demand';
import { PlacementMemory } from '../placement/place';
import { PodQueue } from '../queue/pod-queue';
import { Reconciler } from '../reconcile/reconciler';
import type { ExecutorCatalog } from '../tasks/executor-catalog';
import { decidePod } from '../tasks/pod-decision';
import { hasController, wantsPlace } from '../tasks/pod-view';
import { decideStatus } from '../tasks/status-decision';
import { agentOf, hasEnded } from '../tasks/task-phase';
import { isWanted, TaskRegistry, type TaskEntry } from '../tasks/task-registry';
import type { SchedulerContext, SchedulerPorts, SchedulerState } from './context';
import { KnownExecutors } from './executors';
import { Explainer } from './explainer';
import { Killer } from './killer';
import { Launcher } from './launcher';
import type { SchedulerOptions } from './options';
import { Settler } from './settler';

/** Rounds that follow each other closely are held apart this much, ms, so that each places many pods. */
const ROUND_SPACING_MS = 20;

/**
 * The scheduler in its term of office: pods from the API, offers and updates from Mesos, launches to Mesos.
 *
 * Order of things after a start: the API's pods are loaded; the framework subscribes, suppressed; its id is stored; every
 * task that an earlier scheduler may have launched is asked about; and only a pod of which it is known that no task of
 * it exists is placed.
 */
export class PodScheduler {
  readonly state: SchedulerState;
  readonly offers: OfferKeeper;
  readonly reconciler: Reconciler;
  readonly executors: KnownExecutors;
  readonly #context: SchedulerContext;
  readonly #abort = new AbortController();
  readonly #launcher: Launcher;
  readonly #killer: Killer;
  readonly #settler: Settler;
  readonly #explainer: Explainer;
  /** Unbound pods seen so far may have been launched by an earlier scheduler. */
  #mayBeInFlight: boolean;
  /** Subscribed, and the framework id is stored. */
  #open = false;
  #subscription = 0;
  #roundTimer: Timer | undefined;
  #lastRoundAt = -Infinity;
  #refreshTimer: Timer | undefined;

  constructor(ports: SchedulerPorts, options: SchedulerOptions, catalog: ExecutorCatalog) {
    const { initialPodBackoffMs, maxPodBackoffMs, offerTtlMs } = options;
    this.state = {
      registry: new TaskRegistry(),
      queue: new PodQueue({
        initialBackoffMs: initialPodBackoffMs,
        maxBackoffMs: maxPodBackoffMs,
        random: ports.random,
      }),
      book: new OfferBook({ ttlMs: offerTtlMs, catalog }),
      memory: new PlacementMemory(),
      catalog,
    };
    this.#context = { ports, state: this.state, options, signal: this.#abort.signal };
    // A framework that Mesos has never seen cannot have tasks.
    this.#mayBeInFlight = ports.mesos.framework.id !== undefined;
    const requeue = (entry: TaskEntry, failed: boolean): void => this.#requeue(entry, failed);
    const ask = (entry: TaskEntry): void => this.reconciler.ask(entry);
    this.offers = new OfferKeeper(this.#context);
    this.reconciler = new Reconciler(this.#context);
    this.executors = new KnownExecutors(this.#context);
    this.#launcher = new Launcher(this.#context, {
      requeue,
      ask,
      started: (agent, executorId, hostname) => this.executors.started(agent, executorId, hostname),
    });
    this.#killer = new Killer(this.#context);
    this.#settler = new Settler(this.#context, { requeue, ask, forget: (entry) => this.#forget(entry) });
    this.#explainer = new Explainer(this.#context);
  }

  /**
   * Runs until `signal` aborts. The informers must be started and in sync.
   * @throws FrameworkRefusedError when Mesos will not have the framework
   */
  async run(signal: AbortSignal): Promise<void> {
    const { ports } = this.#context;
    const stop = (): void => {
      this.#abort.abort(signal.reason);
      void ports.mesos.close();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const unsubscribe = [
      ports.pods.subscribe({
        added: (pod) => this.#podSeen(pod),
        updated: (pod) => this.#podSeen(pod),
        deleted: (pod) => this.#podGone(pod),
      }),
      ports.nodes.subscribe({
        added: () => this.#nodesChanged(),
        updated: (node, previous) => {
          if (placementView(node) !== placementView(previous)) this.#nodesChanged();
        },
      }),
    ];
    try {
      for await (const event of ports.mesos.events()) this.#mesosEvent(event);
    } finally {
      signal.removeEventListener('abort', stop);
      this.#abort.abort(new Error('the scheduler has ended'));
      for (const each of unsubscribe) each();
      this.#roundTimer?.cancel();
      this.#refreshTimer?.cancel();
      this.offers.close();
      this.reconciler.close();
      this.#killer.close();
      this.#explainer.close();
      await this.#settler.close();
      await ports.mesos.close();
    }
  }

  get isOpen(): boolean {
    return this.#open;
  }

  #mesosEvent(event: SchedulerEvent | ConnectionEvent): void {
    const { logger } = this.#context.ports;
    switch (event.type) {
      case 'CONNECTED':
        logger.info('connected to mesos', { master: event.master });
        return;
      case 'SUBSCRIBED':
        this.#subscribed(event.subscribed.framework_id.value);
        return;
      case 'DISCONNECTED':
        this.#disconnected(event.reason);
        return;
      case 'OFFERS':
        for (const offer of event.offers.offers ?? []) this.executors.offered(offer);
        this.offers.received(event.offers.offers ?? []);
        this.#wakeRound();
        return;
      case 'RESCIND':
        this.offers.rescinded(event.rescind.offer_id.value);
        return;
      case 'INVERSE_OFFERS':
        this.offers.inverseOffers(event.inverse_offers.inverse_offers ?? [], (agent) => this.#hasBarePods(agent));
        return;
      case 'UPDATE':
        this.#statusUpdate(event.update.status);
        return;
      case 'FAILURE':
        this.#failure(event.failure);
        return;
      case 'MESSAGE':
        logger.debug('message from an executor', { executor: event.message.executor_id.value });
        return;
      case 'ERROR':
      case 'HEARTBEAT':
      case 'RESCIND_INVERSE_OFFER':
      case 'UPDATE_OPERATION_STATUS':
      case 'UNKNOWN':
        return;
      default:
        assertNever(event);
    }
  }

  #subscribed(frameworkId: string): void {
    const { ports } = this.#context;
    this.#subscription += 1;
    this.offers.subscribed();
    this.#keepFrameworkId(frameworkId, this.#subscription).catch((error: unknown) => {
      if (!this.#abort.signal.aborted) ports.logger.error('framework id not stored', { error });
    });
  }

  /** Stores the id, as often as it takes, and only then lets the scheduler act: a task of a lost id is lost with it. */
  async #keepFrameworkId(id: string, subscription: number): Promise<void> {
    const { ports, options, signal } = this.#context;
    const backoff = new Backoff({ initialMs: 200, maxMs: 5000, random: ports.random });
    for (;;) {
      try {
        await ports.frameworkIds.save(id);
        break;
      } catch (error) {
        const delayMs = Math.round(backoff.next());
        ports.logger.warn('framework id not stored, will retry', { delayMs, error: errorMessage(error) });
        await ports.clock.sleep(delayMs, { signal });
      }
    }
    if (signal.aborted || subscription !== this.#subscription) return;
    this.#open = true;
    this.reconciler.subscribed();
    this.#mayBeInFlight = false;
    this.#killer.resend();
    this.#wakeRound();
    this.#refreshTimer?.cancel();
    this.#refreshTimer = ports.clock.setTimer(() => {
      if (this.#open) void this.#refreshFrameworkId(id);
    }, options.frameworkIdRefreshMs);
  }

  async #refreshFrameworkId(id: string): Promise<void> {
    const { ports, options } = this.#context;
    try {
      await ports.frameworkIds.save(id);
    } catch (error) {
      ports.logger.warn('framework id not refreshed', { error: errorMessage(error) });
    }
    if (this.#abort.signal.aborted) return;
    this.#refreshTimer?.cancel();
    this.#refreshTimer = ports.clock.setTimer(() => void this.#refreshFrameworkId(id), options.frameworkIdRefreshMs);
  }

  #disconnected(reason: string): void {
    const { ports, state } = this.#context;
    ports.logger.warn('disconnected from mesos', { reason });
    this.#open = false;
    // What is still on its way to the API belongs to an older subscription.
    this.#subscription += 1;
    this.offers.disconnected();
    this.reconciler.disconnected();
    const now = ports.clock.monotonic();
    for (const entry of [...state.registry.inPhase('launching')]) {
      const agent = agentOf(entry.phase);
      state.registry.setPhase(entry, {
        kind: 'checking',
        since: now,
        ...(agent === undefined ? {} : { agentId: agent }),
      });
    }
  }

  #podSeen(pod: Pod): void {
    const { state, ports } = this.#context;
    const uid = podUid(pod.metadata.uid ?? '');
    let entry = state.registry.get(uid);
    const now = ports.clock.monotonic();
    const { phase, action } = decidePod(entry?.phase, pod, this.#mayBeInFlight, now);
    if (phase === undefined) {
      if (entry !== undefined) this.#forget(entry);
      return;
    }
    if (entry === undefined) entry = state.registry.add(uid, pod, phase);
    else {
      entry.pod = pod;
      state.registry.setPhase(entry, phase);
    }
    if (action.kind !== 'queue') state.queue.remove(uid);
    switch (action.kind) {
      case 'none':
        return;
      case 'queue':
        this.#enqueue(entry, pod);
        return;
      case 'kill':
        this.#killer.kill(entry);
        return;
      case 'remove':
        this.#removeUnstarted(pod);
        return;
      case 'ask':
        this.reconciler.ask(entry);
        return;
      default:
        assertNever(action);
    }
  }

  #podGone(pod: Pod): void {
    const { state } = this.#context;
    const entry = state.registry.get(podUid(pod.metadata.uid ?? ''));
    if (entry === undefined) return;
    entry.pod = undefined;
    state.queue.remove(entry.uid);
    switch (entry.phase.kind) {
      case 'waiting':
        this.#forget(entry);
        return;
      case 'launching':
      case 'live':
      case 'unreachable':
        this.#killer.kill(entry);
        return;
      case 'checking':
      case 'settling':
        return;
      default:
        assertNever(entry.phase);
    }
  }

  #enqueue(entry: TaskEntry, pod: Pod): void {
    const { state, ports, options } = this.#context;
    const demand = demandOf(pod, options.demandRules);
    if (isDemandProblem(demand)) {
      state.queue.remove(entry.uid);
      ports.recorder.event(pod, 'Warning', 'FailedScheduling', demand.problem);
      return;
    }
    state.queue.add(demand, ports.clock.monotonic());
    this.#explainer.wake();
    this.#wakeRound();
  }

  /** Back to waiting, after a launch that came to nothing. */
  #requeue(entry: TaskEntry, failed: boolean): void {
    const { state, ports, options } = this.#context;
    this.#killer.spare(entry);
    const { pod } = entry;
    if (pod === undefined) {
      this.#forget(entry);
      return;
    }
    if (!wantsPlace(pod)) {
      this.#podSeen(pod);
      return;
    }
    if (!failed) {
      this.#enqueue(entry, pod);
      return;
    }
    const demand = demandOf(pod, options.demandRules);
    if (isDemandProblem(demand)) return;
    const now = ports.clock.monotonic();
    const pauseMs = state.queue.addAfterFailure(demand, now);
    this.#explainer.wake();
    ports.clock.setTimer(() => this.#wakeRound(), pauseMs);
  }

  #forget(entry: TaskEntry): void {
    const { state } = this.#context;
    this.#killer.spare(entry);
    state.queue.remove(entry.uid);
    state.queue.forget(entry.uid);
    state.registry.remove(entry);
  }

  /** Deleted while it waited: no executor will ever do this. A failure shows at the next change or relist. */
  #removeUnstarted(pod: Pod): void {
    const { kube, logger } = this.#context.ports;
    const { uid, name = '', namespace = 'default' } = pod.metadata;
    const options = { gracePeriodSeconds: 0, ...(uid === undefined ? {} : { uid }) };
    kube.delete(PODS, { namespace, name }, options).catch((error: unknown) => {
      logger.debug('deleted pod not removed', { pod: `${namespace}/${name}`, error: errorMessage(error) });
    });
  }

  #statusUpdate(status: TaskStatus): void {
    const { state, ports } = this.#context;
    ports.metrics.statusUpdates.inc({
      source: status.source ?? 'none',
      reason: status.reason ?? 'none',
      state: status.state,
    });
    if (ports.logger.isDebugEnabled) {
      ports.logger.debug('status update', { task: status.task_id.value, state: status.state, message: status.message });
    }
    const uid = podUidOf(status.task_id.value);
    let entry = uid === undefined ? undefined : state.registry.get(uid);
    if (entry === undefined) {
      if (hasEnded(status.state) || uid === undefined) {
        if (!hasEnded(status.state)) this.#killForeign(status);
        this.#acknowledge(status);
        return;
      }
      // A task without a pod, for all that the API shows: it is not wanted, and watched until it has ended.
      entry = state.registry.add(uid, undefined, { kind: 'checking', since: ports.clock.monotonic() });
    }
    const before = entry.phase;
    const { phase, action } = decideStatus(before, status, isWanted(entry), ports.clock.monotonic());
    state.registry.setPhase(entry, phase);
    if (phase.kind !== 'waiting') state.queue.remove(entry.uid);
    if (before.kind === 'launching' && phase.kind === 'live') {
      ports.metrics.bindLatency.observe((ports.clock.monotonic() - before.since) * 1000);
    }
    if (status.state === 'TASK_RUNNING') state.queue.forget(entry.uid);
    switch (action.kind) {
      case 'acknowledge':
        this.#acknowledge(status);
        return;
      case 'kill':
        this.#killer.kill(entry);
        this.#acknowledge(status);
        return;
      case 'settle':
        this.#killer.spare(entry);
        this.#settler.settle(entry, status).then(
          () => this.#acknowledge(status),
          () => undefined, // the scheduler has ended: Mesos tells the next one
        );
        return;
      default:
        assertNever(action);
    }
  }

  /** A task that no scheduler of this kind has launched, in our framework. */
  #killForeign(status: TaskStatus): void {
    const { mesos, logger } = this.#context.ports;
    logger.warn('killing a task that is no pod', { task: status.task_id.value });
    mesos.call({ type: 'KILL', kill: { task_id: status.task_id } }).catch(() => undefined);
  }

  #acknowledge(status: TaskStatus): void {
    const { mesos, logger } = this.#context.ports;
    const { uuid, agent_id: agentId, task_id: taskId } = status;
    if (uuid === undefined || uuid.length === 0 || agentId === undefined) return;
    mesos
      .call({ type: 'ACKNOWLEDGE', acknowledge: { agent_id: agentId, task_id: taskId, uuid } })
      .catch((error: unknown) => {
        logger.debug('acknowledgement not sent, the update will come again', { error: errorMessage(error) });
      });
  }

  #failure(failure: SchedulerEventFailure): void {
    const { logger } = this.#context.ports;
    const agent = failure.agent_id?.value;
    const executor = failure.executor_id?.value;
    if (agent === undefined) return;
    if (executor === undefined) logger.warn('agent lost', { agent });
    else logger.warn('executor ended', { agent, executor, end: waitStatusText(failure.status) });
    this.executors.ended(agent);
    if (executor === undefined) this.offers.agentLost(agent);
    else this.offers.executorLost(agent);
  }

  #hasBarePods(agent: string): boolean {
    for (const entry of this.#context.state.registry.inPhase('live')) {
      if (agentOf(entry.phase) === agent && entry.pod !== undefined && !hasController(entry.pod)) return true;
    }
    return false;
  }

  #nodesChanged(): void {
    const { memory, queue } = this.#context.state;
    memory.forgetAll();
    queue.askAgain();
    this.#wakeRound();
  }

  /** Places what can be placed, soon: everything of this turn in one round. */
  #wakeRound(): void {
    if (!this.#open || this.#roundTimer !== undefined) return;
    const { clock } = this.#context.ports;
    const pauseMs = Math.max(0, this.#lastRoundAt + ROUND_SPACING_MS - clock.monotonic());
    this.#roundTimer = clock.setTimer(() => {
      this.#roundTimer = undefined;
      this.#round();
    }, pauseMs);
  }

  #round(): void {
    if (!this.#open) return;
    const { state, ports } = this.#context;
    const now = ports.clock.monotonic();
    state.queue.release(now);
    if (this.#launcher.round() > 0) this.#lastRoundAt = now;
    this.offers.updateDemand();
  }
}

/** A wait(2) status in words; agents send -1, or nothing, when they do not know. */
function waitStatusText(status: number | undefined): string {
  if (status === undefined || status < 0) return 'unknown';
  const signal = status & 0x7f;
  return signal === 0 ? `exit code ${(status >> 8) & 0xff}` : `signal ${signal}`;
}

/** What placement looks at of a node, for telling heartbeats from changes. */
function placementView(node: Node): string {
  return JSON.stringify([node.metadata.labels, node.spec?.unschedulable, node.spec?.taints]);
}
