import type { Unavailability } from '@kubernetes-mesos/mesos';
import type { Agent, MasterState } from './state';

/** Machines, by which maintenance is planned: agents on a host name and an IP. */

/** `slave(1)@127.0.0.1:5051` -> ip and port */
export function addressOf(pid: string): [ip: string, port: number] {
  const address = pid.slice(pid.indexOf('@') + 1);
  const at = address.lastIndexOf(':');
  return [address.slice(0, at), Number(address.slice(at + 1))];
}

/** The maintenance window of the agent's machine, if one is scheduled. */
export function unavailabilityOf(state: MasterState, agent: Agent): Unavailability | undefined {
  if (state.maintenance.length === 0) return undefined;
  const [ip] = addressOf(agent.pid);
  return state.maintenance.find((window) =>
    window.machines.some((machine) => matchesMachine(machine, agent.info.hostname, ip)),
  )?.unavailability;
}

/** Whether START_MAINTENANCE has taken the machine down. */
export function isDown(state: MasterState, hostname: string, ip: string): boolean {
  return state.downMachines.some((machine) => matchesMachine(machine, hostname, ip));
}

function matchesMachine(
  machine: { readonly hostname?: string; readonly ip?: string },
  hostname: string,
  ip: string,
): boolean {
  if (machine.hostname === undefined && machine.ip === undefined) return false;
  return (
    (machine.hostname === undefined || machine.hostname.toLowerCase() === hostname.toLowerCase()) &&
    (machine.ip === undefined || machine.ip === ip)
  );
}
