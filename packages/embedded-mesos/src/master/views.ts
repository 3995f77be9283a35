import type {
  MasterResponseGetAgentsAgent,
  MasterResponseGetExecutorsExecutor,
  MasterResponseGetFrameworksFramework,
  MasterResponseGetState,
  Resource,
  Task,
  TimeInfo,
} from '@kubernetes-mesos/mesos';
import type { Cluster } from './cluster';
import type { Agent, Framework, TaskRecord } from './state';

/** The master's state as the messages of the operator API. */

export function taskMessage(task: TaskRecord): Task {
  const { name, labels, discovery, container, health_check, kill_policy, limits } = task.info;
  const { forwarded } = task;
  return {
    name,
    task_id: { value: task.id },
    framework_id: { value: task.frameworkId },
    ...(task.executorId === undefined ? {} : { executor_id: { value: task.executorId } }),
    agent_id: { value: task.agentId },
    state: task.state,
    resources: task.resources,
    statuses: task.statuses,
    ...(forwarded === undefined ? {} : { status_update_state: forwarded.state }),
    ...(forwarded?.uuid === undefined ? {} : { status_update_uuid: forwarded.uuid }),
    ...(labels === undefined ? {} : { labels }),
    ...(discovery === undefined ? {} : { discovery }),
    ...(container === undefined ? {} : { container }),
    ...(task.user === undefined ? {} : { user: task.user }),
    ...(health_check === undefined ? {} : { health_check }),
    ...(kill_policy === undefined ? {} : { kill_policy }),
    ...(limits === undefined ? {} : { limits }),
  };
}

export function frameworkView(cluster: Cluster, framework: Framework): MasterResponseGetFrameworksFramework {
  const { connection } = framework;
  const offers = [...framework.offers].flatMap((id) => cluster.state.offers.get(id) ?? []);
  return {
    framework_info: framework.info,
    active: connection.phase === 'connected',
    connected: connection.phase === 'connected',
    recovered: connection.phase === 'recovered',
    registered_time: timeInfo(framework.registeredAt),
    ...(framework.reregisteredAt === undefined ? {} : { reregistered_time: timeInfo(framework.reregisteredAt) }),
    ...(framework.unregisteredAt === undefined ? {} : { unregistered_time: timeInfo(framework.unregisteredAt) }),
    offers: offers.map(({ offer }) => offer),
    allocated_resources: allocatedBy(cluster, framework),
    offered_resources: offers.flatMap(({ resources }) => resources),
  };
}

export function agentView(cluster: Cluster, agent: Agent): MasterResponseGetAgentsAgent {
  return {
    agent_info: agent.info,
    active: agent.connected && !agent.deactivated,
    deactivated: agent.deactivated,
    version: agent.version,
    pid: agent.pid,
    registered_time: timeInfo(agent.registeredAt),
    ...(agent.reregisteredAt === undefined ? {} : { reregistered_time: timeInfo(agent.reregisteredAt) }),
    total_resources: agent.info.resources ?? [],
    allocated_resources: usedOn(agent),
    offered_resources: [...agent.offers].flatMap((id) => cluster.state.offers.get(id)?.resources ?? []),
    capabilities: agent.capabilities,
    ...(agent.drain === undefined
      ? {}
      : { drain_info: agent.drain.info, estimated_drain_start_time: timeInfo(agent.drain.since) }),
  };
}

export function executorViews(cluster: Cluster): MasterResponseGetExecutorsExecutor[] {
  return [...cluster.state.agents.values()].flatMap((agent) =>
    [...agent.executors.values()].flatMap((executors) =>
      [...executors.values()].map(({ info }) => ({ executor_info: info, agent_id: { value: agent.id } })),
    ),
  );
}

export function stateView(cluster: Cluster): MasterResponseGetState {
  const { state } = cluster;
  const frameworks = [...state.frameworks.values()];
  return {
    get_tasks: {
      tasks: frameworks.flatMap((framework) => [...framework.tasks.values()].map(taskMessage)),
      unreachable_tasks: frameworks.flatMap((framework) => [...framework.unreachableTasks.values()].map(taskMessage)),
      completed_tasks: [...frameworks, ...state.completedFrameworks].flatMap((framework) =>
        framework.completedTasks.map(taskMessage),
      ),
    },
    get_executors: { executors: executorViews(cluster) },
    get_frameworks: {
      frameworks: frameworks.map((framework) => frameworkView(cluster, framework)),
      completed_frameworks: state.completedFrameworks.map((framework) => frameworkView(cluster, framework)),
    },
    get_agents: {
      agents: [...state.agents.values()].map((agent) => agentView(cluster, agent)),
      recovered_agents: [...state.recoveredAgents.values()].map(({ info }) => info),
    },
  };
}

/** Resources of tasks that run and of executors on an agent. */
export function usedOn(agent: Agent): Resource[] {
  const used: Resource[] = [];
  for (const tasks of agent.tasks.values()) {
    for (const task of tasks.values()) if (!task.released) used.push(...task.resources);
  }
  for (const executors of agent.executors.values()) {
    for (const executor of executors.values()) used.push(...executor.resources);
  }
  return used;
}

export function allocatedBy(cluster: Cluster, framework: Framework): Resource[] {
  const used: Resource[] = [];
  for (const task of framework.tasks.values()) if (!task.released) used.push(...task.resources);
  for (const agent of cluster.state.agents.values()) {
    for (const executor of agent.executors.get(framework.id)?.values() ?? []) used.push(...executor.resources);
  }
  return used;
}

export function timeInfo(ms: number): TimeInfo {
  return { nanoseconds: ms * 1_000_000 };
}
