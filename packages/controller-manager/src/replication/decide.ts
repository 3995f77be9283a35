import {
  deepEqual,
  formatTime,
  matchesLabelMap,
  type Pod,
  type ReplicationController,
  type ReplicationControllerCondition,
  type ReplicationControllerStatus,
} from '@kubernetes-mesos/api-types';
import { controllerOf } from '../objects/owners';
import { availability, isActive, isDeleting, isReady, isTerminated, nodeOf } from '../objects/pods';
import { compareForDeletion } from './rank';

/** What to do about one replication controller. */
export interface ReplicationPlan {
  /** Pods without a controller that match: they get our owner reference. */
  readonly adopt: readonly Pod[];
  /** Our pods that no longer match: they lose it. */
  readonly release: readonly Pod[];
  /** Pods to create now. */
  readonly create: number;
  /** Pods to delete now, in order. */
  readonly remove: readonly Pod[];
  /** A pod becomes available by the mere passing of time after this long, ms. */
  readonly lookAgainMs: number | undefined;
}

/** Pods created or deleted in one round; upstream's BurstReplicas. */
export const MAX_BURST = 500;

/**
 * Compares what is wanted with what is there. `pods`: those of the namespace that the selector matches or that carry
 * our owner reference.
 */
export function decideReplication(rc: ReplicationController, pods: readonly Pod[], nowMs: number): ReplicationPlan {
  const selector = rc.spec?.selector ?? {};
  const adopt: Pod[] = [];
  const release: Pod[] = [];
  const ours: Pod[] = [];
  const ending = rc.metadata.deletionTimestamp !== undefined;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const matches = Object.keys(selector).length > 0 && matchesLabelMap(selector, pod.metadata.labels);
    if (owner === undefined) {
      if (!matches || ending || isDeleting(pod)) continue;
      adopt.push(pod);
      ours.push(pod);
    } else if (owner.uid === rc.metadata.uid) {
      if (matches) ours.push(pod);
      else if (!ending && !isDeleting(pod)) release.push(pod);
    }
  }
  const active = ours.filter(isActive);
  const surplus = active.length - (rc.spec?.replicas ?? 1);
  return {
    adopt,
    release,
    create: ending || surplus >= 0 ? 0 : Math.min(MAX_BURST, -surplus),
    remove: ending || surplus <= 0 ? [] : pickForDeletion(active, Math.min(MAX_BURST, surplus)),
    lookAgainMs: nextAvailability(active, rc.spec?.minReadySeconds ?? 0, nowMs),
  };
}

/** The pods that count for the status: matching, ours or free, not terminated. */
export function replicasOf(rc: ReplicationController, pods: readonly Pod[]): readonly Pod[] {
  const selector = rc.spec?.selector ?? {};
  return pods.filter((pod) => {
    const owner = controllerOf(pod);
    if (owner !== undefined && owner.uid !== rc.metadata.uid) return false;
    return !isTerminated(pod) && !isDeleting(pod) && matchesLabelMap(selector, pod.metadata.labels);
  });
}

/** The status that the pods amount to; the same object when nothing changed. `failure`: why pods could not be made. */
export function decideStatus(
  rc: ReplicationController,
  replicas: readonly Pod[],
  failure: string | undefined,
  nowMs: number,
): ReplicationControllerStatus {
  const minReadySeconds = rc.spec?.minReadySeconds ?? 0;
  const templateLabels = rc.spec?.template?.metadata?.labels ?? {};
  const count = (test: (pod: Pod) => boolean): number => replicas.filter(test).length;
  const conditions = withFailure(rc.status?.conditions ?? [], failure, nowMs);
  const status: ReplicationControllerStatus = {
    replicas: replicas.length,
    ...positive(
      'fullyLabeledReplicas',
      count((pod) => matchesLabelMap(templateLabels, pod.metadata.labels)),
    ),
    ...positive('readyReplicas', count(isReady)),
    ...positive(
      'availableReplicas',
      count((pod) => availability(pod, minReadySeconds, nowMs).available),
    ),
    ...positive('observedGeneration', rc.metadata.generation ?? 0),
    ...(conditions.length === 0 ? {} : { conditions }),
  };
  return rc.status !== undefined && deepEqual(rc.status, status) ? rc.status : status;
}

function withFailure(
  conditions: ReplicationControllerCondition[],
  failure: string | undefined,
  nowMs: number,
): ReplicationControllerCondition[] {
  const others = conditions.filter((condition) => condition.type !== 'ReplicaFailure');
  if (failure === undefined) return others;
  const present = conditions.find((condition) => condition.type === 'ReplicaFailure');
  // The first reason stays: messages name generated pods and would differ, and be written, each time.
  if (present?.status === 'True') return conditions;
  return [
    ...others,
    {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: formatTime(nowMs),
      reason: 'FailedCreate',
      message: failure,
    },
  ];
}

/** Zeros are left out, as the API writes them. */
function positive<Name extends string>(name: Name, value: number): { [Key in Name]?: number } {
  return value === 0 ? {} : ({ [name]: value } as { [Key in Name]?: number }); // one member, of that name
}

function pickForDeletion(active: readonly Pod[], count: number): readonly Pod[] {
  const perNode = new Map<string, number>();
  for (const pod of active) perNode.set(nodeOf(pod), (perNode.get(nodeOf(pod)) ?? 0) + 1);
  return [...active].sort(compareForDeletion((node) => perNode.get(node) ?? 0)).slice(0, count);
}

function nextAvailability(pods: readonly Pod[], minReadySeconds: number, nowMs: number): number | undefined {
  if (minReadySeconds === 0) return undefined;
  let soonest: number | undefined;
  for (const pod of pods) {
    const { inMs } = availability(pod, minReadySeconds, nowMs);
    if (inMs !== undefined && (soonest === undefined || inMs < soonest)) soonest = inMs;
  }
  return soonest;
}
