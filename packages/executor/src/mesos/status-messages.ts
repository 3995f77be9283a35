/** Texts in task updates and framework messages that schedulers act on; the names are those of the original. */
export const MESSAGES = {
  bindingCreated: 'create-binding-success',
  bindingFailed: 'create-binding-failure',
  annotationFailed: 'annotation-update-failure',
  undecodable: 'unmarshal-task-data-failure',
  launchFailed: 'launch-task-failed',
  containersDisappeared: 'containers-disappeared',
  killed: 'task-killed',
  lostAcknowledged: 'task-lost-ack',
  shutdown: 'executor-shutdown',
  unregistered: 'executor-unregistered',
} as const;

/** `kamikaze` asks an idle executor to end. */
export const KAMIKAZE = 'kamikaze';
/** `task-lost:<task id>`: the scheduler has given the task up. */
export const TASK_LOST_PREFIX = 'task-lost:';

export function runningMessage(podFullName: string): string {
  return `pod-running:${podFullName}`;
}
