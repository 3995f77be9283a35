import {
  reservationRole,
  UNRESERVED,
  type Attribute,
  type Label,
  type Resource,
  type Task,
  type TaskStatus,
} from '@kubernetes-mesos/mesos';
import { flatResources, rangesText } from '../resources/format';
import { VERSION_INFO } from '../version';
import { rolesOf, type Cluster } from './cluster';
import type { Agent, Framework, TaskRecord } from './state';
import { allocatedBy, taskMessage, usedOn } from './views';

/** The JSON endpoints of the time before the v1 API: names of then (`slave_id`), flat resources. */

type Json = Record<string, unknown>;

export function legacyState(cluster: Cluster, flags: Readonly<Record<string, string>>, clusterName: string): Json {
  const { state } = cluster;
  const { masterInfo } = state;
  const agents = [...state.agents.values()];
  return {
    ...VERSION_INFO,
    start_time: state.startedAt / 1000,
    elected_time: state.startedAt / 1000,
    id: masterInfo.id,
    pid: masterInfo.pid,
    hostname: masterInfo.hostname,
    capabilities: (masterInfo.capabilities ?? []).map(({ type }) => type),
    activated_slaves: agents.filter((agent) => agent.connected && !agent.deactivated).length,
    deactivated_slaves: agents.filter((agent) => !agent.connected || agent.deactivated).length,
    unreachable_slaves: state.unreachable.size,
    ...(clusterName === '' ? {} : { cluster: clusterName }),
    leader: masterInfo.pid,
    leader_info: {
      id: masterInfo.id,
      pid: masterInfo.pid,
      port: masterInfo.port,
      hostname: masterInfo.hostname,
    },
    flags,
    slaves: agents.map((agent) => legacyAgent(cluster, agent)),
    recovered_slaves: [...state.recoveredAgents.values()].map(({ info }) => ({
      id: info.id?.value,
      hostname: info.hostname,
      port: info.port,
    })),
    frameworks: [...state.frameworks.values()].map((framework) => legacyFramework(cluster, framework)),
    completed_frameworks: state.completedFrameworks.map((framework) => legacyFramework(cluster, framework)),
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}

export function legacyAgent(cluster: Cluster, agent: Agent): Json {
  const total = agent.info.resources ?? [];
  const offered = [...agent.offers].flatMap((id) => cluster.state.offers.get(id)?.resources ?? []);
  const reserved = new Map<string, Resource[]>();
  for (const resource of total) {
    const role = reservationRole(resource);
    if (role !== UNRESERVED) reserved.set(role, [...(reserved.get(role) ?? []), resource]);
  }
  return {
    id: agent.id,
    hostname: agent.info.hostname,
    port: agent.info.port,
    attributes: legacyAttributes(agent.info.attributes ?? []),
    pid: agent.pid,
    registered_time: agent.registeredAt / 1000,
    ...(agent.reregisteredAt === undefined ? {} : { reregistered_time: agent.reregisteredAt / 1000 }),
    resources: flatResources(total),
    used_resources: flatResources(usedOn(agent)),
    offered_resources: flatResources(offered),
    reserved_resources: Object.fromEntries([...reserved].map(([role, list]) => [role, flatResources(list)])),
    unreserved_resources: flatResources(total.filter((resource) => reservationRole(resource) === UNRESERVED)),
    active: agent.connected && !agent.deactivated,
    deactivated: agent.deactivated,
    version: agent.version,
    capabilities: agent.capabilities.map(({ type }) => type),
    ...(agent.drain === undefined
      ? {}
      : { drain_info: agent.drain.info, estimated_drain_start_time_seconds: agent.drain.since / 1000 }),
    ...(agent.info.domain === undefined ? {} : { domain: agent.info.domain }),
  };
}

export function legacyFramework(cluster: Cluster, framework: Framework): Json {
  const { info, connection } = framework;
  const offers = [...framework.offers].flatMap((id) => cluster.state.offers.get(id) ?? []);
  const used = allocatedBy(cluster, framework);
  const offered = offers.flatMap(({ resources }) => resources);
  const multiRole = framework.capabilities.has('MULTI_ROLE');
  return {
    id: framework.id,
    name: info.name,
    used_resources: flatResources(used),
    offered_resources: flatResources(offered),
    capabilities: [...framework.capabilities],
    hostname: info.hostname ?? '',
    webui_url: info.webui_url ?? '',
    active: connection.phase === 'connected',
    connected: connection.phase === 'connected',
    recovered: connection.phase === 'recovered',
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    registered_time: framework.registeredAt / 1000,
    unregistered_time: (framework.unregisteredAt ?? 0) / 1000,
    ...(framework.reregisteredAt === undefined ? {} : { reregistered_time: framework.reregisteredAt / 1000 }),
    ...(info.principal === undefined ? {} : { principal: info.principal }),
    resources: flatResources([...used, ...offered]),
    ...(multiRole ? { roles: rolesOf(info) } : { role: rolesOf(info)[0] }),
    tasks: [...framework.tasks.values()].map(legacyTask),
    unreachable_tasks: [...framework.unreachableTasks.values()].map(legacyTask),
    completed_tasks: framework.completedTasks.map(legacyTask),
    offers: offers.map((offer) => ({
      id: offer.id,
      framework_id: offer.frameworkId,
      slave_id: offer.agentId,
      resources: flatResources(offer.resources),
      allocation_info: { role: offer.role },
    })),
    executors: [...cluster.state.agents.values()].flatMap((agent) =>
      [...(agent.executors.get(framework.id)?.values() ?? [])].map((executor) => ({
        executor_id: executor.info.executor_id.value,
        name: executor.info.name ?? '',
        framework_id: framework.id,
        source: executor.info.source ?? '',
        resources: flatResources(executor.resources),
        slave_id: agent.id,
      })),
    ),
    ...(info.labels === undefined ? {} : { labels: legacyLabels(info.labels.labels) }),
  };
}

export function legacyTask(task: TaskRecord): Json {
  return legacyTaskMessage(taskMessage(task), task.role);
}

export function legacyTaskMessage(task: Task, role: string): Json {
  return {
    id: task.task_id.value,
    name: task.name,
    framework_id: task.framework_id.value,
    executor_id: task.executor_id?.value ?? '',
    slave_id: task.agent_id.value,
    state: task.state,
    resources: flatResources(task.resources ?? []),
    limits: Object.fromEntries(Object.entries(task.limits ?? {}).map(([name, { value }]) => [name, value])),
    role,
    statuses: (task.statuses ?? []).map(legacyStatus),
    ...(task.user === undefined ? {} : { user: task.user }),
    ...(task.labels === undefined ? {} : { labels: legacyLabels(task.labels.labels) }),
    ...(task.discovery === undefined ? {} : { discovery: task.discovery }),
    ...(task.container === undefined ? {} : { container: task.container }),
    ...(task.health_check === undefined ? {} : { health_check: task.health_check }),
  };
}

function legacyStatus(status: TaskStatus): Json {
  return {
    state: status.state,
    timestamp: status.timestamp ?? 0,
    ...(status.labels === undefined ? {} : { labels: legacyLabels(status.labels.labels) }),
    ...(status.container_status === undefined ? {} : { container_status: status.container_status }),
    ...(status.healthy === undefined ? {} : { healthy: status.healthy }),
  };
}

export function legacyAttributes(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ name, scalar, ranges, text }) => [
      name,
      scalar?.value ?? text?.value ?? rangesText(ranges?.range ?? []),
    ]),
  );
}

function legacyLabels(labels: readonly Label[] | undefined): Json[] {
  return (labels ?? []).map(({ key, value }) => ({ key, ...(value === undefined ? {} : { value }) }));
}
