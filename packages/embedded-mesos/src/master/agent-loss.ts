import { assertNever } from '@kubernetes-mesos/component-base';
import type { TaskState } from '@kubernetes-mesos/mesos';
import type { AgentMessage } from '../link/protocol';
import { allocate } from './allocator';
import type { Cluster } from './cluster';
import { clearAgentFilters } from './filters';
import { isTerminal, type Agent, type Framework, type TaskRecord } from './state';

/** Disconnection and loss of agents and of their executors. */

/**
 * The connection to an agent broke. It keeps its place until it is silent for too long; but tasks of frameworks that do
 * not checkpoint are lost at once.
 */
export function disconnectAgent(cluster: Cluster, agent: Agent, now: number): void {
  if (!agent.connected) return;
  agent.connected = false;
  cluster.rescindAgentOffers(agent);
  for (const frameworkId of new Set([...agent.tasks.keys(), ...agent.executors.keys()])) {
    const framework = cluster.frameworkOf(frameworkId);
    if (framework === undefined || framework.info.checkpoint === true) continue;
    for (const task of [...(agent.tasks.get(frameworkId)?.values() ?? [])]) {
      endTask(cluster, framework, task, 'TASK_LOST', 'REASON_AGENT_DISCONNECTED', 'Agent disconnected', now);
    }
    for (const executorId of [...(agent.executors.get(frameworkId)?.keys() ?? [])]) {
      cluster.removeExecutor(agent, frameworkId, executorId);
    }
  }
  settleDrain(cluster, agent, now);
}

/** How the master gives an agent up. */
export type AgentLoss =
  /** Silent for too long: it may come back. */
  | { readonly kind: 'unreachable' }
  /** Left, or was told to leave. */
  | { readonly kind: 'removed'; readonly why: string }
  /** Declared gone by the operator: may never come back under this id. */
  | { readonly kind: 'gone' };

export function loseAgent(cluster: Cluster, agent: Agent, loss: AgentLoss, now: number): void {
  const { state } = cluster;
  cluster.rescindAgentOffers(agent);
  for (const [frameworkId, tasks] of [...agent.tasks]) {
    const framework = cluster.frameworkOf(frameworkId);
    if (framework === undefined) continue;
    for (const task of [...tasks.values()]) loseTask(cluster, framework, agent, task, loss, now);
  }
  for (const [frameworkId, executors] of [...agent.executors]) {
    for (const executorId of [...executors.keys()]) cluster.removeExecutor(agent, frameworkId, executorId);
  }
  agent.connected = false;
  state.agents.delete(agent.id);
  cluster.shares.addTotal(agent.info.resources ?? [], -1);
  remember(cluster, agent.id, loss, now);
  announceLoss(cluster, agent.id);
}

function remember(cluster: Cluster, agentId: string, loss: AgentLoss, now: number): void {
  const { state } = cluster;
  switch (loss.kind) {
    case 'unreachable':
      state.unreachable.set(agentId, now);
      cluster.persist({ change: 'unreachable', agentId, at: now });
      cluster.counters.add('slave_unreachable_completed');
      return;
    case 'gone':
      state.gone.set(agentId, now);
      state.unreachable.delete(agentId);
      cluster.persist({ change: 'gone', agentId, at: now });
      cluster.counters.add('slave_removals');
      return;
    case 'removed':
      cluster.persist({ change: 'removed', agentId });
      cluster.counters.add('slave_removals');
      return;
    default:
      assertNever(loss);
  }
}

function announceLoss(cluster: Cluster, agentId: string): void {
  for (const framework of cluster.state.frameworks.values()) {
    clearAgentFilters(framework, agentId);
    cluster.toFramework(framework, { type: 'FAILURE', failure: { agent_id: { value: agentId } } });
  }
  cluster.toOperators({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value: agentId } } });
}

function loseTask(
  cluster: Cluster,
  framework: Framework,
  agent: Agent,
  task: TaskRecord,
  loss: AgentLoss,
  now: number,
): void {
  if (isTerminal(task.state)) {
    cluster.removeTask(framework, task);
    return;
  }
  switch (loss.kind) {
    case 'unreachable': {
      const state = cluster.lostState(framework, 'TASK_UNREACHABLE');
      const message = `Agent ${agent.info.hostname} is unreachable: health check timed out`;
      endTask(cluster, framework, task, state, 'REASON_AGENT_REMOVED', message, now, 'unreachable');
      return;
    }
    case 'gone': {
      const state = cluster.lostState(framework, 'TASK_GONE_BY_OPERATOR');
      const message = 'Agent has been marked gone';
      endTask(cluster, framework, task, state, 'REASON_AGENT_REMOVED_BY_OPERATOR', message, now);
      return;
    }
    case 'removed': {
      const message = `Agent ${agent.info.hostname} removed: ${loss.why}`;
      endTask(cluster, framework, task, 'TASK_LOST', 'REASON_AGENT_REMOVED', message, now);
      return;
    }
    default:
      assertNever(loss);
  }
}

