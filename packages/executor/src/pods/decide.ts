import type { Container } from '../api/core-v1';
import type { ObservedContainer } from '../runtime/runtime';
import { restartAllowedAt } from './backoff';
import { EMPTY_MEMORY, isSidecar, latest, pendingInit, restarts, type PodView } from './pod-view';

/**
 * What a worker has to do next. At most one action of a key is in flight: `sandbox`, a container's name, `pull/<name>`,
 * `stop/<id>`, `remove/<id>`.
 */
export type PodAction =
  | { readonly type: 'create-sandbox'; readonly key: string; readonly attempt: number }
  | { readonly type: 'stop-sandbox'; readonly key: string }
  | { readonly type: 'remove-pod'; readonly key: string }
  | { readonly type: 'pull-image'; readonly key: string; readonly container: Container }
  | {
      readonly type: 'start-container';
      readonly key: string;
      readonly container: Container;
      readonly attempt: number;
      /** When its predecessor died. */
      readonly previousFinishedAt?: number;
    }
  | {
      readonly type: 'stop-container';
      readonly key: string;
      readonly container: Container;
      readonly id: string;
      readonly graceSeconds: number;
      readonly why: StopReason;
    }
  | { readonly type: 'remove-container'; readonly key: string; readonly id: string };

export type StopReason = 'deleted' | 'deadline' | 'liveness' | 'startup' | 'sandbox-died' | 'pod-ended';

export interface Decision {
  readonly actions: readonly PodAction[];
  /** When to decide again even if nothing happens, ms since the epoch. */
  readonly wakeAt?: number;
  /** The pod has come to its end, by itself or by its goal `fail`. */
  readonly ended?: 'Succeeded' | 'Failed';
  /** The goal `stop` is reached: nothing of the pod is left. */
  readonly gone: boolean;
}

const SANDBOX = 'sandbox';
const DEFAULT_GRACE_SECONDS = 30;

/** The next steps for a pod. Pure. */
export function decide(view: PodView, now: number, options: { readonly keepDeadContainers: number }): Decision {
  if (view.goal.type === 'stop') return stop(view, view.goal.graceSeconds);
  if (view.goal.type === 'fail') return end(view, 'Failed', 'deadline');
  if (view.ended !== undefined) return end(view, view.ended, 'pod-ended');
  const outcome = podOutcome(view);
  if (outcome !== undefined) return end(view, outcome, 'pod-ended');
  return run(view, now, options.keepDeadContainers);
}

/** How a pod that will not go on by itself has ended; `undefined` while there is something to run or to wait for. */
export function podOutcome(view: PodView): 'Succeeded' | 'Failed' | undefined {
  const { pod, observed } = view;
  for (const container of pod.spec.initContainers ?? []) {
    const state = latest(observed, container.name)?.state;
    if (state?.phase === 'exited' && state.exitCode !== 0 && !restarts(pod, container, state.exitCode, true)) {
      return 'Failed';
    }
  }
  let failed = false;
  for (const container of pod.spec.containers) {
    const state = latest(observed, container.name)?.state;
    if (state?.phase !== 'exited' || restarts(pod, container, state.exitCode, false)) return undefined;
    failed ||= state.exitCode !== 0;
  }
  return failed ? 'Failed' : 'Succeeded';
}

function run(view: PodView, now: number, keepDead: number): Decision {
  const { sandbox } = view.observed;
  if (sandbox?.running !== true) return startSandbox(view, now);
  const steps = new Steps(view, now);
  const waiting = pendingInit(view);
  const init = view.pod.spec.initContainers ?? [];
  const reached = waiting.length === 0 ? init.length : init.length - waiting.length + 1;
  for (const [index, container] of init.entries()) {
    if (index < reached)
      steps.container(container, { init: true, current: index === reached - 1 && waiting.length > 0 });
  }
  if (waiting.length === 0) {
    for (const container of view.pod.spec.containers) steps.container(container, { init: false, current: true });
  }
  steps.removeDead(keepDead);
  return { actions: steps.actions, gone: false, ...(steps.wakeAt === undefined ? {} : { wakeAt: steps.wakeAt }) };
}

function startSandbox(view: PodView, now: number): Decision {
  const { observed, busy, sandboxFailure } = view;
  const stops = stopRunning(view, DEFAULT_GRACE_SECONDS, 'sandbox-died');
  if (stops.running || anythingStarting(busy)) return { actions: stops.actions, gone: false };
  if (sandboxFailure !== undefined && sandboxFailure.retryAt > now) {
    return { actions: [], wakeAt: sandboxFailure.retryAt, gone: false };
  }
  const attempt = observed.sandbox === undefined ? 0 : observed.sandbox.attempt + 1;
  return { actions: [{ type: 'create-sandbox', key: SANDBOX, attempt }], gone: false };
}

function stop(view: PodView, graceSeconds: number): Decision {
  const stops = stopRunning(view, graceSeconds, 'deleted');
  if (stops.running || anythingStarting(view.busy)) return { actions: stops.actions, gone: false };
  const { sandbox, containers } = view.observed;
  if (sandbox === undefined && containers.length === 0) return { actions: [], gone: true };
  return { actions: [{ type: 'remove-pod', key: SANDBOX }], gone: false };
}

