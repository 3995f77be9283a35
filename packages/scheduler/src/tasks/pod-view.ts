import type { Pod } from '@kubernetes-mesos/api-types';
import { BINDING_HOST, CREATED_BY, MIRROR_POD, SLAVE_ID } from '../annotations';

/** Scheduler names that a pod may ask for and mean this one. */
const OUR_NAMES: ReadonlySet<string> = new Set(['', 'default-scheduler', 'k8sm-scheduler']);

/** Whether this scheduler is to find a place for such pods at all (or has found one). */
export function isOurs(pod: Pod): boolean {
  return OUR_NAMES.has(pod.spec?.schedulerName ?? '') && pod.metadata.annotations?.[MIRROR_POD] === undefined;
}

/**
 * Whether a task of the pod was bound to a node. A node name alone may be the user's wish; it is the executor that
 * writes the annotations, together with the binding.
 */
export function isBound(pod: Pod): boolean {
  const { annotations = {} } = pod.metadata;
  return (annotations[BINDING_HOST] ?? '') !== '' && (pod.spec?.nodeName ?? '') !== '';
}

/** The Mesos agent that a bound pod runs on. */
export function boundAgent(pod: Pod): string | undefined {
  const agent = pod.metadata.annotations?.[SLAVE_ID];
  return isBound(pod) && agent !== undefined && agent !== '' ? agent : undefined;
}

/** All containers ended for good: nothing of it runs, nothing will be started. */
export function isOver(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function isBeingDeleted(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** A pod that some controller replaces when it is gone. */
export function hasController(pod: Pod): boolean {
  const { ownerReferences = [], annotations = {} } = pod.metadata;
  return ownerReferences.some((owner) => owner.controller === true) || annotations[CREATED_BY] !== undefined;
}

/** A pod that waits for somebody else's go-ahead. */
export function isGated(pod: Pod): boolean {
  return (pod.spec?.schedulingGates ?? []).length > 0;
}

/** May be placed now, as far as the API tells. */
export function wantsPlace(pod: Pod): boolean {
  return isOurs(pod) && !isBound(pod) && !isOver(pod) && !isBeingDeleted(pod) && !isGated(pod);
}
