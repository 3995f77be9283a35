import type { TaskState } from '@kubernetes-mesos/mesos';
import type { AgentId } from '../ids';

/**
 * Where a pod's task stands, as far as this scheduler knows. Times are ms of the monotonic clock.
 *
 *     waiting -> launching -> live -> settling -> waiting | (gone)
 *        ^          |          |
 *        +-- checking <--------+   (fate unknown: after a start, a lost call, a doubtful update)
 */
export type TaskPhase =
  /** No task exists: the pod may be placed, when it wants a place. */
  | { readonly kind: 'waiting' }
  /** A task may exist: Mesos is being asked. Never placed in this phase. */
  | { readonly kind: 'checking'; readonly agentId?: AgentId; readonly since: number }
  /** Sent to Mesos; nothing heard of it yet. */
  | { readonly kind: 'launching'; readonly agentId: AgentId; readonly hostname: string; readonly since: number }
  | { readonly kind: 'live'; readonly agentId?: AgentId; readonly state: TaskState; readonly since: number }
  /** Its agent is out of touch: it may still run, and may come back. */
  | { readonly kind: 'unreachable'; readonly agentId?: AgentId; readonly since: number }
  /** It has ended; what that means for the pod is being written to the API. Never placed in this phase. */
  | { readonly kind: 'settling'; readonly agentId?: AgentId };

export type TaskPhaseKind = TaskPhase['kind'];

/** A task that has these states has ended, or never was; Mesos knows nothing (more) of it. */
const ENDED: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
]);

export function hasEnded(state: TaskState): boolean {
  return ENDED.has(state);
}

/** Where the task is, if that is known. */
export function agentOf(phase: TaskPhase): AgentId | undefined {
  return phase.kind === 'waiting' ? undefined : phase.agentId;
}
