import type { ExecutorCallSubscribe, TaskStatus } from '@kubernetes-mesos/mesos';
import { isTerminal } from '../master/state';
import { recordStatus, type AgentCore, type OwnStatus } from './core';
import { deliver } from './launches';
import { newTask, type AgentFramework, type Executor, type Termination } from './state';

/** Executors: their subscriptions, updates and ends. */

/** A SUBSCRIBE was admitted; `streamId` already takes events. */
export function executorSubscribed(
  core: AgentCore,
  framework: AgentFramework,
  executor: Executor,
  subscribe: ExecutorCallSubscribe,
  streamId: string,
  now: number,
): void {
  if (executor.streamId !== undefined) core.effect({ kind: 'close-executor', streamId: executor.streamId });
  executor.streamId = streamId;
  if (framework.terminating || executor.phase.name === 'terminating') {
    core.toExecutor(executor, { type: 'SHUTDOWN' });
    core.effect({ kind: 'close-executor', streamId });
    executor.streamId = undefined;
    return;
  }
  const again = executor.phase.name !== 'registering';
  executor.phase = { name: 'running' };
  for (const { status } of subscribe.unacknowledged_updates ?? []) {
    executorUpdate(core, framework, executor, status, now);
  }
  if (again) dropLostLaunches(core, framework, executor, subscribe, now);
  // All of its tasks were killed before they got to it.
  if (!again && executor.queued.length === 0) {
    shutdownExecutor(core, executor, now);
    return;
  }
  core.toExecutor(executor, {
    type: 'SUBSCRIBED',
    subscribed: {
      executor_info: executor.info,
      framework_info: framework.info,
      agent_info: core.state.info,
      container_id: { value: executor.containerId },
    },
  });
  const { queued } = executor;
  executor.queued = [];
  for (const launch of queued) deliver(core, executor, launch);
}

/** Launches that the agent sent and the executor never got, because one of them restarted in between. */
function dropLostLaunches(
  core: AgentCore,
  framework: AgentFramework,
  executor: Executor,
  subscribe: ExecutorCallSubscribe,
  now: number,
): void {
  const known = new Set((subscribe.unacknowledged_tasks ?? []).map(({ task_id }) => task_id.value));
  for (const [taskId, task] of executor.tasks) {
    if (task.state !== 'TASK_STAGING' || known.has(taskId)) continue;
    const own: OwnStatus = {
      state: core.lostState(framework, 'TASK_DROPPED'),
      reason: 'REASON_AGENT_RESTARTED',
      message: 'Task launched during agent restart',
    };
    core.ownUpdate(framework, executor, taskId, own, now);
  }
}

/** An UPDATE: stored, acknowledged to the executor, sent to the framework. */
export function executorUpdate(
  core: AgentCore,
  framework: AgentFramework,
  executor: Executor,
  given: TaskStatus,
  now: number,
): void {
  const taskId = given.task_id.value;
  const task = executor.tasks.get(taskId);
  const uuid = given.uuid ?? Buffer.alloc(0);
  const ended = task === undefined || isTerminal(task.state);
  if (!ended && !task.seen.has(uuid.toString('hex'))) {
    const status = completed(core, executor, drained(core, framework, given), now);
    recordStatus(task, status);
    core.enqueue(framework, executor, status, now);
  }
  core.toExecutor(executor, { type: 'ACKNOWLEDGED', acknowledged: { task_id: given.task_id, uuid } });
}

/** With what the executor leaves to the agent. */
function completed(core: AgentCore, executor: Executor, status: TaskStatus, now: number): TaskStatus {
  const { info } = core.state;
  const { container_status: container } = status;
  return {
    ...status,
    ...(info.id === undefined ? {} : { agent_id: info.id }),
    ...(executor.commandTask ? {} : { executor_id: { value: executor.id } }),
    timestamp: status.timestamp ?? now / 1000,
    container_status: {
      network_infos: [{ ip_addresses: [{ protocol: 'IPv4', ip_address: core.settings.ip }] }],
      ...(executor.pid === undefined ? {} : { executor_pid: executor.pid }),
      ...container,
      container_id: container?.container_id ?? { value: executor.containerId },
    },
  };
}

