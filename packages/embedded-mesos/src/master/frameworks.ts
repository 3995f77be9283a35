import type {
  FrameworkInfo,
  FrameworkInfoCapabilityType,
  SchedulerCallSubscribe,
  SchedulerCallUpdateFramework,
} from '@kubernetes-mesos/mesos';
import { allocate } from './allocator';
import { rolesOf, type Cluster } from './cluster';
import { clearFilters } from './filters';
import { roleNameError } from './roles';
import { isTerminal, type Framework } from './state';
import { frameworkView } from './views';
import { without } from '../without';

/** Subscription, failover and end of frameworks. */

export const HEARTBEAT_SECONDS = 15;

/** Longest failover timeout that a Mesos duration can hold: 2^63 ns. */
const MAX_DURATION_SECONDS = 9_223_372_036;

/** Why a SUBSCRIBE is refused with an ERROR event; `undefined` when it is not. */
export function subscribeError(cluster: Cluster, subscribe: SchedulerCallSubscribe): string | undefined {
  const info = subscribe.framework_info;
  const id = info.id?.value ?? '';
  if (cluster.state.completedFrameworks.some((framework) => framework.id === id)) return 'Framework has been removed';
  const infoError = frameworkInfoError(cluster, info);
  if (infoError !== undefined) return infoError;
  const roles = rolesOf(info);
  const foreign = (subscribe.suppressed_roles ?? []).filter((role) => !roles.includes(role));
  if (foreign.length > 0) {
    return `Suppressed roles { ${foreign.join(', ')} } are not contained in the set of roles`;
  }
  const known = cluster.state.frameworks.get(id);
  if (known !== undefined && (known.info.principal ?? '') !== (info.principal ?? '')) {
    return "Changing framework's principal is not allowed.";
  }
  return undefined;
}

function frameworkInfoError(cluster: Cluster, info: FrameworkInfo): string | undefined {
  const multiRole = (info.capabilities ?? []).some((capability) => capability.type === 'MULTI_ROLE');
  if (multiRole && info.role !== undefined) {
    return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
  }
  if (!multiRole && (info.roles ?? []).length > 0) {
    return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
  }
  const duplicate = (info.roles ?? []).find((role, index, all) => all.indexOf(role) !== index);
  if (duplicate !== undefined) return `'FrameworkInfo.roles' contains duplicate items: ${duplicate}`;
  const roles = rolesOf(info);
  for (const role of roles) {
    const error = roleNameError(role);
    if (error !== undefined) return `'FrameworkInfo.roles' contains invalid role: ${error}`;
  }
  const { settings } = cluster;
  if (!settings.rootSubmissions && info.user === 'root') {
    return "User 'root' is not allowed to run frameworks without --root_submissions set";
  }
  const timeout = info.failover_timeout ?? 0;
  if (!(timeout >= 0 && timeout <= MAX_DURATION_SECONDS)) {
    return `The framework failover_timeout (${timeout}) is invalid`;
  }
  if (settings.roles.length > 0) {
    const unlisted = roles.filter((role) => role !== '*' && !settings.roles.includes(role));
    if (unlisted.length > 0) return `Roles { ${unlisted.join(', ')} } are not present in the master's --roles`;
  }
  return undefined;
}

/**
 * Takes a subscription that `subscribeError` has nothing against: a new framework, one that comes back, or one that this
 * master has never seen (after a failover of the master). The stream `streamId` must already take events.
 */
