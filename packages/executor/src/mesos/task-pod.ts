import type { TaskInfo } from '@kubernetes-mesos/mesos';
import type { Pod, PodStatus } from '../api/core-v1';

/** Prefix of the annotations in which the scheduler leaves what it knows. */
export const ANNOTATION_PREFIX = 'k8s.mesosphere.io/';

/** The data of a task is not a pod that can be run. */
export class TaskDataError extends Error {
  override readonly name = 'TaskDataError';
}

/** The pod of a task: v1 JSON with assigned host ports and the scheduler's annotations. @throws TaskDataError */
export function podOfTask(task: TaskInfo): Pod {
  let parsed: unknown;
  try {
    parsed = JSON.parse((task.data ?? Buffer.alloc(0)).toString('utf8'));
  } catch (error) {
    throw new TaskDataError('the data of the task is not JSON', { cause: error });
  }
  if (!isPod(parsed)) throw new TaskDataError('the data of the task is not a pod with a name, a uid and containers');
  return { ...parsed, metadata: { ...parsed.metadata, namespace: parsed.metadata.namespace ?? 'default' } };
}

/** `<name>_<namespace>`, as updates name a pod. */
export function podFullName(pod: Pod): string {
  return `${pod.metadata.name ?? ''}_${pod.metadata.namespace ?? ''}`;
}

/** The data of STARTING and RUNNING updates: the pod's status as an object of its own. */
export function podStatusResult(pod: Pod, status: PodStatus | undefined): Buffer {
  return Buffer.from(
    JSON.stringify({
      kind: 'PodStatusResult',
      apiVersion: 'v1',
      metadata: { name: podFullName(pod), selfLink: '/podstatusresult', creationTimestamp: null },
      status: status ?? {},
    }),
  );
}

function isPod(value: unknown): value is Pod {
  if (!isRecord(value) || !isRecord(value['metadata']) || !isRecord(value['spec'])) return false;
  const { name, uid } = value['metadata'];
  const { containers } = value['spec'];
  return (
    (value['kind'] === undefined || value['kind'] === 'Pod') &&
    typeof name === 'string' &&
    name !== '' &&
    typeof uid === 'string' &&
    uid !== '' &&
    Array.isArray(containers) &&
    containers.length > 0 &&
    containers.every((container) => isRecord(container) && typeof container['name'] === 'string')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
