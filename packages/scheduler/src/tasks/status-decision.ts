import { assertNever } from '@kubernetes-mesos/component-base';
import type { TaskStatus } from '@kubernetes-mesos/mesos';
import { agentId } from '../ids';
import { agentOf, hasEnded, type TaskPhase } from './task-phase';

/** What the runner has to do about a status update, besides changing the phase. */
export type StatusAction =
  /** Nothing depends on it: acknowledge. */
  | { readonly kind: 'acknowledge' }
  /** The task is not wanted (any more), or it is a second one: kill it, then acknowledge. */
  | { readonly kind: 'kill' }
  /** It has ended: settle what that means for the pod, then acknowledge. */
  | { readonly kind: 'settle' };

export interface StatusDecision {
  readonly phase: TaskPhase;
  readonly action: StatusAction;
}

/** Answers to questions asked before a launch may arrive after it; younger launches are not judged by them, ms. */
const ANSWER_LAG_MS = 10_000;

/**
 * What a status update makes of a task.
 * @param wanted whether the pod exists and is not being deleted
 */
export function decideStatus(phase: TaskPhase, status: TaskStatus, wanted: boolean, now: number): StatusDecision {
  const keep = (action: StatusAction): StatusDecision => ({ phase, action });
  const expected = agentOf(phase);
  const actual = status.agent_id?.value;
  const elsewhere = expected !== undefined && actual !== undefined && actual !== expected;
  const where = actual === undefined ? expected : agentId(actual);
  const place = where === undefined ? {} : { agentId: where };

  if (hasEnded(status.state)) {
    // The end of an earlier incarnation on another agent says nothing about this one.
    if (elsewhere && phase.kind !== 'checking') return keep(ACKNOWLEDGE);
    // Mesos still has it: the update itself is on its way, and only when that is acknowledged is the id free again.
    if (isAnswer(status) && !isGone(status)) return keep(ACKNOWLEDGE);
    switch (phase.kind) {
      case 'waiting':
        return keep(ACKNOWLEDGE);
      case 'settling':
        return keep(SETTLE);
      case 'launching':
      case 'live':
        if (isAnswer(status) && now - phase.since < ANSWER_LAG_MS) return keep(ACKNOWLEDGE);
        return { phase: { kind: 'settling', ...place }, action: SETTLE };
      case 'checking':
      case 'unreachable':
        return { phase: { kind: 'settling', ...place }, action: SETTLE };
      default:
        return assertNever(phase);
    }
  }
  if (status.state === 'TASK_UNREACHABLE') {
    return { phase: { kind: 'unreachable', ...place, since: now }, action: ACKNOWLEDGE };
  }
  // It runs, or is about to. One that runs elsewhere than the one launched last is a second one.
  if (elsewhere && (phase.kind === 'launching' || phase.kind === 'live')) return keep(KILL);
  const since = phase.kind === 'live' || phase.kind === 'launching' ? phase.since : now;
  return {
    phase: { kind: 'live', ...place, state: status.state, since },
    action: wanted || status.state === 'TASK_KILLING' ? ACKNOWLEDGE : KILL,
  };
}

const ACKNOWLEDGE: StatusAction = { kind: 'acknowledge' };
const KILL: StatusAction = { kind: 'kill' };
const SETTLE: StatusAction = { kind: 'settle' };

function isAnswer(status: TaskStatus): boolean {
  return status.reason === 'REASON_RECONCILIATION';
}

/** Whether an answer says that Mesos has no such task; a task that has ended is still had until its end is acknowledged. */
function isGone(status: TaskStatus): boolean {
  switch (status.state) {
    case 'TASK_UNKNOWN':
    case 'TASK_GONE':
    case 'TASK_GONE_BY_OPERATOR':
      return true;
    case 'TASK_LOST':
      // What masters of before partition awareness say for all of these.
      return status.message !== 'Reconciliation: Latest task state';
    default:
      return false;
  }
}