export function subscribe(cluster: Cluster, call: SchedulerCallSubscribe, streamId: string, now: number): Framework {
  const { state } = cluster;
  const given = call.framework_info.id?.value ?? '';
  const known = state.frameworks.get(given);
  const framework = known ?? newFramework(given === '' ? cluster.newFrameworkId() : given, call.framework_info, now);
  if (known === undefined) state.frameworks.set(framework.id, framework);
  else {
    if (known.connection.phase === 'connected') {
      cluster.toFramework(known, { type: 'ERROR', error: { message: 'Framework failed over' } });
      cluster.closeFramework(known.connection.streamId);
    }
    cluster.discardOffers(known);
    known.reregisteredAt = now;
    updateInfo(known, call.framework_info);
  }
  framework.connection = { phase: 'connected', streamId };
  framework.suppressed = new Set(call.suppressed_roles ?? []);
  framework.filters.clear();
  cluster.toFramework(framework, {
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id: { value: framework.id },
      heartbeat_interval_seconds: HEARTBEAT_SECONDS,
      master_info: state.masterInfo,
    },
  });
  cluster.toFramework(framework, { type: 'HEARTBEAT' });
  const view = frameworkView(cluster, framework);
  if (known === undefined) {
    cluster.toOperators({ type: 'FRAMEWORK_ADDED', framework_added: { framework: view } });
  } else {
    cluster.toOperators({ type: 'FRAMEWORK_UPDATED', framework_updated: { framework: view } });
    tellAgents(cluster, framework);
  }
  allocate(cluster, now);
  return framework;
}

/** A framework learned from an agent that registered. */
export function recoverFramework(cluster: Cluster, info: FrameworkInfo, now: number): Framework | undefined {
  const id = info.id?.value;
  if (id === undefined || id === '') return undefined;
  const known = cluster.state.frameworks.get(id);
  if (known !== undefined) return known;
  const framework = newFramework(id, info, now);
  cluster.state.frameworks.set(id, framework);
  cluster.toOperators({ type: 'FRAMEWORK_ADDED', framework_added: { framework: frameworkView(cluster, framework) } });
  return framework;
}

function newFramework(id: string, info: FrameworkInfo, now: number): Framework {
  return {
    id,
    info: { ...info, id: { value: id } },
    capabilities: capabilitiesOf(info),
    roles: rolesOf(info),
    suppressed: new Set(),
    connection: { phase: 'recovered' },
    registeredAt: now,
    reregisteredAt: undefined,
    unregisteredAt: undefined,
    offers: new Set(),
    tasks: new Map(),
    unreachableTasks: new Map(),
    completedTasks: [],
    filters: new Map(),
  };
}

/** `user`, `checkpoint` and `principal` stay what they were at the first subscription. */
function updateInfo(framework: Framework, info: FrameworkInfo): void {
  const { user, checkpoint, principal } = framework.info;
  framework.info = {
    ...without(info, 'checkpoint', 'principal'),
    id: { value: framework.id },
    user,
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(principal === undefined ? {} : { principal }),
  };
  framework.capabilities = capabilitiesOf(info);
  framework.roles = rolesOf(info);
}

function capabilitiesOf(info: FrameworkInfo): ReadonlySet<FrameworkInfoCapabilityType> {
  return new Set((info.capabilities ?? []).flatMap(({ type }) => (type === undefined ? [] : [type])));
}

/** The new FrameworkInfo reaches the agents that run something of it. */
function tellAgents(cluster: Cluster, framework: Framework): void {
  for (const agent of cluster.state.agents.values()) {
    if (agent.tasks.has(framework.id) || agent.executors.has(framework.id)) {
      cluster.toAgent(agent, { type: 'UPDATE_FRAMEWORK', framework: framework.info });
    }
  }
}

/** UPDATE_FRAMEWORK: @returns why it is invalid, or `undefined` when it was applied. */
export function updateFramework(
  cluster: Cluster,
  framework: Framework,
  call: SchedulerCallUpdateFramework,
  now: number,
): string | undefined {
  const { info } = framework;
  const next = call.framework_info;
  if (next.id?.value !== framework.id) return "'update_framework.framework_info.id' must be the framework's own";
  if (next.user !== info.user) return "Updating 'FrameworkInfo.user' is unsupported";
  if ((next.checkpoint ?? false) !== (info.checkpoint ?? false)) {
    return "Updating 'FrameworkInfo.checkpoint' is unsupported";
  }
  if ((next.principal ?? '') !== (info.principal ?? '')) return "Changing framework's principal is not allowed.";
  const error = subscribeError(cluster, { framework_info: next, suppressed_roles: call.suppressed_roles ?? [] });
  if (error !== undefined) return error;
  updateInfo(framework, next);
  for (const id of [...framework.offers]) {
    const offer = cluster.state.offers.get(id);
    if (offer !== undefined && !framework.roles.includes(offer.role)) cluster.rescindOffer(offer);
  }
  framework.suppressed = new Set(call.suppressed_roles ?? []);
  cluster.toOperators({
    type: 'FRAMEWORK_UPDATED',
    framework_updated: { framework: frameworkView(cluster, framework) },
  });
  tellAgents(cluster, framework);
  allocate(cluster, now);
  return undefined;
}

