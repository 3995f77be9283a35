import type { Pod } from '@kubernetes-mesos/api-types';
import { isReady, nodeOf, readySinceMs, timeMs } from '../objects/pods';

const PHASE_RANK: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Which of two pods is deleted first when there are too many: the unassigned, then the pending, then the not ready,
 * then the one whose node holds more of the same controller's, then what has been ready for less time, has restarted
 * more often, is younger. The order of upstream's `ActivePodsWithRanks`; names decide what is left.
 */
export function compareForDeletion(podsOnNode: (node: string) => number): (a: Pod, b: Pod) => number {
  return (a, b) =>
    Number(nodeOf(a) !== '') - Number(nodeOf(b) !== '') ||
    phaseRank(a) - phaseRank(b) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    podsOnNode(nodeOf(b)) - podsOnNode(nodeOf(a)) ||
    (readySinceMs(b) ?? 0) - (readySinceMs(a) ?? 0) ||
    restarts(b) - restarts(a) ||
    createdMs(b) - createdMs(a) ||
    (b.metadata.name ?? '').localeCompare(a.metadata.name ?? '');
}

function phaseRank(pod: Pod): number {
  return PHASE_RANK[pod.status?.phase ?? 'Pending'] ?? 1;
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount));
}

function createdMs(pod: Pod): number {
  return timeMs(pod.metadata.creationTimestamp) ?? Number.MAX_SAFE_INTEGER;
}
