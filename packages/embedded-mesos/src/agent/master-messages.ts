import { assertNever } from '@kubernetes-mesos/component-base';
import type { FrameworkInfo, Task } from '@kubernetes-mesos/mesos';
import type { AgentInventory, MasterMessage } from '../link/protocol';
import { isTerminal } from '../master/state';
import type { AgentCore } from './core';
import { shutdownExecutor } from './executors';
import { killTask, runTasks } from './launches';
import { newFramework, newTask, type AgentFramework, type AgentTask, type Executor } from './state';
import { acknowledgeUpdate, resendUpdate, retryUpdate } from './update-stream';

/** Carries out one message of the master. */
export function masterMessage(core: AgentCore, message: MasterMessage, now: number): void {
  const { state } = core;
  switch (message.type) {
    case 'REGISTERED':
      registered(core, message, now);
      return;
    case 'RUN_TASKS':
      runTasks(core, message, now);
      return;
    case 'KILL_TASK': {
      const { framework_id, task_id, kill_policy } = message;
      killTask(core, { frameworkId: framework_id, taskId: task_id, killPolicy: kill_policy }, now);
      return;
    }
    case 'SHUTDOWN_EXECUTOR': {
      const executor = core.executorOf(message.framework_id, message.executor_id);
      if (executor !== undefined) shutdownExecutor(core, executor, now);
      return;
    }
    case 'SHUTDOWN_FRAMEWORK':
      shutdownFramework(core, message.framework_id, now);
      return;
    case 'UPDATE_FRAMEWORK': {
      const framework = state.frameworks.get(message.framework.id?.value ?? '');
      if (framework === undefined) return;
      framework.info = message.framework;
      core.checkpoint({ what: 'framework', info: message.framework });
      // Its scheduler may be a new one, which has not seen what the old one did not acknowledge.
      resendUpdates(core, framework, now);
      return;
    }
    case 'ACKNOWLEDGE':
      acknowledged(core, message.framework_id, message.task_id, message.uuid, now);
      return;
    case 'SCHEDULER_MESSAGE': {
      const executor = core.executorOf(message.framework_id, message.executor_id);
      if (executor !== undefined) core.toExecutor(executor, { type: 'MESSAGE', message: { data: message.data } });
      return;
    }
    case 'DRAIN':
      drain(core, message.config, now);
      return;
    case 'PING':
      core.toMaster({ type: 'PONG' });
      return;
    case 'REFUSED':
      core.effect({ kind: 'stop', reason: message.reason, forgetId: /marked gone/.test(message.reason) });
      return;
    case 'SHUTDOWN':
      core.effect({ kind: 'stop', reason: message.message, forgetId: true });
      return;
    default:
      assertNever(message);
  }
}

function registered(core: AgentCore, message: Extract<MasterMessage, { type: 'REGISTERED' }>, now: number): void {
  const { state } = core;
  if (state.info.id?.value !== message.agent_id) {
    state.info = { ...state.info, id: { value: message.agent_id } };
    core.checkpoint({ what: 'agent', info: state.info });
  }
  for (const id of message.removed_frameworks) shutdownFramework(core, id, now);
  for (const framework of state.frameworks.values()) resendUpdates(core, framework, now);
  for (const { framework, task_id } of message.reconcile) reconcile(core, framework, task_id, now);
}

function resendUpdates(core: AgentCore, framework: AgentFramework, now: number): void {
  for (const [taskId, updates] of framework.updates) core.applyStep(framework, taskId, resendUpdate(updates, now));
}

/** The master believes in a task that is not here: it never arrived. */
function reconcile(core: AgentCore, info: FrameworkInfo, taskId: string, now: number): void {
  const frameworkId = info.id?.value ?? '';
  const known = core.state.frameworks.get(frameworkId);
  if (known !== undefined && (known.updates.has(taskId) || core.findTask(known, taskId) !== undefined)) return;
  const framework = known ?? newFramework(frameworkId, info);
  core.state.frameworks.set(frameworkId, framework);
  core.ownUpdate(
    framework,
    undefined,
    taskId,
    {
      state: core.lostState(framework, 'TASK_DROPPED'),
      reason: 'REASON_RECONCILIATION',
      message: 'Reconciliation: task unknown to agent',
    },
    now,
  );
}