/** The master itself ends a task, tells the framework once and forgets the task. */
function endTask(
  cluster: Cluster,
  framework: Framework,
  task: TaskRecord,
  state: TaskState,
  reason: 'REASON_AGENT_REMOVED' | 'REASON_AGENT_REMOVED_BY_OPERATOR' | 'REASON_AGENT_DISCONNECTED',
  message: string,
  now: number,
  keepAs: 'completed' | 'unreachable' = 'completed',
): void {
  const status = {
    task_id: { value: task.id },
    state,
    reason,
    message,
    agent_id: { value: task.agentId },
    ...(task.executorId === undefined ? {} : { executor_id: { value: task.executorId } }),
    // Contact may be found again: since when it is lost.
    ...(keepAs === 'unreachable' ? { unreachable_time: { nanoseconds: now * 1_000_000 } } : {}),
  };
  task.state = state;
  const kept = { ...status, source: 'SOURCE_MASTER' as const, timestamp: now / 1000 };
  task.statuses = [...task.statuses, kept];
  cluster.counters.status(kept);
  cluster.sendMasterStatus(framework, status, now);
  cluster.toOperators({
    type: 'TASK_UPDATED',
    task_updated: { framework_id: { value: framework.id }, status: kept, state },
  });
  cluster.removeTask(framework, task, keepAs);
}

/** A draining agent without live tasks is drained, and gone if that was asked for. */
export function settleDrain(cluster: Cluster, agent: Agent, now: number): void {
  const { drain } = agent;
  if (drain?.info.state !== 'DRAINING') return;
  for (const tasks of agent.tasks.values()) {
    for (const task of tasks.values()) if (!isTerminal(task.state)) return;
  }
  agent.drain = { info: { ...drain.info, state: 'DRAINED' }, since: drain.since };
  if (drain.info.config.mark_gone === true) markGone(cluster, agent.id, now);
}

/** @returns whether the agent was known in any way */
export function markGone(cluster: Cluster, agentId: string, now: number): boolean {
  const { state } = cluster;
  const agent = state.agents.get(agentId);
  if (agent !== undefined) {
    cluster.toAgent(agent, { type: 'SHUTDOWN', message: 'Agent has been marked gone' });
    cluster.closeAgent(agentId);
    loseAgent(cluster, agent, { kind: 'gone' }, now);
    return true;
  }
  if (!state.unreachable.has(agentId) && !state.recoveredAgents.has(agentId)) return state.gone.has(agentId);
  state.recoveredAgents.delete(agentId);
  remember(cluster, agentId, { kind: 'gone' }, now);
  return true;
}

/** Gives up agents that were silent for too long, and agents of the registry that did not come back. */
export function expireAgents(cluster: Cluster, now: number): void {
  const { state, settings } = cluster;
  const silence = settings.agentPingTimeoutMs * settings.maxAgentPingTimeouts;
  for (const agent of [...state.agents.values()]) {
    if (now - agent.heardAt < silence) continue;
    cluster.closeAgent(agent.id);
    loseAgent(cluster, agent, { kind: 'unreachable' }, now);
  }
  if (now - state.startedAt < settings.agentReregisterTimeoutMs) return;
  for (const agentId of [...state.recoveredAgents.keys()]) {
    state.recoveredAgents.delete(agentId);
    remember(cluster, agentId, { kind: 'unreachable' }, now);
    announceLoss(cluster, agentId);
  }
}

/** An executor's process ended. */
export function executorExited(
  cluster: Cluster,
  agent: Agent,
  message: Extract<AgentMessage, { type: 'EXECUTOR_EXITED' }>,
  now: number,
): void {
  const { framework_id, executor_id, status } = message;
  const known = agent.executors.get(framework_id)?.has(executor_id) === true;
  if (!known) return; // generated command executors are not in the books
  cluster.removeExecutor(agent, framework_id, executor_id);
  const framework = cluster.frameworkOf(framework_id);
  if (framework !== undefined) {
    cluster.toFramework(framework, {
      type: 'FAILURE',
      failure: { agent_id: { value: agent.id }, executor_id: { value: executor_id }, status },
    });
  }
  allocate(cluster, now, [agent]);
}
