import type { KillPolicy, SchedulerCallReconcileTask, TaskState, TaskStatus } from '@kubernetes-mesos/mesos';
import type { AgentMessage } from '../link/protocol';
import { settleDrain } from './agent-loss';
import { allocate } from './allocator';
import type { Cluster } from './cluster';
import { isTerminal, type Agent, type Framework, type TaskRecord } from './state';
import { without } from '../without';

/** Status updates, acknowledgements, kills and reconciliation. */

/** How many statuses a task keeps for the state views. */
const KEPT_STATUSES = 20;

type StatusUpdate = Extract<AgentMessage, { type: 'STATUS_UPDATE' }>;

/** An update from the agent: forwarded whether or not the task is still known; the newest state frees resources. */
export function statusUpdate(cluster: Cluster, agent: Agent, message: StatusUpdate, now: number): void {
  const framework = cluster.frameworkOf(message.framework_id);
  if (framework === undefined) {
    cluster.counters.add('invalid_status_updates');
    if (cluster.state.completedFrameworks.some(({ id }) => id === message.framework_id)) {
      cluster.toAgent(agent, { type: 'SHUTDOWN_FRAMEWORK', framework_id: message.framework_id });
    }
    return;
  }
  const { status } = message;
  cluster.toFramework(framework, { type: 'UPDATE', update: { status } });
  const task = agent.tasks.get(framework.id)?.get(status.task_id.value);
  if (task === undefined) {
    cluster.counters.add('invalid_status_updates');
    return;
  }
  cluster.counters.add('valid_status_updates');
  cluster.counters.status(status);
  const changed = task.state !== message.latest_state || isCheckUpdate(status);
  record(task, status, message.latest_state);
  if (changed) {
    cluster.toOperators({
      type: 'TASK_UPDATED',
      task_updated: { framework_id: { value: framework.id }, status: withoutData(status), state: task.state },
    });
  }
  if (isTerminal(task.state) && !task.released) {
    cluster.releaseTask(task);
    settleDrain(cluster, agent, now);
    allocate(cluster, now, [agent]);
  }
}

function record(task: TaskRecord, status: TaskStatus, latest: TaskState): void {
  // A late update never takes a task out of its end.
  if (!isTerminal(task.state)) task.state = latest;
  task.forwarded = status;
  const kept = withoutData(status);
  const last = task.statuses.at(-1);
  // A retry of the same update is not another status.
  if (last?.uuid !== undefined && status.uuid !== undefined && last.uuid.equals(status.uuid)) return;
  task.statuses = [...task.statuses.slice(1 - KEPT_STATUSES), kept];
  if (status.healthy !== undefined) task.healthy = status.healthy;
  if (status.check_status !== undefined) task.checkStatus = status.check_status;
  if (status.container_status !== undefined) task.containerStatus = status.container_status;
}

function isCheckUpdate(status: TaskStatus): boolean {
  return (
    status.reason === 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED' || status.reason === 'REASON_TASK_CHECK_STATUS_UPDATED'
  );
}

function withoutData(status: TaskStatus): TaskStatus {
  return without(status, 'data');
}

/** The framework has stored an update: the agent may send the next; a task whose end is acknowledged is forgotten. */
export function acknowledge(
  cluster: Cluster,
  framework: Framework,
  ack: { readonly agentId: string; readonly taskId: string; readonly uuid: Buffer },
  now: number,
): void {
  const agent = cluster.state.agents.get(ack.agentId);
  if (agent?.connected !== true) {
    cluster.counters.add('invalid_status_update_acknowledgements');
    return; // the agent sends the update again
  }
  const task = framework.tasks.get(ack.taskId);
  if (task?.forwarded?.uuid?.equals(ack.uuid) === true && isTerminal(task.forwarded.state)) {
    cluster.removeTask(framework, task);
    settleDrain(cluster, agent, now);
  }
  cluster.counters.add('valid_status_update_acknowledgements');
  cluster.toAgent(agent, {
    type: 'ACKNOWLEDGE',
    framework_id: framework.id,
    task_id: ack.taskId,
    uuid: ack.uuid,
  });
}

