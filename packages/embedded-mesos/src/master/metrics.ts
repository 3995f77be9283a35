import { freemem, totalmem, cpus, loadavg } from 'node:os';
import type { TaskState } from '@kubernetes-mesos/mesos';
import type { Cluster } from './cluster';
import { stateName } from './counters';
import { usedOn } from './views';

const LIVE_STATES: readonly TaskState[] = ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'];

/** `/metrics/snapshot` of the master; computed when asked. */
export function masterMetrics(cluster: Cluster, now: number): Record<string, number> {
  const { state, counters } = cluster;
  const agents = [...state.agents.values()];
  const frameworks = [...state.frameworks.values()];
  const connected = frameworks.filter(({ connection }) => connection.phase === 'connected').length;
  const metrics: Record<string, number> = {
    'master/elected': 1,
    'master/uptime_secs': (now - state.startedAt) / 1000,
    'master/slaves_active': agents.filter((agent) => agent.connected && !agent.deactivated).length,
    'master/slaves_inactive': agents.filter((agent) => !agent.connected || agent.deactivated).length,
    'master/slaves_connected': agents.filter((agent) => agent.connected).length,
    'master/slaves_disconnected': agents.filter((agent) => !agent.connected).length,
    'master/slaves_unreachable': state.unreachable.size,
    'master/frameworks_active': connected,
    'master/frameworks_inactive': frameworks.length - connected,
    'master/frameworks_connected': connected,
    'master/frameworks_disconnected': frameworks.length - connected,
    'master/outstanding_offers': state.offers.size,
    'master/tasks_unreachable': frameworks.reduce((sum, framework) => sum + framework.unreachableTasks.size, 0),
    ...resourceMetrics(cluster),
    ...systemMetrics(),
  };
  for (const live of LIVE_STATES) metrics[`master/tasks_${stateName(live)}`] = 0;
  for (const framework of frameworks) {
    for (const task of framework.tasks.values()) {
      const name = `master/tasks_${stateName(task.state)}`;
      metrics[name] = (metrics[name] ?? 0) + 1;
    }
  }
  for (const [name, value] of counters.entries()) {
    const key = `master/${name}`;
    metrics[key] = (metrics[key] ?? 0) + value;
  }
  metrics['allocator/mesos/allocation_runs'] = counters.value('allocation_runs');
  return metrics;
}

function resourceMetrics(cluster: Cluster): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const name of ['cpus', 'mem', 'disk', 'gpus']) {
    const total = cluster.shares.total(name) / 1000;
    let used = 0;
    for (const agent of cluster.state.agents.values()) {
      for (const resource of usedOn(agent)) if (resource.name === name) used += resource.scalar?.value ?? 0;
    }
    metrics[`master/${name}_total`] = total;
    metrics[`master/${name}_used`] = used;
    metrics[`master/${name}_percent`] = total === 0 ? 0 : used / total;
  }
  return metrics;
}

export function systemMetrics(): Record<string, number> {
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  return {
    'system/cpus_total': cpus().length,
    'system/load_1min': one,
    'system/load_5min': five,
    'system/load_15min': fifteen,
    'system/mem_free_bytes': freemem(),
    'system/mem_total_bytes': totalmem(),
  };
}
