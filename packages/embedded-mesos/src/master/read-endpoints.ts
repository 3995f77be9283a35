import { jsonReply, OK, type Reply } from '../http/reply';
import { VERSION_INFO } from '../version';
import type { Cluster } from './cluster';
import { legacyAgent, legacyFramework, legacyState, legacyTask } from './legacy-views';
import { masterMetrics } from './metrics';
import type { OperatorContext } from './operator-calls';
import { roleViews } from './role-views';
import { flatResources } from '../resources/format';

export interface ReadContext extends OperatorContext {
  /** `--cluster` */
  readonly clusterName: string;
}

const DEFAULT_TASK_LIMIT = 100;

/** The JSON endpoints; `undefined` for a path that is none of them. */
export function readEndpoint(
  cluster: Cluster,
  path: string,
  query: URLSearchParams,
  context: ReadContext,
  now: number,
): Reply | undefined {
  const { state } = cluster;
  switch (path) {
    case '/health':
      return OK;
    case '/version':
      return jsonReply(VERSION_INFO);
    case '/flags':
      return jsonReply({ flags: context.flags });
    case '/metrics/snapshot':
      return jsonReply(masterMetrics(cluster, now));
    case '/state':
    case '/state.json':
      return jsonReply(legacyState(cluster, context.flags, context.clusterName));
    case '/slaves': {
      const wanted = query.get('slave_id');
      const agents = [...state.agents.values()].filter(({ id }) => wanted === null || wanted === id);
      return jsonReply({
        slaves: agents.map((agent) => legacyAgent(cluster, agent)),
        recovered_slaves: [...state.recoveredAgents.values()].map(({ info }) => ({
          id: info.id?.value,
          hostname: info.hostname,
        })),
      });
    }
    case '/frameworks': {
      const wanted = query.get('framework_id');
      const matches = ({ id }: { readonly id: string }): boolean => wanted === null || wanted === id;
      return jsonReply({
        frameworks: [...state.frameworks.values()]
          .filter(matches)
          .map((framework) => legacyFramework(cluster, framework)),
        completed_frameworks: state.completedFrameworks
          .filter(matches)
          .map((framework) => legacyFramework(cluster, framework)),
        unregistered_frameworks: [],
      });
    }
    case '/tasks':
      return jsonReply({ tasks: tasks(cluster, query) });
    case '/roles':
      return jsonReply({
        roles: roleViews(cluster).map(({ name, weight, frameworks = [], resources = [] }) => ({
          name,
          weight,
          frameworks: frameworks.map(({ value }) => value),
          resources: flatResources(resources),
        })),
      });
    case '/state-summary':
      return jsonReply(summary(cluster, context.clusterName));
    default:
      return undefined;
  }
}

function tasks(cluster: Cluster, query: URLSearchParams): unknown[] {
  const { state } = cluster;
  const [frameworkId, taskId] = [query.get('framework_id'), query.get('task_id')];
  const limit = Number(query.get('limit') ?? DEFAULT_TASK_LIMIT);
  const offset = Number(query.get('offset') ?? 0);
  const all = [...state.frameworks.values(), ...state.completedFrameworks]
    .filter(({ id }) => frameworkId === null || frameworkId === id)
    .flatMap((framework) => [
      ...framework.tasks.values(),
      ...framework.unreachableTasks.values(),
      ...framework.completedTasks,
    ])
    .filter(({ id }) => taskId === null || taskId === id);
  const newestFirst = query.get('order') !== 'asc';
  all.sort((a, b) => (startOf(a) - startOf(b)) * (newestFirst ? -1 : 1));
  return all.slice(offset, offset + limit).map(legacyTask);
}

function startOf(task: { readonly statuses: readonly { readonly timestamp?: number }[] }): number {
  return task.statuses[0]?.timestamp ?? 0;
}

function summary(cluster: Cluster, clusterName: string): unknown {
  const { state } = cluster;
  return {
    hostname: state.masterInfo.hostname,
    ...(clusterName === '' ? {} : { cluster: clusterName }),
    slaves: [...state.agents.values()].map((agent) => ({
      ...legacyAgent(cluster, agent),
      ...countStates([...agent.tasks.values()].flatMap((running) => [...running.values()])),
      framework_ids: [...new Set([...agent.tasks.keys(), ...agent.executors.keys()])],
    })),
    frameworks: [...state.frameworks.values()].map((framework) => ({
      id: framework.id,
      name: framework.info.name,
      active: framework.connection.phase === 'connected',
      ...countStates([...framework.tasks.values(), ...framework.completedTasks]),
      slave_ids: [...new Set([...framework.tasks.values()].map(({ agentId }) => agentId))],
    })),
  };
}

function countStates(list: readonly { readonly state: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of list) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