export function shutdownFramework(core: AgentCore, frameworkId: string, now: number): void {
  const framework = core.state.frameworks.get(frameworkId);
  if (framework === undefined) return;
  framework.terminating = true;
  framework.updates.clear();
  framework.owners.clear();
  for (const executor of framework.executors.values()) shutdownExecutor(core, executor, now);
  core.settleFramework(framework);
}

function acknowledged(core: AgentCore, frameworkId: string, taskId: string, uuid: Buffer, now: number): void {
  const framework = core.state.frameworks.get(frameworkId);
  const updates = framework?.updates.get(taskId);
  const step = updates === undefined ? undefined : acknowledgeUpdate(updates, uuid, now);
  if (framework === undefined || step === undefined) return;
  const executor = core.findTask(framework, taskId);
  const owner = framework.owners.get(taskId);
  if (owner !== undefined) core.checkpoint({ what: 'acknowledged', executor: owner, taskId, uuid });
  core.applyStep(framework, taskId, step);
  if (isTerminal(step.acknowledged.state)) {
    const task = executor?.tasks.get(taskId);
    if (executor !== undefined && task !== undefined) core.completeTask(executor, task);
  }
  core.settleFramework(framework);
}

function drain(core: AgentCore, config: NonNullable<AgentCore['state']['drain']>, now: number): void {
  core.state.drain = config;
  const killPolicy = config.max_grace_period === undefined ? undefined : { grace_period: config.max_grace_period };
  for (const framework of core.state.frameworks.values()) {
    const ids = [...framework.executors.values()].flatMap((executor) => [
      ...executor.queued.flatMap(({ tasks }) => tasks.map(({ task_id }) => task_id.value)),
      ...executor.tasks.keys(),
    ]);
    for (const taskId of ids) killTask(core, { frameworkId: framework.id, taskId, killPolicy }, now);
  }
}

/** Updates that nobody has acknowledged for too long go out again. */
export function retryUpdates(core: AgentCore, now: number): void {
  for (const framework of core.state.frameworks.values()) {
    for (const [taskId, updates] of framework.updates) {
      const step = retryUpdate(updates, now);
      if (step !== undefined) core.applyStep(framework, taskId, step);
    }
  }
}

/** What the agent runs, for its registration. */
export function inventory(core: AgentCore): AgentInventory {
  const frameworks = [...core.state.frameworks.values()].filter((framework) => !framework.terminating);
  const executors = frameworks.flatMap((framework) => [...framework.executors.values()]);
  return {
    frameworks: frameworks.map(({ info }) => info),
    executors: executors
      .filter(({ commandTask }) => !commandTask)
      .map(({ frameworkId, info }) => ({ framework_id: frameworkId, executor: info })),
    tasks: frameworks.flatMap((framework) =>
      [...framework.executors.values()].flatMap((executor) => executorTasks(core, executor)),
    ),
  };
}

export function executorTasks(core: AgentCore, executor: Executor): Task[] {
  const queued = executor.queued.flatMap(({ tasks }) => tasks.map(newTask));
  return [...queued, ...executor.tasks.values()].map((task) => taskMessage(core, executor, task));
}

export function taskMessage(core: AgentCore, executor: Executor, task: AgentTask): Task {
  const { info } = task;
  const { name, task_id, resources, labels, discovery, container, health_check, kill_policy, limits } = info;
  const pending = core.state.frameworks.get(executor.frameworkId)?.updates.get(task_id.value)?.pending[0];
  return {
    name,
    task_id,
    framework_id: { value: executor.frameworkId },
    ...(executor.commandTask ? {} : { executor_id: { value: executor.id } }),
    agent_id: info.agent_id,
    state: task.state,
    statuses: task.statuses,
    ...(resources === undefined ? {} : { resources }),
    ...(pending === undefined ? {} : { status_update_state: pending.state }),
    ...(pending?.uuid === undefined ? {} : { status_update_uuid: pending.uuid }),
    ...(labels === undefined ? {} : { labels }),
    ...(discovery === undefined ? {} : { discovery }),
    ...(container === undefined ? {} : { container }),
    ...(health_check === undefined ? {} : { health_check }),
    ...(kill_policy === undefined ? {} : { kill_policy }),
    ...(limits === undefined ? {} : { limits }),
  };
}
