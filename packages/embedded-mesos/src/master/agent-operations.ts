import type { DrainConfig, MachineID } from '@kubernetes-mesos/mesos';
import { loseAgent, settleDrain } from './agent-loss';
import { allocate } from './allocator';
import type { Cluster } from './cluster';
import { addressOf, isDown } from './machines';
import type { Agent } from './state';

/** What an operator does to agents: drain, deactivate, reactivate, take machines down for maintenance. */

/** The agent gets no more work and ends what it has. */
export function drainAgent(cluster: Cluster, agent: Agent, config: DrainConfig, now: number): void {
  agent.deactivated = true;
  agent.drain = { info: { state: 'DRAINING', config }, since: now };
  cluster.rescindAgentOffers(agent);
  cluster.toAgent(agent, { type: 'DRAIN', config });
  settleDrain(cluster, agent, now);
}

export function deactivateAgent(cluster: Cluster, agent: Agent): void {
  agent.deactivated = true;
  cluster.rescindAgentOffers(agent);
}

/** @returns why it cannot be, or `undefined` */
export function reactivateAgent(cluster: Cluster, agent: Agent, now: number): string | undefined {
  if (agent.drain?.info.state === 'DRAINING') return 'Agent is still in the DRAINING state';
  agent.drain = undefined;
  agent.deactivated = false;
  allocate(cluster, now, [agent]);
  return undefined;
}

/** START_MAINTENANCE: the agents of these machines are removed and told to end. @returns why it is refused */
export function startMaintenance(cluster: Cluster, machines: readonly MachineID[], now: number): string | undefined {
  const { state } = cluster;
  for (const machine of machines) {
    const scheduled = state.maintenance.some((window) => window.machines.some((other) => sameMachine(machine, other)));
    if (!scheduled) return `Machine '${machine.hostname ?? machine.ip ?? ''}' is not part of a maintenance schedule`;
  }
  state.downMachines = [...state.downMachines, ...machines];
  for (const agent of [...state.agents.values()]) {
    if (!isDown(state, agent.info.hostname, addressOf(agent.pid)[0])) continue;
    cluster.toAgent(agent, { type: 'SHUTDOWN', message: 'Operator initiated a machine DOWN' });
    cluster.closeAgent(agent.id);
    loseAgent(cluster, agent, { kind: 'removed', why: 'the machine was taken DOWN' }, now);
  }
  return undefined;
}

/** STOP_MAINTENANCE: back up, their windows are over. @returns why it is refused */
export function stopMaintenance(cluster: Cluster, machines: readonly MachineID[]): string | undefined {
  const { state } = cluster;
  const unknown = machines.find((machine) => !state.downMachines.some((down) => sameMachine(machine, down)));
  if (unknown !== undefined) return `Machine '${unknown.hostname ?? unknown.ip ?? ''}' is not in DOWN mode`;
  state.downMachines = state.downMachines.filter((down) => !machines.some((machine) => sameMachine(machine, down)));
  state.maintenance = state.maintenance
    .map((window) => ({
      ...window,
      machines: window.machines.filter((other) => !machines.some((machine) => sameMachine(machine, other))),
    }))
    .filter((window) => window.machines.length > 0);
  return undefined;
}

function sameMachine(a: MachineID, b: MachineID): boolean {
  return (a.hostname ?? '').toLowerCase() === (b.hostname ?? '').toLowerCase() && (a.ip ?? '') === (b.ip ?? '');
}