export function kill(
  cluster: Cluster,
  framework: Framework,
  call: {
    readonly taskId: string;
    readonly agentId?: string | undefined;
    readonly killPolicy?: KillPolicy | undefined;
  },
  now: number,
): void {
  const task = framework.tasks.get(call.taskId);
  if (task === undefined) {
    reconcileExplicitly(
      cluster,
      framework,
      [
        {
          task_id: { value: call.taskId },
          ...(call.agentId === undefined ? {} : { agent_id: { value: call.agentId } }),
        },
      ],
      now,
    );
    return;
  }
  if (call.agentId !== undefined && call.agentId !== task.agentId) return; // Mesos gives no answer to this
  const agent = cluster.state.agents.get(task.agentId);
  if (agent === undefined) return;
  cluster.toAgent(agent, {
    type: 'KILL_TASK',
    framework_id: framework.id,
    task_id: task.id,
    ...(call.killPolicy === undefined ? {} : { kill_policy: call.killPolicy }),
  });
}

/** One answer for every task that the master knows of the framework; there is no end mark. */
export function reconcileImplicitly(cluster: Cluster, framework: Framework, now: number): void {
  for (const task of framework.tasks.values()) sendLatest(cluster, framework, task, now);
}

export function reconcileExplicitly(
  cluster: Cluster,
  framework: Framework,
  tasks: readonly SchedulerCallReconcileTask[],
  now: number,
): void {
  for (const asked of tasks) {
    const task = framework.tasks.get(asked.task_id.value);
    if (task !== undefined) sendLatest(cluster, framework, task, now);
    else answerUnknown(cluster, framework, asked, now);
  }
}

function sendLatest(cluster: Cluster, framework: Framework, task: TaskRecord, now: number): void {
  cluster.sendMasterStatus(
    framework,
    {
      task_id: { value: task.id },
      state: task.forwarded?.state ?? task.state,
      reason: 'REASON_RECONCILIATION',
      message: 'Reconciliation: Latest task state',
      agent_id: { value: task.agentId },
      ...(task.executorId === undefined ? {} : { executor_id: { value: task.executorId } }),
      ...(task.healthy === undefined ? {} : { healthy: task.healthy }),
      ...(task.checkStatus === undefined ? {} : { check_status: task.checkStatus }),
      ...(task.containerStatus === undefined ? {} : { container_status: task.containerStatus }),
    },
    now,
  );
}

function answerUnknown(cluster: Cluster, framework: Framework, asked: SchedulerCallReconcileTask, now: number): void {
  const { state } = cluster;
  const agentId = asked.agent_id?.value;
  // The agent may still come back and know it: no answer, the framework asks again.
  if (agentId === undefined ? state.recoveredAgents.size > 0 : state.recoveredAgents.has(agentId)) return;
  const base = {
    task_id: asked.task_id,
    reason: 'REASON_RECONCILIATION' as const,
    ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
  };
  const unreachableAt = agentId === undefined ? undefined : state.unreachable.get(agentId);
  if (agentId !== undefined && state.agents.has(agentId)) {
    const message = 'Reconciliation: Task is unknown to the agent';
    cluster.sendMasterStatus(framework, { ...base, state: cluster.lostState(framework, 'TASK_GONE'), message }, now);
  } else if (unreachableAt !== undefined) {
    const message = 'Reconciliation: Task is unreachable';
    const unreachable_time = { nanoseconds: unreachableAt * 1_000_000 };
    const lost = cluster.lostState(framework, 'TASK_UNREACHABLE');
    cluster.sendMasterStatus(framework, { ...base, state: lost, message, unreachable_time }, now);
  } else if (agentId !== undefined && state.gone.has(agentId)) {
    const lost = cluster.lostState(framework, 'TASK_GONE_BY_OPERATOR');
    cluster.sendMasterStatus(framework, { ...base, state: lost, message: 'Reconciliation: Task is gone' }, now);
  } else {
    const lost = cluster.lostState(framework, 'TASK_UNKNOWN');
    cluster.sendMasterStatus(framework, { ...base, state: lost, message: 'Reconciliation: Task is unknown' }, now);
  }
}
