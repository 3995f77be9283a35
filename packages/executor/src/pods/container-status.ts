import type { Container, ContainerState, ContainerStatus, TerminatedState } from '../api/core-v1';
import type { ExitedState, ObservedContainer } from '../runtime/runtime';
import { delayText } from './backoff';
import { EMPTY_MEMORY, isSidecar, latest, pendingInit, previousExit, restarts, type PodView } from './pod-view';

/** The status of one container as the API shows it. Pure. `runtime` is the prefix of ids. */
export function containerStatus(
  view: PodView,
  container: Container,
  role: { readonly init: boolean },
  runtime: string,
): ContainerStatus {
  const observed = latest(view.observed, container.name);
  const previous = previousExit(view.observed, container.name);
  const state = currentState(view, container, observed, role, runtime);
  const last =
    state.waiting !== undefined && observed?.state.phase === 'exited'
      ? { id: observed.id, state: observed.state }
      : previous;
  const started = observed?.state.phase === 'running' && startedUp(view, container, observed);
  return {
    name: container.name,
    state,
    lastState: last === undefined ? {} : { terminated: terminatedState(last.state, last.id, runtime) },
    ready: isReady(view, container, observed, role),
    restartCount: observed?.attempt ?? 0,
    image: observed?.image ?? container.image ?? '',
    imageID: observed === undefined ? '' : `${runtime}://${observed.imageId}`,
    ...(observed === undefined ? {} : { containerID: `${runtime}://${observed.id}` }),
    started,
  };
}

export function isReady(
  view: PodView,
  container: Container,
  observed: ObservedContainer | undefined,
  role: { readonly init: boolean },
): boolean {
  if (observed === undefined) return false;
  if (role.init && !isSidecar(container)) {
    return observed.state.phase === 'exited' && observed.state.exitCode === 0;
  }
  if (observed.state.phase !== 'running' || !startedUp(view, container, observed)) return false;
  return container.readinessProbe === undefined || view.verdicts.get(observed.id)?.readiness === true;
}

/** RFC 3339 in whole seconds, as the API writes times. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function startedUp(view: PodView, container: Container, observed: ObservedContainer): boolean {
  return container.startupProbe === undefined || view.verdicts.get(observed.id)?.startup === 'ok';
}

function currentState(
  view: PodView,
  container: Container,
  observed: ObservedContainer | undefined,
  role: { readonly init: boolean },
  runtime: string,
): ContainerState {
  const memory = view.memory.get(container.name) ?? EMPTY_MEMORY;
  if (observed?.state.phase === 'running') return { running: { startedAt: timestamp(observed.state.startedAt) } };
  if (observed?.state.phase === 'exited') {
    const over = view.goal.type !== 'run' || view.ended !== undefined;
    if (over || !restarts(view.pod, container, observed.state.exitCode, role.init)) {
      return { terminated: terminatedState(observed.state, observed.id, runtime) };
    }
  }
  if (memory.image.state === 'failed') {
    return { waiting: { reason: memory.image.reason, message: memory.image.message } };
  }
  if (memory.failure !== undefined) {
    return { waiting: { reason: memory.failure.reason, message: memory.failure.message } };
  }
  if (observed?.state.phase === 'exited') {
    if (memory.backoff === undefined) {
      return { terminated: terminatedState(observed.state, observed.id, runtime) };
    }
    const { metadata } = view.pod;
    const message =
      `back-off ${delayText(memory.backoff.delayMs)} restarting failed container=${container.name} ` +
      `pod=${metadata.name ?? ''}_${metadata.namespace ?? ''}(${metadata.uid ?? ''})`;
    return { waiting: { reason: 'CrashLoopBackOff', message } };
  }
  if (view.sandboxFailure !== undefined && view.observed.sandbox === undefined) {
    return { waiting: { reason: 'ContainerCreating', message: view.sandboxFailure.message } };
  }
  const initializing = !role.init && pendingInit(view).length > 0;
  const queued = role.init && pendingInit(view)[0]?.name !== container.name;
  return { waiting: { reason: initializing || queued ? 'PodInitializing' : 'ContainerCreating' } };
}

function terminatedState(state: ExitedState, id: string, runtime: string): TerminatedState {
  return {
    exitCode: state.exitCode,
    ...(state.signal === undefined ? {} : { signal: state.signal }),
    reason: state.outOfMemory === true ? 'OOMKilled' : state.exitCode === 0 ? 'Completed' : 'Error',
    ...(state.message === undefined || state.message === '' ? {} : { message: state.message }),
    startedAt: timestamp(state.startedAt),
    finishedAt: timestamp(state.finishedAt),
    containerID: `${runtime}://${id}`,
  };
}
