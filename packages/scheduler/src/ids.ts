/** Identifiers, and the one place where a pod's uid and its Mesos task id are turned into each other. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type PodUid = Branded<'PodUid'>;
export type TaskId = Branded<'TaskId'>;
export type AgentId = Branded<'AgentId'>;

const TASK_ID_PREFIX = 'pod.';

export function podUid(uid: string): PodUid {
  return uid as PodUid;
}
export function agentId(id: string): AgentId {
  return id as AgentId;
}

/**
 * A pod has one task id for its whole life: Mesos refuses a second live task with it, and can be asked what became of a
 * pod's task by whoever knows the pod.
 */
export function taskIdOf(uid: PodUid): TaskId {
  return `${TASK_ID_PREFIX}${uid}` as TaskId;
}

/** `undefined` for a task that no scheduler of this kind has launched. */
export function podUidOf(taskId: string): PodUid | undefined {
  const uid = taskId.startsWith(TASK_ID_PREFIX) ? taskId.slice(TASK_ID_PREFIX.length) : '';
  return uid === '' ? undefined : podUid(uid);
}
