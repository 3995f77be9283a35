import type { Pod } from '@kubernetes-mesos/api-types';
import type { TaskStatus } from '@kubernetes-mesos/mesos';
import type { AgentId, PodUid } from '../ids';
import { agentId } from '../ids';
import { boundAgent, hasController, isBeingDeleted, isBound, isOver } from './pod-view';

/** What the end of a task means for its pod; see docs/decisions/0003. */
export type Settlement =
  /** The pod is gone, over, or somebody else's: there is nothing to do. */
  | { readonly kind: 'forget' }
  /** It never got to a node: it may be placed again. `failed`: after its own back-off. */
  | { readonly kind: 'requeue'; readonly failed: boolean; readonly message: string }
  /** Mesos' word is not enough to be sure that nothing runs: ask first. `refusal`: why it took no task. */
  | { readonly kind: 'check'; readonly agentId?: AgentId; readonly refusal?: string }
  /** The executor writes the pod's end itself: look again later, and act if it has not. */
  | { readonly kind: 'verify' }
  /** Remove it from the API at once. `reason` for the event. */
  | { readonly kind: 'delete'; readonly message: string }
  /** Nobody replaces it: mark it Failed, so that its owner sees what happened. */
  | { readonly kind: 'fail'; readonly reason: string; readonly message: string };

/**
 * @param pod as the API has it now, not as some cache had it
 * @param verified whether the executor was given time to write the pod's end
 */
export function settle(pod: Pod | undefined, uid: PodUid, status: TaskStatus, verified: boolean): Settlement {
  if (pod === undefined || pod.metadata.uid !== uid) return { kind: 'forget' };
  const byExecutor = status.source === 'SOURCE_EXECUTOR' && !verified;
  if (isBeingDeleted(pod)) {
    return byExecutor ? { kind: 'verify' } : { kind: 'delete', message: 'its task has ended' };
  }
  if (isOver(pod)) return { kind: 'forget' };
  if (!isBound(pod)) return settleUnbound(status);

  const agent = boundAgent(pod);
  const endedOn = status.agent_id?.value;
  if (agent !== undefined && endedOn !== undefined && agent !== endedOn) {
    return { kind: 'check', agentId: agentId(agent) };
  }
  if (byExecutor) return { kind: 'verify' };
  const message = `its Mesos task has ended: ${statusText(status)}`;
  return hasController(pod) ? { kind: 'delete', message } : { kind: 'fail', reason: failureReason(status), message };
}

function settleUnbound(status: TaskStatus): Settlement {
  const message = `${statusText(status)}${whereToLook(status)}`;
  // An answer to our own question, or offers that were gone: nothing was started, and the pod is not to blame.
  if (status.reason === 'REASON_RECONCILIATION' || status.reason === 'REASON_INVALID_OFFERS') {
    return { kind: 'requeue', failed: false, message };
  }
  // `Task has duplicate ID` and the like: the master refuses a second task because there is a first one.
  if (status.state === 'TASK_ERROR' && status.source === 'SOURCE_MASTER') return { kind: 'check', refusal: message };
  return { kind: 'requeue', failed: true, message };
}

/** An executor that could not be started, or did not live to report, has left its reasons in its sandbox only. */
function whereToLook(status: TaskStatus): string {
  switch (status.reason) {
    case 'REASON_EXECUTOR_TERMINATED':
    case 'REASON_EXECUTOR_REGISTRATION_TIMEOUT':
    case 'REASON_CONTAINER_LAUNCH_FAILED': {
      const executor = status.executor_id === undefined ? 'the executor' : `executor ${status.executor_id.value}`;
      const agent = status.agent_id === undefined ? '' : ` on agent ${status.agent_id.value}`;
      return ` - see the file stderr in the Mesos sandbox of ${executor}${agent}`;
    }
    default:
      return '';
  }
}

/** CamelCase, for `status.reason`. */
function failureReason(status: TaskStatus): string {
  switch (status.reason) {
    case 'REASON_AGENT_REMOVED':
    case 'REASON_AGENT_REMOVED_BY_OPERATOR':
    case 'REASON_AGENT_DISCONNECTED':
      return 'NodeLost';
    case 'REASON_AGENT_DRAINING':
      return 'NodeShutdown';
    case 'REASON_CONTAINER_LIMITATION_MEMORY':
      return 'OutOfMemory';
    default:
      return 'TaskLost';
  }
}

/** `TASK_LOST (REASON_AGENT_REMOVED): health check timed out` */
export function statusText(status: TaskStatus): string {
  const reason = status.reason === undefined ? '' : ` (${status.reason})`;
  const message = status.message === undefined || status.message === '' ? '' : `: ${status.message}`;
  return `${status.state}${reason}${message}`;
}
