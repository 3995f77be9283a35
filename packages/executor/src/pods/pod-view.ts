import type { Container, Pod } from '../api/core-v1';
import type { ExitedState, ObservedContainer, ObservedPod } from '../runtime/runtime';
import type { RestartBackoff } from './backoff';

/** What a pod worker is to achieve. */
export type PodGoal =
  | { readonly type: 'run' }
  /** Ends the pod for good and removes its containers. */
  | { readonly type: 'stop'; readonly graceSeconds: number }
  /** Ends the containers and keeps them: the pod is Failed. */
  | { readonly type: 'fail'; readonly reason: string; readonly message: string };

/** What a worker remembers of a container beyond what the runtime can tell. */
export interface ContainerMemory {
  readonly image: ImageMemory;
  readonly backoff?: RestartBackoff;
  /** The last attempt to start failed; cleared by a success. */
  readonly failure?: StartFailure;
}

export type ImageMemory =
  | { readonly state: 'unknown' }
  | { readonly state: 'present' }
  | {
      readonly state: 'failed';
      readonly reason: string;
      readonly message: string;
      readonly backoff: RestartBackoff;
      readonly failedAt: number;
    };

export interface StartFailure {
  readonly reason: string;
  readonly message: string;
  /** ms since the epoch */
  readonly retryAt: number;
}

/** What the probes of one running container say. */
export interface ProbeVerdict {
  /** `failed` asks for a restart. */
  readonly liveness: 'ok' | 'failed';
  readonly startup: 'pending' | 'ok' | 'failed';
  readonly readiness: boolean;
}

/** Everything that a decision about a pod rests on. */
export interface PodView {
  readonly pod: Pod;
  readonly goal: PodGoal;
  readonly observed: ObservedPod;
  readonly memory: ReadonlyMap<string, ContainerMemory>;
  /** By container id; absent means that the probes have not begun. */
  readonly verdicts: ReadonlyMap<string, ProbeVerdict>;
  /** Keys of the actions in flight: `sandbox`, or a container's name. */
  readonly busy: ReadonlySet<string>;
  readonly sandboxFailure?: StartFailure;
  /** The pod has come to its end: nothing of it is started again. */
  readonly ended?: 'Succeeded' | 'Failed';
}

export const EMPTY_MEMORY: ContainerMemory = { image: { state: 'unknown' } };

/** The newest container of a name. */
export function latest(observed: ObservedPod, name: string): ObservedContainer | undefined {
  let found: ObservedContainer | undefined;
  for (const container of observed.containers) {
    if (container.name === name && (found === undefined || container.attempt >= found.attempt)) found = container;
  }
  return found;
}

/** How the newest container of a name before the newest one ended. */
export function previousExit(
  observed: ObservedPod,
  name: string,
): { readonly id: string; readonly state: ExitedState } | undefined {
  const newest = latest(observed, name);
  let found: { id: string; attempt: number; state: ExitedState } | undefined;
  for (const { id, name: other, attempt, state } of observed.containers) {
    if (other !== name || id === newest?.id || state.phase !== 'exited') continue;
    if (found === undefined || attempt > found.attempt) found = { id, attempt, state };
  }
  return found;
}

export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** Whether a container that ended with `exitCode` is to run again. */
export function restarts(pod: Pod, container: Container, exitCode: number, init: boolean): boolean {
  if (init && isSidecar(container)) return true;
  const policy = pod.spec.restartPolicy ?? 'Always';
  if (policy === 'Never') return false;
  return init || policy === 'OnFailure' ? exitCode !== 0 : true;
}

/** Whether the sidecar's successors may start: it runs and its startup probe, if any, has passed. */
export function hasStarted(view: PodView, container: Container, observed: ObservedContainer | undefined): boolean {
  if (observed?.state.phase !== 'running') return false;
  return container.startupProbe === undefined || view.verdicts.get(observed.id)?.startup === 'ok';
}

/** Init containers that still have to do their part, the current one first. */
export function pendingInit(view: PodView): readonly Container[] {
  const init = view.pod.spec.initContainers ?? [];
  const current = init.findIndex((container) => {
    const observed = latest(view.observed, container.name);
    if (isSidecar(container)) return !hasStarted(view, container, observed) && !anyAppContainer(view);
    return !(observed?.state.phase === 'exited' && observed.state.exitCode === 0);
  });
  return current < 0 ? [] : init.slice(current);
}

export function anyAppContainer(view: PodView): boolean {
  return view.pod.spec.containers.some(({ name }) => latest(view.observed, name) !== undefined);
}
