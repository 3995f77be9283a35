import { jsonReply, OK, type Reply } from '../http/reply';
import { systemMetrics } from '../master/metrics';
import { legacyAttributes, legacyTaskMessage } from '../master/legacy-views';
import { isTerminal } from '../master/state';
import { flatResources } from '../resources/format';
import { VERSION_INFO } from '../version';
import type { AgentCore } from './core';
import { taskMessage } from './master-messages';
import { newTask, type AgentFramework, type AgentTask, type Executor } from './state';

export interface AgentReadContext {
  readonly pid: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly startedAt: number;
  readonly isRegistered: () => boolean;
}

type Json = Record<string, unknown>;

/** The agent's JSON endpoints; `undefined` for a path that is none of them. */
export function agentReadEndpoint(
  core: AgentCore,
  path: string,
  context: AgentReadContext,
  now: number,
): Reply | undefined {
  switch (path) {
    case '/health':
      return OK;
    case '/version':
      return jsonReply(VERSION_INFO);
    case '/flags':
      return jsonReply({ flags: context.flags });
    case '/metrics/snapshot':
      return jsonReply(agentMetrics(core, context, now));
    case '/state':
    case '/state.json':
      return jsonReply(legacyAgentState(core, context));
    case '/containers':
    case '/monitor/statistics':
      return jsonReply(containers(core));
    default:
      return undefined;
  }
}

export function agentMetrics(core: AgentCore, context: AgentReadContext, now: number): Record<string, number> {
  const executors = allExecutors(core);
  const inPhase = (name: Executor['phase']['name']): number =>
    executors.filter(({ phase }) => phase.name === name).length;
  const tasks = executors.flatMap((executor) => [...executor.tasks.values()]);
  const inState = (state: AgentTask['state']): number => tasks.filter((task) => task.state === state).length;
  return {
    'slave/registered': context.isRegistered() ? 1 : 0,
    'slave/uptime_secs': (now - context.startedAt) / 1000,
    'slave/frameworks_active': core.state.frameworks.size,
    'slave/executors_registering': inPhase('registering'),
    'slave/executors_running': inPhase('running'),
    'slave/executors_terminating': inPhase('terminating'),
    'slave/tasks_staging': inState('TASK_STAGING'),
    'slave/tasks_starting': inState('TASK_STARTING'),
    'slave/tasks_running': inState('TASK_RUNNING'),
    'slave/tasks_killing': inState('TASK_KILLING'),
    ...resourceMetrics(core, executors),
    ...systemMetrics(),
  };
}

function resourceMetrics(core: AgentCore, executors: readonly Executor[]): Record<string, number> {
  const used = flatResources(executors.flatMap(resourcesOf));
  const total = flatResources(core.state.info.resources ?? []);
  const metrics: Record<string, number> = {};
  for (const name of ['cpus', 'mem', 'disk']) {
    const [all, taken] = [Number(total[name] ?? 0), Number(used[name] ?? 0)];
    metrics[`slave/${name}_total`] = all;
    metrics[`slave/${name}_used`] = taken;
    metrics[`slave/${name}_percent`] = all === 0 ? 0 : taken / all;
  }
  return metrics;
}

export function allExecutors(core: AgentCore): Executor[] {
  return [...core.state.frameworks.values()].flatMap((framework) => [...framework.executors.values()]);
}

function resourcesOf(executor: Executor): NonNullable<Executor['info']['resources']>[number][] {
  const live = [...executor.tasks.values()].filter((task) => !isTerminal(task.state));
  return [...(executor.info.resources ?? []), ...live.flatMap((task) => task.info.resources ?? [])];
}

function containers(core: AgentCore): Json[] {
  return allExecutors(core).map((executor) => ({
    container_id: executor.containerId,
    executor_id: executor.id,
    executor_name: executor.info.name ?? '',
    framework_id: executor.frameworkId,
    source: executor.info.source ?? '',
    status: {
      container_id: { value: executor.containerId },
      ...(executor.pid === undefined ? {} : { executor_pid: executor.pid }),
    },
  }));
}

export function legacyAgentState(core: AgentCore, context: AgentReadContext): Json {
  const { info } = core.state;
  return {
    ...VERSION_INFO,
    id: info.id?.value ?? '',
    pid: context.pid,
    hostname: info.hostname,
    start_time: context.startedAt / 1000,
    resources: flatResources(info.resources ?? []),
    attributes: legacyAttributes(info.attributes ?? []),
    flags: context.flags,
    frameworks: [...core.state.frameworks.values()].map((framework) => legacyFramework(core, framework)),
    completed_frameworks: [],
    ...(core.state.drain === undefined ? {} : { drain_config: core.state.drain }),
  };
}

function legacyFramework(core: AgentCore, framework: AgentFramework): Json {
  const { info } = framework;
  return {
    id: framework.id,
    name: info.name,
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    ...(info.roles === undefined ? { role: info.role ?? '*' } : { roles: info.roles }),
    executors: [...framework.executors.values()].map((executor) => legacyExecutor(core, executor)),
    completed_executors: framework.completedExecutors.map(({ info: executor, containerId, directory }) => ({
      id: executor.executor_id.value,
      name: executor.name ?? '',
      source: executor.source ?? '',
      container: containerId,
      directory,
    })),
  };
}

function legacyExecutor(core: AgentCore, executor: Executor): Json {
  const toJson = (task: AgentTask): Json =>
    legacyTaskMessage(taskMessage(core, executor, task), task.info.resources?.[0]?.allocation_info?.role ?? '*');
  return {
    id: executor.id,
    name: executor.info.name ?? '',
    source: executor.info.source ?? '',
    container: executor.containerId,
    directory: executor.directory,
    resources: flatResources(resourcesOf(executor)),
    type: executor.info.type ?? 'UNKNOWN',
    queued_tasks: executor.queued.flatMap(({ tasks }) => tasks.map((info) => toJson(newTask(info)))),
    tasks: [...executor.tasks.values()].filter((task) => !isTerminal(task.state)).map(toJson),
    completed_tasks: [
      ...[...executor.tasks.values()].filter((task) => isTerminal(task.state)),
      ...executor.completedTasks,
    ].map(toJson),
  };
}
