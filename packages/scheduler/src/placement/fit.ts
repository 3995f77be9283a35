import type { Resource, Unavailability } from '@kubernetes-mesos/mesos';
import type { AgentOffers } from '../offers/agent-offers';
import type { PodDemand } from './demand';
import { nodeRefusal, type NodeView } from './node-rules';
import { takePorts, type PortAssignment } from './ports';
import type { Refusal } from './refusals';

/** What a pod takes from an agent. */
export interface Fit {
  readonly resources: readonly Resource[];
  readonly ports: readonly PortAssignment[];
}

export interface FitContext {
  readonly node: NodeView;
  /** What a fresh executor costs, for the refusal's text. */
  readonly executorCost: { readonly cpus: number; readonly mem: number };
  /** ms since the epoch. */
  readonly wallClock: number;
}

/** No pod is placed where maintenance begins within this time, ms. */
const MAINTENANCE_MARGIN_MS = 5 * 60_000;
const NANOS_PER_MS = 1e6;

/** Takes what `demand` needs out of the agent's pool, or says why not and takes nothing. */
export function fitPod(
  demand: PodDemand,
  agent: AgentOffers,
  context: FitContext,
): { readonly fit: Fit } | { readonly refusal: Refusal } {
  const refused = nodeRefusal(demand, context.node);
  if (refused !== undefined) return { refusal: refused };
  if (inMaintenance(agent.unavailability, context.wallClock)) return { refusal: { reason: 'maintenance' } };
  if (agent.executor.kind === 'no-room') return { refusal: { reason: 'executor', ...context.executorCost } };
  const ports = takePorts(agent.pool, demand.ports, demand.roles);
  if ('refusal' in ports) return ports;
  const resources: Resource[] = [];
  for (const [name, milli] of demand.scalars) {
    const taken = agent.pool.takeScalar(name, milli, demand.roles);
    if (taken === undefined) {
      const offered = agent.pool.scalar(name, demand.roles);
      for (const resource of [...resources, ...ports.resources]) agent.pool.add(resource);
      return { refusal: { reason: 'scalar', name, wanted: milli, offered } };
    }
    resources.push(...taken);
  }
  resources.push(...ports.resources);
  return { fit: { resources, ports: ports.ports } };
}

function inMaintenance(unavailability: Unavailability | undefined, wallClock: number): boolean {
  if (unavailability === undefined) return false;
  const startsAt = unavailability.start.nanoseconds / NANOS_PER_MS;
  const { duration } = unavailability;
  const endsAt = duration === undefined ? Infinity : startsAt + duration.nanoseconds / NANOS_PER_MS;
  return wallClock >= startsAt - MAINTENANCE_MARGIN_MS && wallClock < endsAt;
}
