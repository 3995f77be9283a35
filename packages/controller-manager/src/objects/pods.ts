import type { Pod, PodCondition } from '@kubernetes-mesos/api-types';
import type { Indexer, Lister } from '@kubernetes-mesos/client';
import { controllerOf } from './owners';
import { labelIndexers } from './selection';

const BY_NODE = 'node';
const BY_CONTROLLER = 'controller';
const BY_CLAIM = 'claim';

/** Indexes that the shared copy of all pods keeps. */
export const podIndexers: Readonly<Record<string, Indexer<Pod>>> = {
  [BY_NODE]: (pod) => [nodeOf(pod)],
  [BY_CONTROLLER]: (pod) => {
    const owner = controllerOf(pod);
    return owner === undefined ? [] : [owner.uid];
  },
  [BY_CLAIM]: (pod) => claimsOf(pod).map((claim) => `${pod.metadata.namespace ?? ''}/${claim}`),
  ...labelIndexers,
};

/** Pods bound to a node; `''`: those that are not bound. */
export function podsOnNode(pods: Lister<Pod>, node: string): readonly Pod[] {
  return pods.byIndex(BY_NODE, node);
}

/** Pods whose managing owner has this uid. */
export function podsControlledBy(pods: Lister<Pod>, uid: string): readonly Pod[] {
  return pods.byIndex(BY_CONTROLLER, uid);
}

/** Pods whose volumes name this claim (`namespace/name`). */
export function podsWithClaim(pods: Lister<Pod>, claim: string): readonly Pod[] {
  return pods.byIndex(BY_CLAIM, claim);
}

/** Names of the claims that a pod's volumes name, generic ephemeral ones included. */
export function claimsOf(pod: Pod): readonly string[] {
  const claims: string[] = [];
  for (const volume of pod.spec?.volumes ?? []) {
    if (volume.persistentVolumeClaim !== undefined) claims.push(volume.persistentVolumeClaim.claimName);
    else if (volume.ephemeral !== undefined) claims.push(`${pod.metadata.name ?? ''}-${volume.name}`);
  }
  return claims;
}

export function nodeOf(pod: Pod): string {
  return pod.spec?.nodeName ?? '';
}

/** It has run to its end, or failed for good: it holds no place in a replica count or a service. */
export function isTerminated(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function isDeleting(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

export function isActive(pod: Pod): boolean {
  return !isTerminated(pod) && !isDeleting(pod);
}

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Since when the pod has been ready, ms since the epoch; `undefined` when it is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const condition = podCondition(pod, 'Ready');
  if (condition?.status !== 'True') return undefined;
  return timeMs(condition.lastTransitionTime) ?? timeMs(pod.metadata.creationTimestamp) ?? 0;
}

/** Whether the pod has been ready for `minReadySeconds`, and if not, in how many ms it will be. */
export function availability(
  pod: Pod,
  minReadySeconds: number,
  nowMs: number,
): { readonly available: boolean; readonly inMs?: number } {
  const since = readySinceMs(pod);
  if (since === undefined) return { available: false };
  const dueMs = since + minReadySeconds * 1000;
  return minReadySeconds === 0 || dueMs <= nowMs ? { available: true } : { available: false, inMs: dueMs - nowMs };
}

/** RFC 3339 to ms since the epoch; `undefined` for what is absent or unreadable. */
export function timeMs(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
