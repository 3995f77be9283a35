import { createExecutorClient, readExecutorEnvironment, type TaskInfo, type TaskState } from '@kubernetes-mesos/mesos';

/**
 * A custom executor for tests: a task's data is what to do with it. `run` stays RUNNING until killed, `finish` ends at
 * once, `exit` ends the whole process. Messages come back as they are.
 */
export async function testExecutorMain(): Promise<void> {
  const client = createExecutorClient({ environment: readExecutorEnvironment(process.env) });
  const running = new Set<string>();
  const update = (taskId: string, state: TaskState): void => {
    void client.call({
      type: 'UPDATE',
      update: { status: { task_id: { value: taskId }, state, source: 'SOURCE_EXECUTOR' } },
    });
  };
  const launch = (task: TaskInfo): void => {
    const taskId = task.task_id.value;
    const what = task.data?.toString() ?? 'run';
    if (what === 'exit') process.exit(3);
    running.add(taskId);
    update(taskId, 'TASK_RUNNING');
    if (what === 'finish') update(taskId, 'TASK_FINISHED');
  };
  for await (const event of client.events()) {
    if (event.type === 'LAUNCH') launch(event.launch.task);
    else if (event.type === 'LAUNCH_GROUP') (event.launch_group.task_group.tasks ?? []).forEach(launch);
    else if (event.type === 'KILL' && running.delete(event.kill.task_id.value)) {
      update(event.kill.task_id.value, 'TASK_KILLED');
    } else if (event.type === 'MESSAGE') await client.call({ type: 'MESSAGE', message: event.message });
    else if (event.type === 'SHUTDOWN') return;
  }
}
