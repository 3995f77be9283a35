import { errorMessage, type Clock, type Logger, type Timer } from '@kubernetes-mesos/component-base';
import type { Container, Pod, PodStatus } from '../api/core-v1';
import { ContainerStartError, NoSuchContainerError, type ContainerRuntime, type ObservedPod } from '../runtime/runtime';
import { nextBackoff } from './backoff';
import type { ContainerBuilder, PodEvents, PodWorkerListener, VolumeStore } from './collaborators';
import { decide, type Decision, type PodAction } from './decide';
import { provideImage, pullBackedOff, pullPolicy } from './image-step';
import { runHook } from './lifecycle-hook';
import { PodProbes } from './pod-probes';
import { podStatus, statusAnnotations } from './pod-status';
import { EMPTY_MEMORY, latest, type ContainerMemory, type PodGoal, type PodView, type StartFailure } from './pod-view';

export interface PodWorkerOptions {
  readonly runtime: ContainerRuntime;
  readonly builder: ContainerBuilder;
  readonly volumes: VolumeStore;
  readonly events: PodEvents;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hostIP: string;
  /** Dead containers of a name that are kept. */
  readonly keepDeadContainers: number;
  /** How often a pod is looked at even if nothing seems to have happened, ms. */
  readonly resyncMs: number;
  readonly listener: PodWorkerListener;
}

const SANDBOX_RETRY_MS = 2_000;
const MIN_STOP_GRACE_MS = 2_000;
const START_RETRY_MS = 10_000;
const ACTION_RETRY_MS = 1_000;

/**
 * Runs one pod: looks at the runtime, lets `decide` choose, performs, reports the status, and again whenever something
 * may have changed. Level-based: a lost notification costs at most one resync period.
 */