/** The stream of a subscription ended: nothing happens when a newer one has replaced it. */
export function disconnect(cluster: Cluster, frameworkId: string, streamId: string, now: number): void {
  const framework = cluster.state.frameworks.get(frameworkId);
  if (framework?.connection.phase !== 'connected' || framework.connection.streamId !== streamId) return;
  cluster.discardOffers(framework);
  framework.filters.clear();
  const timeoutMs = (framework.info.failover_timeout ?? 0) * 1000;
  framework.connection = { phase: 'disconnected', deadline: now + timeoutMs };
  if (timeoutMs === 0) removeFramework(cluster, framework, now);
  else allocate(cluster, now);
}

/** Ends a framework for good: TEARDOWN, the operator's, or the failover timeout. */
export function removeFramework(cluster: Cluster, framework: Framework, now: number): void {
  const { state } = cluster;
  if (framework.connection.phase === 'connected') cluster.closeFramework(framework.connection.streamId);
  cluster.discardOffers(framework);
  framework.connection = { phase: 'disconnected', deadline: Infinity };
  for (const agent of state.agents.values()) {
    if (!agent.tasks.has(framework.id) && !agent.executors.has(framework.id)) continue;
    cluster.toAgent(agent, { type: 'SHUTDOWN_FRAMEWORK', framework_id: framework.id });
    for (const executorId of [...(agent.executors.get(framework.id)?.keys() ?? [])]) {
      cluster.removeExecutor(agent, framework.id, executorId);
    }
  }
  for (const task of [...framework.tasks.values()]) {
    if (!isTerminal(task.state)) {
      task.state = 'TASK_KILLED';
      const status = {
        task_id: { value: task.id },
        state: task.state,
        source: 'SOURCE_MASTER' as const,
        reason: 'REASON_FRAMEWORK_REMOVED' as const,
        message: `Framework ${framework.id} removed`,
        timestamp: now / 1000,
      };
      task.statuses = [...task.statuses, status];
      cluster.counters.status(status);
      cluster.toOperators({
        type: 'TASK_UPDATED',
        task_updated: { framework_id: { value: framework.id }, status, state: task.state },
      });
    }
    cluster.removeTask(framework, task);
  }
  framework.unregisteredAt = now;
  state.frameworks.delete(framework.id);
  cluster.shares.forgetFramework(framework.id);
  state.completedFrameworks.push(framework);
  if (state.completedFrameworks.length > cluster.settings.maxCompletedFrameworks) state.completedFrameworks.shift();
  cluster.toOperators({ type: 'FRAMEWORK_REMOVED', framework_removed: { framework_info: framework.info } });
  allocate(cluster, now);
}

/** Removes the frameworks whose failover timeout is over. */
export function expireFrameworks(cluster: Cluster, now: number): void {
  for (const framework of [...cluster.state.frameworks.values()]) {
    if (framework.connection.phase === 'disconnected' && framework.connection.deadline <= now) {
      removeFramework(cluster, framework, now);
    }
  }
}

/** REVIVE. One role that is not the framework's own drops the whole call, as Mesos does. */
export function revive(cluster: Cluster, framework: Framework, roles: readonly string[], now: number): void {
  const chosen = chosenRoles(framework, roles);
  if (chosen === undefined) return;
  for (const role of chosen) framework.suppressed.delete(role);
  clearFilters(framework, chosen);
  allocate(cluster, now);
}

/** SUPPRESS. Offers that are already out stay valid. */
export function suppress(framework: Framework, roles: readonly string[]): void {
  for (const role of chosenRoles(framework, roles) ?? []) framework.suppressed.add(role);
}

function chosenRoles(framework: Framework, roles: readonly string[]): readonly string[] | undefined {
  if (roles.length === 0) return framework.roles;
  return roles.every((role) => framework.roles.includes(role)) ? roles : undefined;
}
