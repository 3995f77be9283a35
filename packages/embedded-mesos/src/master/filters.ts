import { ResourcePool, type Resource } from '@kubernetes-mesos/mesos';
import { unallocated } from '../resources/reservations';
import type { Framework } from './state';

/** Resources of one agent that a framework does not want to be offered again until a time. */
export interface AgentFilter {
  readonly refused: ResourcePool;
  /** ms since the epoch */
  readonly expiresAt: number;
}

const DEFAULT_REFUSE_SECONDS = 5;
const MAX_REFUSE_SECONDS = 365 * 24 * 3600;

/**
 * How long a refusal holds, ms: 5 s when unset, negative or not a number; none for 0; at most 365 days and at least one
 * allocation interval, so that a refused offer does not come straight back.
 */
export function refusalMs(refuseSeconds: number | undefined, allocationIntervalMs: number): number {
  if (refuseSeconds === 0) return 0;
  const seconds =
    refuseSeconds === undefined || Number.isNaN(refuseSeconds) || refuseSeconds < 0
      ? DEFAULT_REFUSE_SECONDS
      : Math.min(refuseSeconds, MAX_REFUSE_SECONDS);
  return Math.max(seconds * 1000, allocationIntervalMs);
}

export function addFilter(
  framework: Framework,
  role: string,
  agentId: string,
  resources: readonly Resource[],
  expiresAt: number,
): void {
  let agents = framework.filters.get(role);
  if (agents === undefined) framework.filters.set(role, (agents = new Map<string, AgentFilter[]>()));
  const filter = { refused: ResourcePool.of(resources.map(unallocated)), expiresAt };
  const filters = agents.get(agentId);
  if (filters === undefined) agents.set(agentId, [filter]);
  else filters.push(filter);
}

/** Whether a refusal in force covers all of `resources`; drops the refusals that are over. */
export function isFiltered(
  framework: Framework,
  role: string,
  agentId: string,
  resources: readonly Resource[],
  now: number,
): boolean {
  const agents = framework.filters.get(role);
  const filters = agents?.get(agentId);
  if (agents === undefined || filters === undefined) return false;
  const inForce = filters.filter((filter) => filter.expiresAt > now);
  if (inForce.length === 0) {
    agents.delete(agentId);
    return false;
  }
  if (inForce.length < filters.length) agents.set(agentId, inForce);
  return inForce.some((filter) => filter.refused.contains(resources));
}

export function clearFilters(framework: Framework, roles: Iterable<string>): void {
  for (const role of roles) framework.filters.delete(role);
}

export function clearAgentFilters(framework: Framework, agentId: string): void {
  for (const agents of framework.filters.values()) agents.delete(agentId);
}
