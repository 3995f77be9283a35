import { assertNever } from '@kubernetes-mesos/component-base';
import {
  ResourcePool,
  type AgentInfo,
  type ExecutorInfo,
  type FrameworkInfo,
  type Task,
  type TaskState,
} from '@kubernetes-mesos/mesos';
import type { AgentMessage } from '../link/protocol';
import { normalized, unallocated } from '../resources/reservations';
import { allocate } from './allocator';
import { roleOf, type Cluster } from './cluster';
import { clearAgentFilters } from './filters';
import { recoverFramework } from './frameworks';
import { addExecutor } from './launch';
import { addressOf, isDown } from './machines';
import { isTerminal, type Agent, type Framework, type TaskRecord } from './state';
import { agentView, taskMessage, usedOn } from './views';

/** Registration and loss of agents. */

type Registration = Extract<AgentMessage, { type: 'REGISTER' }>;

/** The agent's id, or why it may not join. */
export type RegistrationResult = { readonly agentId: string } | { readonly refused: string };

/**
 * An agent registers, for the first time or again. Its inventory is what it really runs: tasks that this master does not
 * know (after its restart) are entered, tasks that the agent lacks are asked for, and tasks that were given up as
 * unreachable come back.
 */
export function registerAgent(cluster: Cluster, message: Registration, now: number): RegistrationResult {
  const { state } = cluster;
  const [ip] = addressOf(message.pid);
  if (isDown(state, message.agent_info.hostname, ip)) return { refused: 'Machine is DOWN' };
  const given = message.agent_info.id?.value;
  if (given !== undefined && state.gone.has(given)) return { refused: 'Agent has been marked gone' };

  const known = given === undefined ? undefined : state.agents.get(given);
  const id = given ?? cluster.newAgentId();
  const info: AgentInfo = {
    ...message.agent_info,
    id: { value: id },
    resources: (message.agent_info.resources ?? []).map((resource) => normalized(resource, undefined)),
  };
  const wasUnreachable = state.unreachable.has(id);
  if (known === undefined) {
    const isNew = given === undefined;
    cluster.persist(isNew ? { change: 'admitted', agent: info } : { change: 'reachable', agent: info });
    cluster.counters.add(isNew ? 'slave_registrations' : 'slave_reregistrations');
  } else cluster.counters.add('slave_reregistrations');
  state.unreachable.delete(id);
  state.recoveredAgents.delete(id);

  const agent = known ?? newAgent(id, info, message, now, given !== undefined);
  if (known === undefined) {
    state.agents.set(id, agent);
    cluster.shares.addTotal(info.resources ?? [], 1);
  } else refreshAgent(cluster, known, info, message, now);
  agent.connected = true;
  agent.heardAt = now;

  const lacking = tasksThatAgentLacks(cluster, agent, message.inventory.tasks);
  const removed = takeInventory(cluster, agent, message, wasUnreachable, now);
  agent.available = freeOn(cluster, agent);
  cluster.toAgent(agent, {
    type: 'REGISTERED',
    agent_id: id,
    master_info: state.masterInfo,
    silence_ms: cluster.settings.agentPingTimeoutMs * cluster.settings.maxAgentPingTimeouts,
    reconcile: lacking,
    removed_frameworks: removed,
  });
  if (agent.drain !== undefined) cluster.toAgent(agent, { type: 'DRAIN', config: agent.drain.info.config });
  if (known === undefined) {
    cluster.toOperators({ type: 'AGENT_ADDED', agent_added: { agent: agentView(cluster, agent) } });
  }
  for (const framework of state.frameworks.values()) clearAgentFilters(framework, id);
  allocate(cluster, now, [agent]);
  return { agentId: id };
}

function newAgent(id: string, info: AgentInfo, message: Registration, now: number, again: boolean): Agent {
  return {
    id,
    info,
    version: message.version,
    pid: message.pid,
    capabilities: message.capabilities,
    connected: true,
    deactivated: false,
    drain: undefined,
    registeredAt: now,
    reregisteredAt: again ? now : undefined,
    available: ResourcePool.of([]),
    offers: new Set(),
    tasks: new Map(),
    executors: new Map(),
    heardAt: now,
  };
}

function refreshAgent(cluster: Cluster, agent: Agent, info: AgentInfo, message: Registration, now: number): void {
  cluster.rescindAgentOffers(agent);
  cluster.shares.addTotal(agent.info.resources ?? [], -1);
  cluster.shares.addTotal(info.resources ?? [], 1);
  agent.info = info;
  agent.version = message.version;
  agent.pid = message.pid;
  agent.capabilities = message.capabilities;
  agent.reregisteredAt = now;
}

/** Total without what tasks, executors and offers hold; an agent that shrank below its use has nothing free of it. */
function freeOn(cluster: Cluster, agent: Agent): ResourcePool {
  const free = ResourcePool.of(agent.info.resources ?? []);
  const held = [
    ...usedOn(agent),
    ...[...agent.offers].flatMap((id) => cluster.state.offers.get(id)?.resources ?? []),
  ].map(unallocated);
  if (!free.subtract(held)) for (const resource of held) free.subtract([resource]);
  return free;
}

