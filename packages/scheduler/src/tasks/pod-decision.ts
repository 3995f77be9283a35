import type { Pod } from '@kubernetes-mesos/api-types';
import { assertNever } from '@kubernetes-mesos/component-base';
import { TASK_ID } from '../annotations';
import { agentId, podUid, taskIdOf } from '../ids';
import { boundAgent, isBeingDeleted, isBound, isOurs, isOver, wantsPlace } from './pod-view';
import type { TaskPhase } from './task-phase';

/** What a pod that was added or changed in the API asks the scheduler to do. */
export type PodAction =
  /** Nothing, or nothing more: not in the queue. */
  | { readonly kind: 'none' }
  /** Put into the queue, or update there. */
  | { readonly kind: 'queue' }
  /** Its task has to end. */
  | { readonly kind: 'kill' }
  /** It was deleted before it ever ran: nobody else will remove it. */
  | { readonly kind: 'remove' }
  /** Ask Mesos what became of its task. */
  | { readonly kind: 'ask' };

export interface PodDecision {
  /** `undefined`: this pod is none of ours, keep no entry. */
  readonly phase: TaskPhase | undefined;
  readonly action: PodAction;
}

const NONE: PodAction = { kind: 'none' };
const FORGET: PodDecision = { phase: undefined, action: NONE };

/**
 * @param phase of its entry; `undefined` when the pod is new here
 * @param mayBeInFlight an earlier scheduler may have launched pods that are not bound yet
 */
export function decidePod(phase: TaskPhase | undefined, pod: Pod, mayBeInFlight: boolean, now: number): PodDecision {
  if (phase === undefined) return decideNewPod(pod, mayBeInFlight, now);
  switch (phase.kind) {
    case 'waiting':
      if (isBound(pod)) return decideNewPod(pod, mayBeInFlight, now);
      if (isOver(pod) || !isOurs(pod)) return FORGET;
      if (isBeingDeleted(pod)) return { phase, action: { kind: 'remove' } };
      return { phase, action: wantsPlace(pod) ? { kind: 'queue' } : NONE };
    case 'launching':
    case 'live':
    case 'unreachable':
      return { phase, action: isBeingDeleted(pod) ? { kind: 'kill' } : NONE };
    case 'checking':
      // Bound meanwhile: the answer is better when the agent is named.
      if (phase.agentId === undefined && boundAgent(pod) !== undefined) {
        return { phase: checking(pod, now), action: { kind: 'ask' } };
      }
      return { phase, action: NONE };
    case 'settling':
      return { phase, action: NONE };
    default:
      return assertNever(phase);
  }
}

function decideNewPod(pod: Pod, mayBeInFlight: boolean, now: number): PodDecision {
  if (!isOurs(pod) || isOver(pod)) return FORGET;
  if (isBound(pod)) {
    const ours = pod.metadata.annotations?.[TASK_ID] === taskIdOf(podUid(pod.metadata.uid ?? ''));
    return ours ? { phase: checking(pod, now), action: { kind: 'ask' } } : FORGET;
  }
  if (mayBeInFlight) return { phase: checking(pod, now), action: { kind: 'ask' } };
  const phase: TaskPhase = { kind: 'waiting' };
  if (isBeingDeleted(pod)) return { phase, action: { kind: 'remove' } };
  return { phase, action: wantsPlace(pod) ? { kind: 'queue' } : NONE };
}

function checking(pod: Pod, now: number): TaskPhase {
  const agent = boundAgent(pod);
  return { kind: 'checking', since: now, ...(agent === undefined ? {} : { agentId: agentId(agent) }) };
}