function end(view: PodView, ended: 'Succeeded' | 'Failed', why: StopReason): Decision {
  const stops = stopRunning(view, view.pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS, why);
  if (stops.running) return { actions: stops.actions, gone: false };
  const actions: PodAction[] =
    view.observed.sandbox?.running === true && !anythingStarting(view.busy)
      ? [{ type: 'stop-sandbox', key: SANDBOX }]
      : [];
  return { actions, ended, gone: false };
}

function stopRunning(
  view: PodView,
  graceSeconds: number,
  why: StopReason,
): { readonly actions: PodAction[]; readonly running: boolean } {
  const actions: PodAction[] = [];
  let running = false;
  for (const observed of view.observed.containers) {
    if (observed.state.phase !== 'running') continue;
    running = true;
    const container = specOf(view, observed.name);
    if (container === undefined || view.busy.has(`stop/${observed.id}`)) continue;
    actions.push({ type: 'stop-container', key: `stop/${observed.id}`, container, id: observed.id, graceSeconds, why });
  }
  return { actions, running };
}

/** A pull in flight holds nothing up: what it brings is not used any more. */
function anythingStarting(busy: ReadonlySet<string>): boolean {
  for (const key of busy) if (!key.startsWith('pull/')) return true;
  return false;
}

function specOf(view: PodView, name: string): Container | undefined {
  const { initContainers = [], containers } = view.pod.spec;
  return containers.find((container) => container.name === name) ?? initContainers.find((other) => other.name === name);
}

/** Collects the actions of one decision. */
class Steps {
  readonly actions: PodAction[] = [];
  wakeAt: number | undefined;
  readonly #view: PodView;
  readonly #now: number;

  constructor(view: PodView, now: number) {
    this.#view = view;
    this.#now = now;
  }

  container(container: Container, role: { readonly init: boolean; readonly current: boolean }): void {
    const observed = latest(this.#view.observed, container.name);
    if (observed === undefined) {
      if (role.current) this.#start(container, 0, undefined);
      return;
    }
    switch (observed.state.phase) {
      case 'created':
        return;
      case 'running':
        this.#checkHealth(container, observed);
        return;
      case 'exited':
        if (!restarts(this.#view.pod, container, observed.state.exitCode, role.init)) return;
        if (role.current || isSidecar(container)) {
          this.#start(container, observed.attempt + 1, observed.state.finishedAt);
        }
    }
  }

  /** Dead containers of a name are kept for their logs, the newest ones, `keep` of them. */
  removeDead(keep: number): void {
    const seen = new Map<string, number>();
    for (const observed of [...this.#view.observed.containers].sort((a, b) => b.attempt - a.attempt)) {
      if (observed.state.phase !== 'exited') continue;
      const count = (seen.get(observed.name) ?? 0) + 1;
      seen.set(observed.name, count);
      const newest = latest(this.#view.observed, observed.name)?.id === observed.id;
      const key = `remove/${observed.id}`;
      if (count > Math.max(1, keep) && !newest && !this.#view.busy.has(key)) {
        this.actions.push({ type: 'remove-container', key, id: observed.id });
      }
    }
  }

  #start(container: Container, attempt: number, previousFinishedAt: number | undefined): void {
    const { name } = container;
    if (this.#view.busy.has(name) || this.#view.busy.has(`pull/${name}`)) return;
    const memory = this.#view.memory.get(name) ?? EMPTY_MEMORY;
    const { image, failure, backoff } = memory;
    let earliest = previousFinishedAt === undefined ? 0 : restartAllowedAt(backoff, previousFinishedAt);
    if (failure !== undefined) earliest = Math.max(earliest, failure.retryAt);
    if (image.state === 'failed') earliest = Math.max(earliest, restartAllowedAt(image.backoff, image.failedAt));
    if (earliest > this.#now) {
      this.wakeAt = Math.min(this.wakeAt ?? earliest, earliest);
      return;
    }
    if (image.state !== 'present') {
      this.actions.push({ type: 'pull-image', key: `pull/${name}`, container });
      return;
    }
    this.actions.push({
      type: 'start-container',
      key: name,
      container,
      attempt,
      ...(previousFinishedAt === undefined ? {} : { previousFinishedAt }),
    });
  }

  #checkHealth(container: Container, observed: ObservedContainer): void {
    const verdict = this.#view.verdicts.get(observed.id);
    const key = `stop/${observed.id}`;
    if (verdict === undefined || this.#view.busy.has(key)) return;
    const why = verdict.startup === 'failed' ? 'startup' : verdict.liveness === 'failed' ? 'liveness' : undefined;
    if (why === undefined) return;
    const probe = why === 'startup' ? container.startupProbe : container.livenessProbe;
    const graceSeconds =
      probe?.terminationGracePeriodSeconds ??
      this.#view.pod.spec.terminationGracePeriodSeconds ??
      DEFAULT_GRACE_SECONDS;
    this.actions.push({ type: 'stop-container', key, container, id: observed.id, graceSeconds, why });
  }
}
