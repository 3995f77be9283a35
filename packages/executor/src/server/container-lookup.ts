import type { PodManager } from '../pods/pod-manager';
import { latest, previousExit } from '../pods/pod-view';
import type { PodWorker } from '../pods/pod-worker';

/** What a request asked for is not here; `status` is the HTTP answer. */
export class LookupError extends Error {
  override readonly name = 'LookupError';
  readonly status: 400 | 404 | 405 | 500;
  constructor(status: LookupError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws LookupError */
export function findPod(pods: PodManager, namespace: string, name: string): PodWorker {
  const worker = pods.find(namespace, name);
  if (worker === undefined) throw new LookupError(404, `pod "${name}" does not exist`);
  return worker;
}

/** Id of a pod's container that runs, as a command in it needs. @throws LookupError */
export function findRunningContainer(worker: PodWorker, container: string): string {
  const observed = latest(worker.observed, container);
  if (observed?.state.phase === 'running') return observed.id;
  throw new LookupError(500, `container not found (${JSON.stringify(container)})`);
}

/** Id of a pod's container: the newest, or the one before it. @throws LookupError */
export function findContainer(
  worker: PodWorker,
  container: string,
  options: { readonly previous?: boolean } = {},
): string {
  const { spec, metadata } = worker.pod;
  const known = [...(spec.initContainers ?? []), ...spec.containers].some(({ name }) => name === container);
  const podName = metadata.name ?? '';
  if (!known) throw new LookupError(404, `container "${container}" not found in pod "${podName}"`);
  if (options.previous === true) {
    const previous = previousExit(worker.observed, container);
    if (previous !== undefined) return previous.id;
    throw new LookupError(400, `previous terminated container "${container}" in pod "${podName}" not found`);
  }
  const observed = latest(worker.observed, container);
  if (observed !== undefined) return observed.id;
  const waiting = worker.status?.containerStatuses?.find(({ name }) => name === container)?.state?.waiting;
  const reason = waiting?.reason ?? 'ContainerCreating';
  throw new LookupError(400, `container "${container}" in pod "${podName}" is waiting to start: ${reason}`);
}
