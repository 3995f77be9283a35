import type { PodStatus } from '../api/core-v1';
import { MESSAGES } from './status-messages';

/** Where a task of this executor stands; it only moves down this list. */
export type TaskPhase = 'binding' | 'starting' | 'running' | 'ended';

/** Why a task's pod is being stopped; decides its last update. */
export type StopCause = 'killed' | 'lost' | 'launch-timeout' | 'shutdown';

export interface TaskState {
  readonly phase: TaskPhase;
  readonly stopping?: StopCause;
}

/** An update that Mesos has to hear. */
export interface TaskReport {
  readonly state: 'TASK_STARTING' | 'TASK_RUNNING' | 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED' | 'TASK_LOST';
  readonly message: string;
}

export interface TaskStep {
  readonly state: TaskState;
  readonly report?: TaskReport;
}

export type TaskInput =
  | { readonly type: 'bound' }
  | { readonly type: 'bind-failed'; readonly code: string }
  | { readonly type: 'status'; readonly status: PodStatus; readonly runningMessage: string }
  | { readonly type: 'stop'; readonly cause: StopCause }
  /** Nothing of the pod is left. */
  | { readonly type: 'gone' };

/** The next state of a task and what Mesos is told. Pure; input that changes nothing returns the same state. */
export function taskStep(task: TaskState, input: TaskInput): TaskStep {
  if (task.phase === 'ended') return { state: task };
  switch (input.type) {
    case 'bound':
      if (task.phase !== 'binding' || task.stopping !== undefined) return { state: task };
      return { state: { ...task, phase: 'starting' }, report: report('TASK_STARTING', MESSAGES.bindingCreated) };
    case 'bind-failed':
      return { state: { ...task, phase: 'ended' }, report: report('TASK_FAILED', input.code) };
    case 'status':
      return onStatus(task, input.status, input.runningMessage);
    case 'stop':
      return { state: task.stopping === undefined ? { ...task, stopping: input.cause } : task };
    case 'gone':
      return { state: { ...task, phase: 'ended' }, report: farewell(task) };
  }
}

function onStatus(task: TaskState, status: PodStatus, runningMessage: string): TaskStep {
  if (task.phase === 'binding' || task.stopping !== undefined) return { state: task };
  switch (status.phase) {
    case 'Running':
      if (task.phase === 'running') return { state: task };
      return { state: { ...task, phase: 'running' }, report: report('TASK_RUNNING', runningMessage) };
    case 'Succeeded':
      return { state: { ...task, phase: 'ended' }, report: report('TASK_FINISHED', 'pod-succeeded') };
    case 'Failed':
      return { state: { ...task, phase: 'ended' }, report: report('TASK_FAILED', failureMessage(status)) };
    default:
      return { state: task };
  }
}

function failureMessage(status: PodStatus): string {
  if (status.reason !== undefined) return `pod-failed: ${status.reason}`;
  const failed = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].find(
    ({ state }) => (state?.terminated?.exitCode ?? 0) !== 0,
  );
  if (failed === undefined) return 'pod-failed';
  return `pod-failed: container ${failed.name} exited with ${failed.state?.terminated?.exitCode ?? 0}`;
}

function farewell(task: TaskState): TaskReport {
  switch (task.stopping) {
    case 'lost':
      return report('TASK_LOST', MESSAGES.lostAcknowledged);
    case 'launch-timeout':
      return report('TASK_LOST', MESSAGES.launchFailed);
    case 'shutdown':
      return report('TASK_KILLED', MESSAGES.shutdown);
    case 'killed':
      return report('TASK_KILLED', MESSAGES.killed);
    default:
      return report('TASK_LOST', MESSAGES.containersDisappeared);
  }
}

function report(state: TaskReport['state'], message: string): TaskReport {
  return { state, message };
}