/** Tasks the master takes as running there and the agent did not name. */
function tasksThatAgentLacks(
  cluster: Cluster,
  agent: Agent,
  inventory: readonly Task[],
): { readonly framework: FrameworkInfo; readonly task_id: string }[] {
  const named = new Set(inventory.map((task) => `${task.framework_id.value} ${task.task_id.value}`));
  return [...agent.tasks].flatMap(([frameworkId, tasks]) => {
    const framework = cluster.frameworkOf(frameworkId)?.info;
    if (framework === undefined) return [];
    return [...tasks.keys()]
      .filter((taskId) => !named.has(`${frameworkId} ${taskId}`))
      .map((task_id) => ({ framework, task_id }));
  });
}

/** @returns frameworks that ended while the agent was away */
function takeInventory(
  cluster: Cluster,
  agent: Agent,
  message: Registration,
  wasUnreachable: boolean,
  now: number,
): string[] {
  const { frameworks, executors, tasks } = message.inventory;
  const removed = new Set(cluster.state.completedFrameworks.map(({ id }) => id));
  const ended = frameworks.flatMap(({ id }) => (id !== undefined && removed.has(id.value) ? [id.value] : []));
  for (const info of frameworks) {
    if (info.id !== undefined && !removed.has(info.id.value)) recoverFramework(cluster, info, now);
  }
  takeExecutors(cluster, agent, executors);
  for (const task of tasks) takeTask(cluster, agent, task, wasUnreachable, now);
  return ended;
}

function takeExecutors(
  cluster: Cluster,
  agent: Agent,
  executors: readonly { readonly framework_id: string; readonly executor: ExecutorInfo }[],
): void {
  const named = new Set(executors.map(({ framework_id, executor }) => `${framework_id} ${executor.executor_id.value}`));
  for (const [frameworkId, known] of [...agent.executors]) {
    for (const id of [...known.keys()]) {
      if (!named.has(`${frameworkId} ${id}`)) cluster.removeExecutor(agent, frameworkId, id);
    }
  }
  for (const { framework_id, executor } of executors) {
    if (cluster.frameworkOf(framework_id) === undefined) continue;
    if (agent.executors.get(framework_id)?.has(executor.executor_id.value) === true) continue;
    const resources = (executor.resources ?? []).map((resource) => normalized(resource, undefined));
    addExecutor(agent, framework_id, executor, resources);
    cluster.shares.add(roleOf(resources), framework_id, resources, 1);
  }
}

function takeTask(cluster: Cluster, agent: Agent, task: Task, wasUnreachable: boolean, now: number): void {
  const framework = cluster.frameworkOf(task.framework_id.value);
  if (framework === undefined) return;
  const known = framework.tasks.get(task.task_id.value);
  if (known !== undefined) {
    if (!isTerminal(known.state)) known.state = task.state;
    if (isTerminal(known.state)) cluster.releaseTask(known);
    return;
  }
  const back = framework.unreachableTasks.get(task.task_id.value);
  framework.unreachableTasks.delete(task.task_id.value);
  const record = recordOf(task, agent.id, back);
  cluster.addTask(framework, agent, record);
  if (isTerminal(record.state)) record.released = true;
  else cluster.shares.add(record.role, framework.id, record.resources, 1);
  cluster.toOperators({ type: 'TASK_ADDED', task_added: { task: taskMessage(record) } });
  if (back === undefined && !wasUnreachable) return;
  cluster.sendMasterStatus(
    framework,
    {
      task_id: task.task_id,
      state: task.status_update_state ?? task.state,
      reason: 'REASON_AGENT_REREGISTERED',
      message: 'Agent re-registered',
      agent_id: { value: agent.id },
      ...(task.executor_id === undefined ? {} : { executor_id: task.executor_id }),
      ...(back?.healthy === undefined ? {} : { healthy: back.healthy }),
      ...(back?.checkStatus === undefined ? {} : { check_status: back.checkStatus }),
      ...(back?.containerStatus === undefined ? {} : { container_status: back.containerStatus }),
    },
    now,
  );
}

function recordOf(task: Task, agentId: string, back: TaskRecord | undefined): TaskRecord {
  const resources = (task.resources ?? []).map((resource) => normalized(resource, undefined));
  return {
    frameworkId: task.framework_id.value,
    id: task.task_id.value,
    agentId,
    info: back?.info ?? task,
    executorId: task.executor_id?.value,
    user: task.user,
    resources,
    role: roleOf(resources),
    state: task.state,
    forwarded: undefined,
    statuses: back?.statuses ?? [...(task.statuses ?? [])],
    healthy: back?.healthy,
    checkStatus: back?.checkStatus,
    containerStatus: back?.containerStatus,
    released: false,
  };
}

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
