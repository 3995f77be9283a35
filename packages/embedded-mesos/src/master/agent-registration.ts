import {
  ResourcePool,
  type AgentInfo,
  type ExecutorInfo,
  type FrameworkInfo,
  type Task,
} from '@kubernetes-mesos/mesos';
import type { AgentMessage } from '../link/protocol';
import { normalized, unallocated } from '../resources/reservations';
import { allocate } from './allocator';
import { roleOf, type Cluster } from './cluster';
import { clearAgentFilters } from './filters';
import { recoverFramework } from './frameworks';
import { addExecutor } from './launch';
import { addressOf, isDown } from './machines';
import { isTerminal, type Agent, type TaskRecord } from './state';
import { without } from '../without';
import { agentView, taskMessage, usedOn } from './views';

/** Registration of agents. */

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
    info: back?.info ?? without(task, 'statuses', 'resources'),
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