/** Kills on a draining agent are told as such. */
function drained(core: AgentCore, framework: AgentFramework, status: TaskStatus): TaskStatus {
  const { drain } = core.state;
  if (drain === undefined || (status.state !== 'TASK_KILLED' && status.state !== 'TASK_KILLING')) return status;
  const gone =
    status.state === 'TASK_KILLED' &&
    drain.mark_gone === true &&
    (framework.info.capabilities ?? []).some(({ type }) => type === 'PARTITION_AWARE');
  return { ...status, state: gone ? 'TASK_GONE_BY_OPERATOR' : status.state, reason: 'REASON_AGENT_DRAINING' };
}

/** Asks an executor to end; it is killed when its grace period is over. */
export function shutdownExecutor(core: AgentCore, executor: Executor, now: number, termination?: Termination): void {
  if (executor.phase.name === 'terminating') return;
  const { shutdown_grace_period } = executor.info;
  const graceMs =
    shutdown_grace_period === undefined
      ? core.settings.executorShutdownGracePeriodMs
      : shutdown_grace_period.nanoseconds / 1e6;
  executor.phase = { name: 'terminating', deadline: now + graceMs };
  executor.termination ??= termination;
  core.toExecutor(executor, { type: 'SHUTDOWN' });
}

/** Ends an executor without asking. */
export function destroyExecutor(core: AgentCore, executor: Executor, termination: Termination | undefined): void {
  executor.termination ??= termination;
  executor.phase = { name: 'terminating', deadline: Infinity };
  core.effect({ kind: 'destroy', executor });
}

/** Its process runs. */
export function executorStarted(core: AgentCore, executor: Executor, pid: number): void {
  executor.pid = pid;
  core.checkpoint({ what: 'executor', executor });
  // Told to end while it was being fetched.
  if (executor.phase.name === 'terminating') core.effect({ kind: 'destroy', executor });
}

/**
 * The executor has ended, or never started. What it had not finished is FAILED, or what whoever ended it says.
 * `status`: raw wait(2) status, -1 = unknown.
 */
export function executorEnded(
  core: AgentCore,
  executor: Executor,
  status: number,
  now: number,
  cause?: Termination,
): void {
  const framework = core.state.frameworks.get(executor.frameworkId);
  if (framework?.executors.get(executor.id) !== executor) return;
  const termination = executor.termination ?? cause ?? endOf(status);
  if (executor.streamId !== undefined) core.effect({ kind: 'close-executor', streamId: executor.streamId });
  executor.streamId = undefined;
  for (const launch of executor.queued) {
    for (const info of launch.tasks) executor.tasks.set(info.task_id.value, newTask(info));
  }
  executor.queued = [];
  if (framework.terminating) {
    framework.updates.clear();
    framework.owners.clear();
  } else {
    for (const [taskId, task] of executor.tasks) {
      if (!isTerminal(task.state)) core.ownUpdate(framework, executor, taskId, termination, now);
    }
  }
  core.toMaster({
    type: 'EXECUTOR_EXITED',
    framework_id: framework.id,
    executor_id: executor.id,
    status,
  });
  const isOwner = [...framework.owners.values()].includes(executor);
  core.checkpoint({ what: isOwner ? 'executor-ended' : 'executor-removed', executor });
  core.forgetExecutor(framework, executor);
  core.settleFramework(framework);
}

function endOf(status: number): Termination {
  const signal = status === -1 ? 0 : status & 127;
  const how =
    status === -1
      ? 'terminated'
      : signal === 0
        ? `exited with status ${status >> 8}`
        : `terminated with signal ${signal}`;
  return { state: 'TASK_FAILED', reason: 'REASON_EXECUTOR_TERMINATED', message: `Executor ${how}` };
}

/** Executors whose time is over: not subscribed, not back after a restart, or not gone after SHUTDOWN. */
export function expireExecutors(core: AgentCore, now: number): void {
  for (const framework of core.state.frameworks.values()) {
    for (const executor of framework.executors.values()) {
      const { phase } = executor;
      if (phase.name === 'running' || phase.deadline > now) continue;
      switch (phase.name) {
        case 'registering':
          destroyExecutor(core, executor, {
            state: 'TASK_FAILED',
            reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
            message: 'Executor did not register within the registration timeout',
          });
          break;
        case 'recovering':
          destroyExecutor(core, executor, {
            state: core.lostState(framework, 'TASK_GONE'),
            reason: 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT',
            message: 'Executor did not reregister within the reregistration timeout',
          });
          break;
        case 'terminating':
          destroyExecutor(core, executor, undefined);
          break;
      }
    }
  }
}
