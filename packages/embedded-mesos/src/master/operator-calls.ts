import { assertNever } from '@kubernetes-mesos/component-base';
import type { MasterCall, MasterResponse } from '@kubernetes-mesos/mesos';
import { badRequest, notFound, OK, textReply, type Reply } from '../http/reply';
import { VERSION_INFO } from '../version';
import { deactivateAgent, drainAgent, reactivateAgent, startMaintenance, stopMaintenance } from './agent-operations';
import { markGone } from './agent-loss';
import type { Cluster } from './cluster';
import { removeFramework } from './frameworks';
import { masterMetrics } from './metrics';
import type { Agent } from './state';
import { executorViews, stateView } from './views';
import { roleViews } from './role-views';

/** A body in the accepted encoding, a plain reply, or the event stream. */
export type OperatorAnswer =
  { readonly response: MasterResponse } | { readonly reply: Reply } | { readonly subscribe: true };

export interface OperatorContext {
  readonly flags: Readonly<Record<string, string>>;
  readonly verbosity: number;
}

const INVALID = 'Failed to validate master::Call: ';

/** Operator calls on the master; what this master does not have is answered 501. */
export function operatorCall(
  cluster: Cluster,
  call: MasterCall,
  context: OperatorContext,
  now: number,
): OperatorAnswer {
  const { state } = cluster;
  switch (call.type) {
    case undefined:
    case 'UNKNOWN':
      return { reply: badRequest(`${INVALID}Expecting 'type' to be present`) };
    case 'GET_HEALTH':
      return { response: { type: 'GET_HEALTH', get_health: { healthy: true } } };
    case 'GET_FLAGS': {
      const flags = Object.entries(context.flags).map(([name, value]) => ({ name, value }));
      return { response: { type: 'GET_FLAGS', get_flags: { flags } } };
    }
    case 'GET_VERSION':
      return { response: { type: 'GET_VERSION', get_version: { version_info: VERSION_INFO } } };
    case 'GET_METRICS': {
      if (call.get_metrics === undefined) return { reply: expecting('get_metrics') };
      const metrics = Object.entries(masterMetrics(cluster, now)).map(([name, value]) => ({ name, value }));
      return { response: { type: 'GET_METRICS', get_metrics: { metrics } } };
    }
    case 'GET_LOGGING_LEVEL':
      return { response: { type: 'GET_LOGGING_LEVEL', get_logging_level: { level: context.verbosity } } };
    case 'GET_STATE':
      return { response: { type: 'GET_STATE', get_state: stateView(cluster) } };
    case 'GET_AGENTS':
      return { response: { type: 'GET_AGENTS', get_agents: stateView(cluster).get_agents ?? {} } };
    case 'GET_FRAMEWORKS':
      return { response: { type: 'GET_FRAMEWORKS', get_frameworks: stateView(cluster).get_frameworks ?? {} } };
    case 'GET_EXECUTORS':
      return { response: { type: 'GET_EXECUTORS', get_executors: { executors: executorViews(cluster) } } };
    case 'GET_OPERATIONS':
      return { response: { type: 'GET_OPERATIONS', get_operations: {} } };
    case 'GET_TASKS':
      return { response: { type: 'GET_TASKS', get_tasks: stateView(cluster).get_tasks ?? {} } };
    case 'GET_ROLES':
      return { response: { type: 'GET_ROLES', get_roles: { roles: roleViews(cluster) } } };
    case 'GET_WEIGHTS': {
      const weight_infos = [...state.weights].map(([role, weight]) => ({ role, weight }));
      return { response: { type: 'GET_WEIGHTS', get_weights: { weight_infos } } };
    }
    case 'UPDATE_WEIGHTS':
      return { reply: updateWeights(cluster, call) };
    case 'GET_MASTER':
      return {
        response: {
          type: 'GET_MASTER',
          get_master: {
            master_info: state.masterInfo,
            start_time: state.startedAt / 1000,
            elected_time: state.startedAt / 1000,
          },
        },
      };
    case 'SUBSCRIBE':
      return { subscribe: true };
    case 'GET_MAINTENANCE_SCHEDULE': {
      const windows = state.maintenance.map(({ machines, unavailability }) => ({
        machine_ids: machines,
        unavailability,
      }));
      return { response: { type: 'GET_MAINTENANCE_SCHEDULE', get_maintenance_schedule: { schedule: { windows } } } };
    }
    case 'GET_MAINTENANCE_STATUS': {
      const draining_machines = state.maintenance.flatMap(({ machines }) => machines.map((id) => ({ id })));
      return {
        response: {
          type: 'GET_MAINTENANCE_STATUS',
          get_maintenance_status: { status: { draining_machines, down_machines: state.downMachines } },
        },
      };
    }
    case 'UPDATE_MAINTENANCE_SCHEDULE':
    case 'START_MAINTENANCE':
    case 'STOP_MAINTENANCE':
      return { reply: maintenance(cluster, call, now) };
    case 'TEARDOWN': {
      if (call.teardown === undefined) return { reply: expecting('teardown') };
      const framework = state.frameworks.get(call.teardown.framework_id.value);
      if (framework === undefined) return { reply: badRequest('No framework found with specified ID') };
      removeFramework(cluster, framework, now);
      return { reply: OK };
    }
    case 'MARK_AGENT_GONE': {
      if (call.mark_agent_gone === undefined) return { reply: expecting('mark_agent_gone') };
      const id = call.mark_agent_gone.agent_id.value;
      return { reply: markGone(cluster, id, now) ? OK : notFound(`Agent '${id}' not found`) };
    }
    case 'DRAIN_AGENT':
    case 'DEACTIVATE_AGENT':
    case 'REACTIVATE_AGENT':
      return { reply: agentOperation(cluster, call, now) };
    case 'SET_LOGGING_LEVEL':
    case 'LIST_FILES':
    case 'READ_FILE':
    case 'RESERVE_RESOURCES':
    case 'UNRESERVE_RESOURCES':
    case 'CREATE_VOLUMES':
    case 'DESTROY_VOLUMES':
    case 'GROW_VOLUME':
    case 'SHRINK_VOLUME':
    case 'GET_QUOTA':
    case 'SET_QUOTA':
    case 'REMOVE_QUOTA':
    case 'UPDATE_QUOTA':
      return { reply: textReply(501, `${call.type} is not implemented by this master`) };
    default:
      return assertNever(call.type);
  }
}