export class PodWorker {
  readonly #options: PodWorkerOptions;
  readonly #memory = new Map<string, ContainerMemory>();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #probes: PodProbes;
  readonly #startTime: number;
  readonly #abort = new AbortController();
  #pod: Pod;
  #goal: PodGoal = { type: 'run' };
  #observed: ObservedPod = { containers: [] };
  #ended: 'Succeeded' | 'Failed' | undefined;
  #gone = false;
  #closed = false;
  #sandboxFailure: StartFailure | undefined;
  #status: PodStatus | undefined;
  #reported = '';
  #dirty = false;
  #loop: Promise<void> | undefined;
  #timer: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(pod: Pod, options: PodWorkerOptions) {
    this.#pod = pod;
    this.#options = options;
    this.#startTime = options.clock.now();
    this.#probes = new PodProbes({ ...options, onChange: () => this.poke() });
    const seconds = pod.spec.activeDeadlineSeconds;
    if (seconds !== undefined) {
      this.#deadline = options.clock.setTimer(() => {
        if (this.#ended === undefined && this.#goal.type === 'run') {
          const message = 'Pod was active on the node longer than the specified deadline';
          this.setGoal({ type: 'fail', reason: 'DeadlineExceeded', message });
        }
      }, seconds * 1000);
    }
  }

  get pod(): Pod {
    return this.#pod;
  }
  get status(): PodStatus | undefined {
    return this.#status;
  }
  get observed(): ObservedPod {
    return this.#observed;
  }

  /** Asks for another look; cheap, any number of calls become one. */
  poke(): void {
    if (this.#gone || this.#closed) return;
    this.#dirty = true;
    this.#loop ??= this.#run().finally(() => {
      this.#loop = undefined;
      if (this.#dirty) this.poke();
    });
  }

  /** Labels and annotations as the API has them now. */
  updateMetadata(metadata: Pod['metadata']): void {
    this.#pod = { ...this.#pod, metadata };
  }

  /** `stop` outlives every other goal; a shorter grace also shortens stops under way. */
  setGoal(goal: PodGoal): void {
    if (this.#goal.type === 'stop') {
      if (goal.type !== 'stop' || goal.graceSeconds >= this.#goal.graceSeconds) return;
      for (const key of this.#busy.keys()) {
        if (key.startsWith('stop/')) this.#hurry(key.slice('stop/'.length), goal.graceSeconds);
      }
    }
    this.#goal = goal;
    this.poke();
  }

  /** Lets go of the pod without stopping it; waits for what is in flight. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#abort.abort();
    this.#timer?.cancel();
    this.#deadline?.cancel();
    await this.#loop;
    await Promise.allSettled(this.#busy.values());
    await this.#probes.close();
  }

  async #run(): Promise<void> {
    while (this.#dirty && !this.#gone && !this.#closed) {
      this.#dirty = false;
      this.#timer?.cancel();
      let wakeAt: number | undefined;
      try {
        wakeAt = await this.#sync();
      } catch (error) {
        this.#options.logger.warn('pod sync failed', { error: errorMessage(error) });
        wakeAt = this.#options.clock.now() + SANDBOX_RETRY_MS;
      }
      if (this.#gone || this.#closed) return;
      const { clock, resyncMs } = this.#options;
      const delayMs = Math.min(resyncMs, wakeAt === undefined ? resyncMs : wakeAt - clock.now());
      this.#timer = clock.setTimer(() => this.poke(), Math.max(0, delayMs));
    }
  }

  async #sync(): Promise<number | undefined> {
    const { runtime, clock, keepDeadContainers } = this.#options;
    this.#observed = await runtime.observe(this.#pod.metadata.uid ?? '');
    this.#syncProbes();
    const decision = decide(this.#view(), clock.now(), { keepDeadContainers });
    if (decision.ended !== undefined && this.#ended === undefined && this.#goal.type !== 'stop') {
      this.#ended = decision.ended;
    }
    for (const action of decision.actions) this.#begin(action);
    // What is seen while a pod is removed would look like one that has not begun.
    if (this.#goal.type !== 'stop' || this.#observed.containers.length > 0) this.#report();
    if (decision.gone) await this.#finish();
    return this.#wakeAt(decision);
  }

  #view(): PodView {
    return {
      pod: this.#pod,
      goal: this.#goal,
      observed: this.#observed,
      memory: this.#memory,
      verdicts: this.#probes.verdicts(),
      busy: new Set(this.#busy.keys()),
      ...(this.#sandboxFailure === undefined ? {} : { sandboxFailure: this.#sandboxFailure }),
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
    };
  }

  /** A failed pull shows its error once and `ImagePullBackOff` from then on. */
  #wakeAt(decision: Decision): number | undefined {
    for (const container of this.#containers()) {
      const memory = this.#memory.get(container.name);
      if (memory === undefined) continue;
      const image = pullBackedOff(container, memory.image);
      if (image !== memory.image) {
        this.#memory.set(container.name, { ...memory, image });
        const soon = this.#options.clock.now() + 1_000;
        return decision.wakeAt === undefined ? soon : Math.min(soon, decision.wakeAt);
      }
    }
    return decision.wakeAt;
  }

  #report(): void {
    const { runtime, hostIP, clock, listener } = this.#options;
    const status = podStatus(
      this.#view(),
      {
        runtime: runtime.name,
        hostIP,
        startTime: this.#startTime,
        ...(this.#status === undefined ? {} : { previous: this.#status }),
      },
      clock.now(),
    );
    const report = { status, annotations: statusAnnotations(this.#observed, runtime.name) };
    const text = JSON.stringify(report);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#status = status;
    listener.statusChanged(this.#pod, report);
  }

  #begin(action: PodAction): void {
    const { clock, logger } = this.#options;
    const work = this.#perform(action)
      .catch(async (error: unknown) => {
        logger.warn('pod action failed', { action: action.type, error: errorMessage(error) });
        // Its key stays busy meanwhile, so that what fails is not tried again at once.
        await clock.sleep(ACTION_RETRY_MS, { signal: this.#abort.signal }).catch(() => undefined);
      })
      .finally(() => {
        this.#busy.delete(action.key);
        this.poke();
      });
    this.#busy.set(action.key, work);
  }

  async #perform(action: PodAction): Promise<void> {
    const { runtime } = this.#options;
    switch (action.type) {
      case 'create-sandbox':
        return this.#createSandbox(action.attempt);
      case 'stop-sandbox':
        return runtime.stopSandbox(this.#uid());
      case 'remove-pod':
        return runtime.removePod(this.#uid());
      case 'remove-container':
        return runtime.removeContainer(action.id);
      case 'pull-image':
        return this.#pullImage(action.container);
      case 'start-container':
        return this.#startContainer(action);
      case 'stop-container':
        return this.#stopContainer(action);
    }
  }

  async #createSandbox(attempt: number): Promise<void> {
    const { runtime, volumes, builder, events, clock } = this.#options;
    let reason = 'FailedMount';
    try {
      await volumes.prepare(this.#pod, '');
      reason = 'FailedCreatePodSandBox';
      await runtime.createSandbox(builder.sandbox(this.#pod, attempt));
      this.#sandboxFailure = undefined;
    } catch (error) {
      const message = errorMessage(error);
      if (this.#sandboxFailure?.message !== message) events.event(this.#pod, 'Warning', reason, message);
      this.#sandboxFailure = { reason, message, retryAt: clock.now() + SANDBOX_RETRY_MS };
    }
  }

  async #pullImage(container: Container): Promise<void> {
    const before = this.#remembered(container);
    const image = await provideImage(this.#options, this.#pod, container, before.image, () =>
      this.#options.clock.now(),
    );
    this.#memory.set(container.name, { ...this.#remembered(container), image });
  }

  async #startContainer(action: Extract<PodAction, { type: 'start-container' }>): Promise<void> {
    const { runtime, builder, volumes, events, clock } = this.#options;
    const { container, attempt, previousFinishedAt } = action;
    const podIP = this.#observed.sandbox?.ip ?? '';
    const before = this.#remembered(container);
    const backoff =
      previousFinishedAt === undefined ? before.backoff : nextBackoff(before.backoff, clock.now(), previousFinishedAt);
    const image = pullPolicy(container) === 'Always' ? { state: 'unknown' as const } : before.image;
    const after: ContainerMemory = { image, ...(backoff === undefined ? {} : { backoff }) };
    try {
      const draft = await builder.container(this.#pod, container, { attempt, podIP, mounts: [] });
      const mounts = await volumes.mounts(this.#pod, container, draft.environment);
      const id = await runtime.startContainer({ ...draft, mounts: [...draft.mounts, ...mounts] });
      events.event(this.#pod, 'Normal', 'Created', `Created container: ${container.name}`);
      events.event(this.#pod, 'Normal', 'Started', `Started container ${container.name}`);
      this.#memory.set(container.name, after);
      await this.#postStart(container, id);
    } catch (error) {
      const reason = error instanceof ContainerStartError ? error.reason : 'CreateContainerError';
      const message = errorMessage(error);
      events.event(this.#pod, 'Warning', 'Failed', `Error: ${message}`);
      this.#memory.set(container.name, {
        ...before,
        failure: { reason, message, retryAt: clock.now() + START_RETRY_MS },
      });
    }
  }

  async #postStart(container: Container, id: string): Promise<void> {
    const { runtime, events } = this.#options;
    const hook = container.lifecycle?.postStart;
    if (hook === undefined) return;
    const target = { podUid: this.#uid(), container, containerId: id };
    try {
      await runHook(runtime, hook, target, 2 * 60_000);
    } catch (error) {
      events.event(this.#pod, 'Warning', 'FailedPostStartHook', errorMessage(error));
      await runtime.stopContainer(id, MIN_STOP_GRACE_MS);
    }
  }

  async #stopContainer(action: Extract<PodAction, { type: 'stop-container' }>): Promise<void> {
    const { runtime, events, clock } = this.#options;
    const { container, id, why } = action;
    const text =
      why === 'liveness' || why === 'startup'
        ? `Container ${container.name} failed ${why} probe, will be restarted`
        : `Stopping container ${container.name}`;
    events.event(this.#pod, 'Normal', 'Killing', text);
    const begun = clock.monotonic();
    const graceMs = action.graceSeconds * 1000;
    const hook = container.lifecycle?.preStop;
    if (hook !== undefined && graceMs > 0) {
      try {
        await runHook(runtime, hook, { podUid: this.#uid(), container, containerId: id }, graceMs);
      } catch (error) {
        events.event(this.#pod, 'Warning', 'FailedPreStopHook', errorMessage(error));
      }
    }
    const left = graceMs - (clock.monotonic() - begun);
    await runtime.stopContainer(id, graceMs === 0 ? 0 : Math.max(Math.ceil(left), MIN_STOP_GRACE_MS));
  }

  #hurry(id: string, graceSeconds: number): void {
    this.#options.runtime.stopContainer(id, graceSeconds * 1000).catch((error: unknown) => {
      if (error instanceof NoSuchContainerError) return;
      this.#options.logger.warn('container could not be stopped sooner', { error: errorMessage(error) });
    });
  }

  #syncProbes(): void {
    const running = new Map<string, Container>();
    if (this.#goal.type === 'run') {
      for (const container of this.#containers()) {
        const observed = latest(this.#observed, container.name);
        if (observed?.state.phase === 'running') running.set(observed.id, container);
      }
    }
    this.#probes.sync(this.#pod, running);
  }

  async #finish(): Promise<void> {
    this.#gone = true;
    this.#timer?.cancel();
    this.#deadline?.cancel();
    await this.#probes.close();
    await this.#options.volumes.remove(this.#uid());
    this.#options.listener.gone(this.#pod);
  }

  #remembered(container: Container): ContainerMemory {
    return this.#memory.get(container.name) ?? EMPTY_MEMORY;
  }

  #containers(): Container[] {
    return [...(this.#pod.spec.initContainers ?? []), ...this.#pod.spec.containers];
  }

  #uid(): string {
    return this.#pod.metadata.uid ?? '';
  }
}
