import type { Pod } from '@kubernetes-mesos/api-types';
import { isDeleting, isTerminated, nodeOf, timeMs } from '../objects/pods';

/** Finished pods beyond the threshold, oldest first. A threshold of 0 or less keeps all. */
export function excessTerminatedPods(pods: readonly Pod[], threshold: number): readonly Pod[] {
  if (threshold <= 0) return [];
  const terminated = pods.filter((pod) => isTerminated(pod) && !isDeleting(pod));
  if (terminated.length <= threshold) return [];
  return terminated.sort(byAge).slice(0, terminated.length - threshold);
}

/** Pods that were deleted before they got a node: nobody would confirm it. */
export function unboundEndingPods(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => isDeleting(pod) && nodeOf(pod) === '');
}

/** Names of nodes that pods are bound to and that do not exist. */
export function missingNodes(pods: readonly Pod[], exists: (node: string) => boolean): ReadonlySet<string> {
  const missing = new Set<string>();
  for (const pod of pods) {
    const node = nodeOf(pod);
    if (node !== '' && !exists(node)) missing.add(node);
  }
  return missing;
}

function byAge(a: Pod, b: Pod): number {
  return (
    (timeMs(a.metadata.creationTimestamp) ?? 0) - (timeMs(b.metadata.creationTimestamp) ?? 0) ||
    (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '')
  );
}
