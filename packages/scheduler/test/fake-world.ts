import { randomUUID } from 'node:crypto';
import { StatusError, type KubeObject, type Node, type Pod } from '@kubernetes-mesos/api-types';
import type { Informer, InformerHandler, KubeClient } from '@kubernetes-mesos/client';
import { silentLogger } from '@kubernetes-mesos/component-base';
import type {
  ConnectionEvent,
  Offer,
  SchedulerCall,
  SchedulerEvent,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '@kubernetes-mesos/mesos';
import { ResourcePool } from '@kubernetes-mesos/mesos';
import { FakeClock } from '@kubernetes-mesos/test-support';
import { Registry } from 'prom-client';
import type { SchedulerPorts } from '../src/driver/context';
import type { SchedulerOptions } from '../src/driver/options';
import { PodScheduler } from '../src/driver/pod-scheduler';
import { createSchedulerMetrics } from '../src/http/metrics';
import { makeCatalog, makeOffer, ports as portRange, RULES, scalar } from './builders';

/**
 * A world that outlives schedulers: an API with pods, a Mesos master with agents, and executors that bind and run what
 * they are given. A scheduler can be killed at any step that it takes towards the outside.
 */

export const OPTIONS: SchedulerOptions = {
  demandRules: RULES,
  allocationRole: '*',
  offerTtlMs: 5000,
  initialPodBackoffMs: 100,
  maxPodBackoffMs: 1000,
  reconcileIntervalMs: 15_000,
  reconcileCooldownMs: 0,
  initialImplicitReconciliationMs: 1000,
  explicitMaxBackoffMs: 4000,
  frameworkIdRefreshMs: 30_000,
  taskDiscovery: false,
  verifyAfterMs: 2000,
};

type MesosEvent = SchedulerEvent | ConnectionEvent;

interface WorldTask {
  readonly info: TaskInfo;
  readonly agent: string;
  state: TaskState;
  pending: TaskStatus[];
  /** Containers run. */
  running: boolean;
}

interface Connection {
  push(event: MesosEvent): void;
  end(): void;
}

const TERMINAL = new Set<TaskState>(['TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_LOST', 'TASK_ERROR']);

export class FakeWorld {
  readonly clock = new FakeClock();
  readonly pods = new Map<string, Pod>();
  readonly tasks = new Map<string, WorldTask>();
  readonly events: { readonly pod: string; readonly reason: string; readonly message: string }[] = [];
  readonly calls: SchedulerCall[] = [];
  /** Pods whose containers ran on two tasks at once, or tasks of one id twice: must stay empty. */
  readonly violations: string[] = [];
  storedFrameworkId: string | undefined;
  /** Executors answer (bind, run) only while this is true. */
  executorsWork = true;
  /** What an executor does instead of running the pod. */
  executorFails: (task: TaskInfo) => boolean = () => false;
  crashAtStep = Infinity;
  steps = 0;
  readonly agents: string[];
  readonly #agentResources = new Map<string, ResourcePool>();
  readonly #executors = new Map<string, string>();
  readonly #offers = new Map<string, Offer>();
  readonly #informers = new Set<FakeInformer<Pod>>();
  #connection: Connection | undefined;
  #frameworkId: string | undefined;
  #offerCount = 0;
  #version = 1;
  #suppressed = true;
  #generation = 0;
  #stop: (() => void) | undefined;
  scheduler: PodScheduler | undefined;
  ended: Promise<void> = Promise.resolve();

  constructor(agents = ['S1', 'S2']) {
    this.agents = agents;
    for (const agent of agents) {
      this.#agentResources.set(
        agent,
        ResourcePool.of([scalar('cpus', 4), scalar('mem', 4096), portRange(31000, 31009)]),
      );
    }
  }

  /** Starts a scheduler; the one before must have been stopped or have crashed. */
  start(): void {
    this.#generation += 1;
    const generation = this.#generation;
    const abort = new AbortController();
    this.#stop = () => abort.abort();
    const pods = new FakeInformer<Pod>([...this.pods.values()]);
    this.#informers.add(pods);
    const scheduler = new PodScheduler(this.#ports(generation, pods), OPTIONS, makeCatalog());
    this.scheduler = scheduler;
    this.ended = scheduler.run(abort.signal);
    this.ended.catch(() => undefined);
  }

  /** An orderly end. */
  async stop(): Promise<void> {
    this.#stop?.();
    this.#disconnect();
    await this.ended.catch(() => undefined);
  }

  /** Nothing the scheduler has under way goes on, nothing is said goodbye to. */
  crash(): void {
    this.#generation += 1;
    this.#informers.clear();
    this.#connection = undefined;
    this.#offers.clear();
    this.#suppressed = true;
    this.#stop?.();
  }

  breakConnection(): void {
    this.#offers.clear();
    this.#connection?.push({ type: 'DISCONNECTED', reason: 'cut' });
    this.#subscribe();
  }

  get crashed(): boolean {
    return this.steps >= this.crashAtStep;
  }

  /** Lets everything happen that happens within `ms`. */
  async run(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += 50) {
      await flush();
      this.#tick();
      await flush();
      await this.clock.advance(50);
    }
    await flush();
  }

  create(pod: Pod): void {
    this.#store({ ...pod, metadata: { ...pod.metadata, resourceVersion: String(this.#version) } }, 'added');
  }

  /** As a user deletes: at once when unbound, gracefully else. */
  delete(name: string): void {
    const pod = this.#find(name);
    if (pod === undefined) return;
    if ((pod.spec?.nodeName ?? '') === '') this.#remove(pod);
    else
      this.#store(
        { ...pod, metadata: { ...pod.metadata, deletionTimestamp: 'now', deletionGracePeriodSeconds: 1 } },
        'updated',
      );
  }

  update(name: string, change: (pod: Pod) => Pod): void {
    const pod = this.#find(name);
    if (pod !== undefined) this.#store(change(pod), 'updated');
  }

  pod(name: string): Pod | undefined {
    return this.#find(name);
  }

  running(): string[] {
    return [...this.tasks.values()]
      .filter((task) => task.running)
      .map((task) => task.info.name)
      .sort();
  }

  /** The agent says that a task has ended. */
  endTask(name: string, status: Partial<TaskStatus> & { state: TaskState }): void {
    const task = [...this.tasks.values()].find(
      (each) => each.info.name.startsWith(`${name}.`) && !TERMINAL.has(each.state),
    );
    if (task === undefined) throw new Error(`no live task of ${name}`);
    this.#updateTask(task, status.state, status);
  }

  /** The master forgets a task without a word. */
  loseTask(name: string): void {
    for (const [id, task] of this.tasks) {
      if (!task.info.name.startsWith(`${name}.`)) continue;
      this.#free(task);
      this.tasks.delete(id);
    }
  }

  #ports(generation: number, pods: FakeInformer<Pod>): SchedulerPorts {
    const step = async <T>(apply: () => T): Promise<T> => {
      await this.#step(generation);
      const result = apply();
      await this.#step(generation);
      return result;
    };
    const mesos = this.#mesos(generation, step);
    return {
      mesos,
      kube: this.#kube(step),
      pods,
      nodes: new FakeInformer<Node>([]),
      recorder: {
        event: (object: KubeObject, _type, reason, message) =>
          void this.events.push({ pod: object.metadata.name ?? '', reason, message }),
      },
      frameworkIds: {
        load: () => Promise.resolve(this.storedFrameworkId),
        save: (id) => step(() => void (this.storedFrameworkId = id)),
        clear: () => step(() => void (this.storedFrameworkId = undefined)),
      },
      metrics: createSchedulerMetrics(new Registry()),
      clock: this.clock,
      random: () => 0.5,
      logger: silentLogger,
    };
  }

  /** Before and after everything that a scheduler does to the outside; it dies at one of them. */
  async #step(generation: number): Promise<void> {
    if (generation === this.#generation) {
      this.steps += 1;
      if (this.steps === this.crashAtStep) this.crash();
    }
    if (generation !== this.#generation) await new Promise(() => undefined);
  }

  #mesos(generation: number, step: <T>(apply: () => T) => Promise<T>): SchedulerPorts['mesos'] {
    const queue: MesosEvent[] = [];
    let wake: (() => void) | undefined;
    let ended = false;
    const connection: Connection = {
      push: (event) => {
        queue.push(event);
        wake?.();
      },
      end: () => {
        ended = true;
        wake?.();
      },
    };
    const framework = {
      user: 'root',
      name: 'k',
      ...(this.storedFrameworkId === undefined ? {} : { id: { value: this.storedFrameworkId } }),
    };
    this.#frameworkId = this.storedFrameworkId ?? `F${generation}`;
    this.#connection = connection;
    this.#subscribe();
    return {
      framework,
      events: async function* () {
        for (;;) {
          const event = queue.shift();
          if (event !== undefined) yield event;
          else if (ended) return;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      },
      call: (call) =>
        step(() => {
          if (generation === this.#generation) this.#apply(call);
        }),
      close: () => {
        connection.end();
        return Promise.resolve();
      },
    };
  }

  #subscribe(): void {
    this.#suppressed = true;
    this.#connection?.push({ type: 'CONNECTED', master: 'm' });
    this.#connection?.push({
      type: 'SUBSCRIBED',
      subscribed: { framework_id: { value: this.#frameworkId ?? '' } },
    });
  }

  #disconnect(): void {
    this.#connection?.end();
    this.#connection = undefined;
    this.#offers.clear();
    this.#informers.clear();
  }

  #apply(call: SchedulerCall): void {
    this.calls.push(call);
    switch (call.type) {
      case 'REVIVE':
        this.#suppressed = false;
        return;
      case 'SUPPRESS':
        this.#suppressed = true;
        return;
      case 'DECLINE':
        for (const id of call.decline.offer_ids ?? []) this.#offers.delete(id.value);
        return;
      case 'ACCEPT':
        this.#accept(call);
        return;
      case 'ACKNOWLEDGE': {
        const task = this.tasks.get(call.acknowledge.task_id.value);
        if (task?.pending[0]?.uuid?.equals(call.acknowledge.uuid) === true) task.pending.shift();
        if (task !== undefined && task.pending.length === 0 && TERMINAL.has(task.state)) {
          this.tasks.delete(call.acknowledge.task_id.value);
        }
        return;
      }
      case 'RECONCILE':
        this.#reconcile(call.reconcile.tasks ?? []);
        return;
      case 'KILL': {
        const task = this.tasks.get(call.kill.task_id.value);
        if (task === undefined) this.#answer(call.kill.task_id.value, 'TASK_UNKNOWN', undefined);
        else if (!TERMINAL.has(task.state)) this.#kill(task);
        return;
      }
      default:
        return;
    }
  }

  #accept(call: Extract<SchedulerCall, { type: 'ACCEPT' }>): void {
    const offers = (call.accept.offer_ids ?? []).map((id) => this.#offers.get(id.value));
    const tasks = (call.accept.operations ?? []).flatMap((operation) => operation.launch?.task_infos ?? []);
    const [offer] = offers;
    if (offer === undefined || offers.includes(undefined)) {
      for (const task of tasks) {
        this.#send({
          task_id: task.task_id,
          state: 'TASK_DROPPED',
          source: 'SOURCE_MASTER',
          reason: 'REASON_INVALID_OFFERS',
        });
      }
      return;
    }
    for (const id of call.accept.offer_ids ?? []) this.#offers.delete(id.value);
    const agent = offer.agent_id.value;
    const pool = this.#agentResources.get(agent) ?? new ResourcePool();
    for (const task of tasks) {
      const id = task.task_id.value;
      if (this.tasks.has(id)) {
        this.#send({
          task_id: task.task_id,
          state: 'TASK_ERROR',
          source: 'SOURCE_MASTER',
          reason: 'REASON_TASK_INVALID',
          message: `Task has duplicate ID: ${id}`,
        });
        continue;
      }
      const executorId = task.executor?.executor_id.value ?? '';
      const wanted = [...(task.resources ?? [])];
      if (this.#executors.get(agent) !== executorId) wanted.push(...(task.executor?.resources ?? []));
      if (!pool.subtract(wanted)) {
        this.violations.push(`${id} was given more than was offered`);
        continue;
      }
      this.#executors.set(agent, executorId);
      this.tasks.set(id, { info: task, agent, state: 'TASK_STAGING', pending: [], running: false });
    }
  }

  #reconcile(asked: readonly { task_id: { value: string } }[]): void {
    const ids = asked.length > 0 ? asked.map((each) => each.task_id.value) : [...this.tasks.keys()];
    for (const id of ids) {
      const task = this.tasks.get(id);
      this.#answer(id, task?.state ?? 'TASK_UNKNOWN', task?.agent);
    }
  }

  #answer(id: string, state: TaskState, agent: string | undefined): void {
    this.#send({
      task_id: { value: id },
      state,
      source: 'SOURCE_MASTER',
      reason: 'REASON_RECONCILIATION',
      ...(agent === undefined ? {} : { agent_id: { value: agent } }),
    });
  }

  /** Agents and executors do their part; what is not acknowledged is sent again. */
  #tick(): void {
    for (const informer of this.#informers) informer.deliver();
    if (this.executorsWork) for (const task of [...this.tasks.values()]) this.#runTask(task);
    for (const task of this.tasks.values()) {
      const [head] = task.pending;
      if (head !== undefined) this.#send(head);
    }
    if (this.#suppressed || this.#connection === undefined) return;
    for (const agent of this.agents) {
      if ([...this.#offers.values()].some((offer) => offer.agent_id.value === agent)) continue;
      const resources = this.#agentResources.get(agent)?.toResources() ?? [];
      const executor = this.#executors.get(agent);
      const offer = makeOffer(agent, {
        id: { value: `O${++this.#offerCount}` },
        resources,
        ...(executor === undefined ? {} : { executor_ids: [{ value: executor }] }),
      });
      this.#offers.set(offer.id.value, offer);
      this.#connection.push({ type: 'OFFERS', offers: { offers: [offer] } });
    }
  }

  #runTask(task: WorldTask): void {
    if (task.state === 'TASK_STAGING') {
      const pod = JSON.parse((task.info.data ?? Buffer.alloc(0)).toString()) as Pod;
      const current = this.#find(pod.metadata.name ?? '');
      const bound = current?.spec?.nodeName ?? '';
      const host = pod.metadata.annotations?.['k8s.mesosphere.io/bindingHost'] ?? '';
      if (
        this.executorFails(task.info) ||
        current === undefined ||
        current.metadata.uid !== pod.metadata.uid ||
        (bound !== '' && bound !== host)
      ) {
        this.#updateTask(task, 'TASK_FAILED', { source: 'SOURCE_EXECUTOR', message: 'create-binding-failure' });
        return;
      }
      this.#store(
        {
          ...current,
          metadata: { ...current.metadata, annotations: { ...pod.metadata.annotations } },
          spec: { ...current.spec, containers: current.spec?.containers ?? [], nodeName: host },
        },
        'updated',
      );
      this.#updateTask(task, 'TASK_STARTING', { source: 'SOURCE_EXECUTOR' });
      return;
    }
    if (task.state === 'TASK_STARTING') {
      const twin = [...this.tasks.values()].some((each) => each.running && each.info.name === task.info.name);
      if (twin) this.violations.push(`${task.info.name} runs twice`);
      task.running = true;
      this.#updateTask(task, 'TASK_RUNNING', { source: 'SOURCE_EXECUTOR' });
      const pod = this.#find(task.info.name.split('.')[0] ?? '');
      if (pod !== undefined) this.#store({ ...pod, status: { phase: 'Running' } }, 'updated');
    }
  }

  /** Graceful end by the executor: TASK_KILLED, and the pod is removed from the API. */
  #kill(task: WorldTask): void {
    this.#updateTask(task, 'TASK_KILLED', { source: 'SOURCE_EXECUTOR' });
    const pod = this.#find(task.info.name.split('.')[0] ?? '');
    if (pod?.metadata.deletionTimestamp !== undefined && `pod.${pod.metadata.uid}` === task.info.task_id.value) {
      this.#remove(pod);
    }
  }

  #updateTask(task: WorldTask, state: TaskState, status: Partial<TaskStatus>): void {
    task.state = state;
    if (TERMINAL.has(state)) {
      task.running = false;
      this.#free(task);
    }
    task.pending.push({
      task_id: task.info.task_id,
      agent_id: { value: task.agent },
      uuid: Buffer.from(randomUUID().replaceAll('-', ''), 'hex'),
      source: 'SOURCE_AGENT',
      ...status,
      state,
    });
  }

  #free(task: WorldTask): void {
    for (const resource of task.info.resources ?? []) this.#agentResources.get(task.agent)?.add(resource);
  }

  #send(status: TaskStatus): void {
    this.#connection?.push({ type: 'UPDATE', update: { status } });
  }

  #kube(step: <T>(apply: () => T) => Promise<T>): SchedulerPorts['kube'] {
    const found = (name: string): Pod => {
      const pod = this.#find(name);
      if (pod === undefined)
        throw new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 404 });
      return pod;
    };
    const kube = {
      get: (_resource: unknown, key: { name: string }) => step(() => found(key.name)),
      delete: (_resource: unknown, key: { name: string }, options?: { uid?: string }) =>
        step(() => {
          const pod = found(key.name);
          if (options?.uid === pod.metadata.uid) this.#remove(pod);
          return pod;
        }),
      patch: (_resource: unknown, key: { name: string }, patch: { body: unknown }) =>
        step(() => {
          const pod = found(key.name);
          const { status } = patch.body as { status: Pod['status'] };
          this.#store({ ...pod, status: { ...pod.status, ...status } }, 'updated');
          return pod;
        }),
    };
    return kube as unknown as Pick<KubeClient, 'get' | 'delete' | 'patch'>;
  }

  #find(name: string): Pod | undefined {
    return this.pods.get(name);
  }

  #store(pod: Pod, event: 'added' | 'updated'): void {
    this.#version += 1;
    const stored = { ...pod, metadata: { ...pod.metadata, resourceVersion: String(this.#version) } };
    const previous = this.pods.get(pod.metadata.name ?? '');
    this.pods.set(pod.metadata.name ?? '', stored);
    for (const informer of this.#informers) informer.queue(event, stored, previous ?? stored);
  }

  #remove(pod: Pod): void {
    this.pods.delete(pod.metadata.name ?? '');
    for (const informer of this.#informers) informer.queue('deleted', pod, pod);
  }
}

/** An informer whose watch lags until `deliver` is called. */
class FakeInformer<T extends KubeObject> implements Informer<T> {
  readonly synced = true;
  readonly #objects: T[];
  readonly #handlers = new Set<InformerHandler<T>>();
  #lagging: (() => void)[] = [];

  constructor(objects: T[]) {
    this.#objects = objects;
  }
  readonly lister = { get: () => undefined, list: () => this.#objects, byIndex: () => [] };

  start(): Promise<void> {
    return Promise.resolve();
  }
  subscribe(handler: InformerHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#objects) handler.added?.(object);
    return () => void this.#handlers.delete(handler);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  queue(event: 'added' | 'updated' | 'deleted', object: T, previous: T): void {
    this.#lagging.push(() => {
      for (const handler of this.#handlers) {
        if (event === 'updated') handler.updated?.(object, previous);
        else handler[event]?.(object);
      }
    });
  }
  deliver(): void {
    for (const event of this.#lagging.splice(0)) event();
  }
}

/** Lets promises that are ready run. */
export async function flush(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
