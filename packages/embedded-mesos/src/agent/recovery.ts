import { isTerminal } from '../master/state';
import { recordStatus, type AgentCore } from './core';
import type { StoredAgent, StoredExecutor } from './checkpoint-store';
import { executorEnded } from './executors';
import { newFramework, newTask, type AgentFramework, type Executor } from './state';
import { NO_UPDATES } from './update-stream';

/** What the recovery found out about a stored executor's process. */
export type FoundProcess = 'running' | 'gone';

/**
 * Takes up what an earlier run of the agent left on disk. Executors of checkpointing frameworks that still run get the
 * re-registration timeout to subscribe again; the others have ended. Executors to kill (of frameworks that do not
 * checkpoint) are returned.
 */
export function recover(
  core: AgentCore,
  stored: StoredAgent,
  look: (executor: StoredExecutor) => FoundProcess,
  now: number,
): StoredExecutor[] {
  const orphans: StoredExecutor[] = [];
  if (stored.info.id !== undefined) core.state.info = { ...core.state.info, id: stored.info.id };
  for (const { info, executors } of stored.frameworks) {
    const id = info.id?.value;
    if (id === undefined) continue;
    if (info.checkpoint !== true) {
      orphans.push(...executors);
      core.checkpoint({ what: 'framework-ended', frameworkId: id });
      continue;
    }
    const framework = newFramework(id, info);
    core.state.frameworks.set(id, framework);
    const deadline = now + core.settings.executorReregistrationTimeoutMs;
    for (const entry of executors) recoverExecutor(core, framework, entry, look(entry), deadline, now);
    core.settleFramework(framework);
  }
  return orphans;
}

function recoverExecutor(
  core: AgentCore,
  framework: AgentFramework,
  stored: StoredExecutor,
  found: FoundProcess,
  deadline: number,
  now: number,
): void {
  const executor: Executor = {
    frameworkId: framework.id,
    id: stored.info.executor_id.value,
    info: stored.info,
    containerId: stored.containerId,
    directory: stored.directory,
    commandTask: stored.commandTask,
    phase: { name: 'recovering', deadline },
    pid: stored.pid,
    streamId: undefined,
    queued: [],
    tasks: new Map(),
    completedTasks: [],
    termination: undefined,
  };
  if (!stored.ended) framework.executors.set(executor.id, executor);
  for (const { info, statuses, acknowledged } of stored.tasks) {
    const task = newTask(info);
    for (const status of statuses) recordStatus(task, status);
    const pending = statuses.filter(({ uuid }) => uuid !== undefined && !acknowledged.has(uuid.toString('hex')));
    if (isTerminal(task.state) && pending.length === 0) {
      executor.completedTasks.push(task);
      continue;
    }
    executor.tasks.set(info.task_id.value, task);
    if (pending.length === 0) continue;
    framework.updates.set(info.task_id.value, { ...NO_UPDATES, pending });
    framework.owners.set(info.task_id.value, executor);
  }
  if (found === 'gone' && !stored.ended) executorEnded(core, executor, -1, now);
}

/** Whether every executor of the time before has come back or been given up. */
export function isRecovered(core: AgentCore): boolean {
  for (const framework of core.state.frameworks.values()) {
    for (const { phase } of framework.executors.values()) if (phase.name === 'recovering') return false;
  }
  return true;
}