function agentOperation(cluster: Cluster, call: MasterCall, now: number): Reply {
  const body = call.drain_agent ?? call.deactivate_agent ?? call.reactivate_agent;
  if (body === undefined) return expecting(String(call.type).toLowerCase());
  const agent: Agent | undefined = cluster.state.agents.get(body.agent_id.value);
  if (agent === undefined) return badRequest('Unknown agent');
  if (call.type === 'DRAIN_AGENT' && call.drain_agent !== undefined) {
    const { max_grace_period, mark_gone = false } = call.drain_agent;
    const nanoseconds = (max_grace_period?.seconds ?? 0) * 1e9 + (max_grace_period?.nanos ?? 0);
    const grace = max_grace_period === undefined ? {} : { max_grace_period: { nanoseconds } };
    drainAgent(cluster, agent, { ...grace, mark_gone }, now);
    return OK;
  }
  if (call.type === 'DEACTIVATE_AGENT') {
    deactivateAgent(cluster, agent);
    return OK;
  }
  const refused = reactivateAgent(cluster, agent, now);
  return refused === undefined ? OK : badRequest(refused);
}

function maintenance(cluster: Cluster, call: MasterCall, now: number): Reply {
  if (call.type === 'UPDATE_MAINTENANCE_SCHEDULE') {
    if (call.update_maintenance_schedule === undefined) return expecting('update_maintenance_schedule');
    const windows = call.update_maintenance_schedule.schedule.windows ?? [];
    if (windows.some((window) => (window.machine_ids ?? []).length === 0)) {
      return badRequest('List of machines in the maintenance window is empty');
    }
    cluster.state.maintenance = windows.map(({ machine_ids = [], unavailability }) => ({
      machines: machine_ids,
      unavailability,
    }));
    // Offers say when their agent goes: those that are out are stale now.
    for (const agent of cluster.state.agents.values()) cluster.rescindAgentOffers(agent);
    return OK;
  }
  const body = call.type === 'START_MAINTENANCE' ? call.start_maintenance : call.stop_maintenance;
  if (body === undefined) return expecting(String(call.type).toLowerCase());
  const machines = body.machines ?? [];
  if (machines.length === 0) return badRequest('List of machines is empty');
  const refused =
    call.type === 'START_MAINTENANCE' ? startMaintenance(cluster, machines, now) : stopMaintenance(cluster, machines);
  return refused === undefined ? OK : badRequest(refused);
}

function updateWeights(cluster: Cluster, call: MasterCall): Reply {
  if (call.update_weights === undefined) return expecting('update_weights');
  const infos = call.update_weights.weight_infos ?? [];
  for (const { role = '', weight } of infos) {
    if (!(weight > 0)) return badRequest(`Invalid weight '${weight}' for role '${role}': Weights must be positive`);
  }
  for (const { role = '', weight } of infos) {
    cluster.state.weights.set(role, weight);
    cluster.persist({ change: 'weight', role, weight });
  }
  return OK;
}

function expecting(field: string): Reply {
  return badRequest(`${INVALID}Expecting '${field}' to be present`);
}
