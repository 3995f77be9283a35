import { join } from 'node:path';
import type { ExecutorInfo, TaskInfo } from '@kubernetes-mesos/mesos';
import type { MasterMessage } from '../link/protocol';
import { isTerminal } from '../master/state';
import type { AgentCore, OwnStatus } from './core';
import {
  newFramework,
  newTask,
  type AgentFramework,
  type Executor,
  type KillRequest,
  type QueuedLaunch,
} from './state';

/** Tasks that the master sends, and their kills. */

type RunTasks = Extract<MasterMessage, { type: 'RUN_TASKS' }>;

export function runTasks(core: AgentCore, message: RunTasks, now: number): void {
  const frameworkId = message.framework.id?.value;
  if (frameworkId === undefined) return;
  const framework = takeFramework(core, frameworkId, message);
  const drop = (dropped: Omit<OwnStatus, 'state'>): void => {
    const state = core.lostState(framework, 'TASK_DROPPED');
    for (const task of message.tasks) {
      core.ownUpdate(framework, undefined, task.task_id.value, { state, ...dropped }, now);
    }
    core.settleFramework(framework);
  };
  if (core.state.drain !== undefined) {
    drop({ reason: 'REASON_AGENT_DRAINING', message: 'Task dropped: the agent is draining' });
    return;
  }
  const known = framework.executors.get(message.executor.executor_id.value);
  const problem = executorProblem(framework, known, message);
  if (problem !== undefined) {
    drop(problem);
    return;
  }
  const executor = known ?? newExecutor(core, framework, message.executor, message.command_task, now);
  const tasks = message.command_task
    ? message.tasks
    : message.tasks.map((task) => ({ ...task, executor: executor.info }));
  const launch: QueuedLaunch = { tasks, group: message.group };
  core.checkpoint({ what: 'tasks', executor, tasks });
  if (executor.phase.name === 'running') deliver(core, executor, launch);
  else executor.queued.push(launch);
  if (known === undefined) {
    core.effect({ kind: 'launch', executor, framework: framework.info, task: message.tasks[0] });
  }
}

function takeFramework(core: AgentCore, id: string, message: RunTasks): AgentFramework {
  const known = core.state.frameworks.get(id);
  if (known !== undefined) return known;
  const framework = newFramework(id, message.framework);
  core.state.frameworks.set(id, framework);
  core.checkpoint({ what: 'framework', info: message.framework });
  return framework;
}

function executorProblem(
  framework: AgentFramework,
  known: Executor | undefined,
  message: RunTasks,
): Omit<OwnStatus, 'state'> | undefined {
  const reason = 'REASON_EXECUTOR_TERMINATED';
  const id = message.executor.executor_id.value;
  if (framework.terminating) return { reason, message: `Framework ${framework.id} is terminating` };
  if (known === undefined) {
    if (message.launch_executor) return undefined;
    return { reason, message: 'No executor is expected to launch and there is none running' };
  }
  if (message.command_task) {
    return { reason: 'REASON_TASK_INVALID', message: `Executor '${id}' of a command task exists already` };
  }
  if (known.phase.name === 'terminating') return { reason, message: `Executor '${id}' is terminating/terminated` };
  if (message.launch_executor) {
    return { reason, message: 'Master wants to launch executor, but one already exists' };
  }
  return undefined;
}

function newExecutor(
  core: AgentCore,
  framework: AgentFramework,
  info: ExecutorInfo,
  commandTask: boolean,
  now: number,
): Executor {
  const containerId = core.newContainerId();
  const id = info.executor_id.value;
  const executor: Executor = {
    frameworkId: framework.id,
    id,
    info: { ...info, framework_id: { value: framework.id } },
    containerId,
    directory: sandboxOf(core, framework.id, id, containerId),
    commandTask,
    phase: { name: 'registering', deadline: now + core.settings.executorRegistrationTimeoutMs },
    pid: undefined,
    streamId: undefined,
    queued: [],
    tasks: new Map(),
    completedTasks: [],
    termination: undefined,
  };
  framework.executors.set(id, executor);
  core.checkpoint({ what: 'executor', executor });
  return executor;
}

function sandboxOf(core: AgentCore, frameworkId: string, executorId: string, containerId: string): string {
  return join(
    core.settings.workDir,
    ...['slaves', core.state.info.id?.value ?? 'unknown', 'frameworks', frameworkId],
    ...['executors', executorId, 'runs', containerId],
  );
}

/** Sends a launch to an executor that listens. */
export function deliver(core: AgentCore, executor: Executor, launch: QueuedLaunch): void {
  for (const info of launch.tasks) executor.tasks.set(info.task_id.value, newTask(info));
  if (launch.group) {
    core.toExecutor(executor, { type: 'LAUNCH_GROUP', launch_group: { task_group: { tasks: launch.tasks } } });
    return;
  }
  for (const task of launch.tasks) core.toExecutor(executor, { type: 'LAUNCH', launch: { task } });
}

export function killTask(core: AgentCore, request: KillRequest, now: number): void {
  const { taskId, killPolicy } = request;
  const framework = core.state.frameworks.get(request.frameworkId);
  const executor = framework === undefined ? undefined : core.findTask(framework, taskId);
  if (framework === undefined || executor === undefined) {
    cannotFind(core, request, framework, now);
    return;
  }
  const queued = executor.queued.find((launch) => launch.tasks.some(({ task_id }) => task_id.value === taskId));
  if (queued !== undefined) {
    // A group lives or dies as a whole.
    const killed = queued.group ? queued.tasks : queued.tasks.filter(({ task_id }) => task_id.value === taskId);
    executor.queued = executor.queued.flatMap((launch) => {
      if (launch !== queued) return [launch];
      const tasks = launch.tasks.filter((task) => !killed.includes(task));
      return tasks.length === 0 ? [] : [{ ...launch, tasks }];
    });
    for (const task of killed) killedBeforeDelivery(core, framework, executor, task, now);
    return;
  }
  const task = executor.tasks.get(taskId);
  if (task === undefined || isTerminal(task.state)) return; // its last update is on the way
  core.toExecutor(executor, {
    type: 'KILL',
    kill: { task_id: { value: taskId }, ...(killPolicy === undefined ? {} : { kill_policy: killPolicy }) },
  });
}

function killedBeforeDelivery(
  core: AgentCore,
  framework: AgentFramework,
  executor: Executor,
  task: TaskInfo,
  now: number,
): void {
  executor.tasks.set(task.task_id.value, newTask(task));
  const own: OwnStatus = {
    state: 'TASK_KILLED',
    reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
    message: 'Task killed before delivery to the executor',
  };
  core.ownUpdate(framework, executor, task.task_id.value, own, now);
}

function cannotFind(core: AgentCore, request: KillRequest, framework: AgentFramework | undefined, now: number): void {
  if (framework === undefined || framework.updates.has(request.taskId)) return;
  core.ownUpdate(
    framework,
    undefined,
    request.taskId,
    {
      state: core.lostState(framework, 'TASK_DROPPED'),
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Cannot find executor',
    },
    now,
  );
}
