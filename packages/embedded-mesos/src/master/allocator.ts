import {
  reservationRole,
  reservationsOf,
  type FrameworkInfoCapabilityType,
  type Offer,
  type Resource,
  type Unavailability,
} from '@kubernetes-mesos/mesos';
import { allocatedTo, mayUse, preRefinement } from '../resources/reservations';
import type { Cluster } from './cluster';
import { isFiltered } from './filters';
import { addressOf, unavailabilityOf } from './machines';
import type { Agent, Framework, MasterState, OfferRecord } from './state';
import { without } from '../without';

/** Agents with less free are not offered (`--min_allocatable_resources` as Mesos ships it): one of the two is enough. */
const MIN_CPUS_MILLI = 10;
const MIN_MEM_MILLI = 32_000;

/**
 * Offers what is free on `agents` (default: on all): for each agent the role with the smallest weighted dominant share
 * that has a taker gets everything it may use, within the role the framework with the smallest share. Suppressed roles,
 * refused resources and missing capabilities are honoured. One OFFERS event per framework.
 */
export function allocate(cluster: Cluster, now: number, agents?: Iterable<Agent>): void {
  const candidates = takers(cluster.state);
  if (candidates.length === 0) return;
  cluster.counters.add('allocation_runs');
  const made = new Map<string, Offer[]>();
  for (const agent of agents ?? cluster.state.agents.values()) {
    if (!isOfferable(agent)) continue;
    allocateAgent(cluster, agent, candidates, made, now);
  }
  for (const [frameworkId, offers] of made) {
    const framework = cluster.state.frameworks.get(frameworkId);
    if (framework !== undefined) cluster.toFramework(framework, { type: 'OFFERS', offers: { offers } });
  }
}

export function isOfferable(agent: Agent): boolean {
  return agent.connected && !agent.deactivated && agent.drain === undefined;
}

interface Taker {
  readonly framework: Framework;
  readonly role: string;
}

/** Every framework and role that wants offers now. */
function takers(state: MasterState): Taker[] {
  const result: Taker[] = [];
  for (const framework of state.frameworks.values()) {
    if (framework.connection.phase !== 'connected') continue;
    for (const role of framework.roles) if (!framework.suppressed.has(role)) result.push({ framework, role });
  }
  return result;
}

function allocateAgent(
  cluster: Cluster,
  agent: Agent,
  candidates: readonly Taker[],
  made: Map<string, Offer[]>,
  now: number,
): void {
  if (!hasEnough(agent)) return;
  // Several roles may share an agent: reserved resources go to one, the rest to another.
  for (const { framework, role } of byShare(cluster, candidates)) {
    if (!hasEnough(agent)) return;
    const resources = usableBy(framework, role, agent, cluster.settings.filterGpuResources);
    if (resources.length === 0 || !isWorthOffering(resources)) continue;
    if (isFiltered(framework, role, agent.id, resources, now)) continue;
    const offer = makeOffer(cluster, agent, framework, role, resources, now);
    const list = made.get(framework.id);
    if (list === undefined) made.set(framework.id, [offer.offer]);
    else list.push(offer.offer);
  }
}

function byShare(cluster: Cluster, candidates: readonly Taker[]): readonly Taker[] {
  if (candidates.length === 1) return candidates;
  const { shares, state } = cluster;
  const keyed = candidates.map((taker) => ({
    taker,
    role: shares.ofRole(taker.role, state.weights.get(taker.role)),
    framework: shares.ofFramework(taker.role, taker.framework.id),
  }));
  keyed.sort(
    (a, b) =>
      a.role - b.role || compareText(a.taker.role, b.taker.role) || a.framework - b.framework || offerBalance(a, b),
  );
  return keyed.map(({ taker }) => taker);
}

/** Equal shares: who holds fewer offers, then who came first. */
function offerBalance(a: { taker: Taker }, b: { taker: Taker }): number {
  return (
    a.taker.framework.offers.size - b.taker.framework.offers.size ||
    a.taker.framework.registeredAt - b.taker.framework.registeredAt ||
    compareText(a.taker.framework.id, b.taker.framework.id)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hasEnough(agent: Agent): boolean {
  return agent.available.scalar('cpus') >= MIN_CPUS_MILLI || agent.available.scalar('mem') >= MIN_MEM_MILLI;
}

function isWorthOffering(resources: readonly Resource[]): boolean {
  let cpus = 0;
  let mem = 0;
  for (const { name, scalar } of resources) {
    if (name === 'cpus') cpus += (scalar?.value ?? 0) * 1000;
    else if (name === 'mem') mem += (scalar?.value ?? 0) * 1000;
  }
  return cpus >= MIN_CPUS_MILLI || mem >= MIN_MEM_MILLI;
}

/** What of the agent's free resources may go to this role, without allocation. */
function usableBy(framework: Framework, role: string, agent: Agent, filterGpus: boolean): Resource[] {
  const { capabilities } = framework;
  if (filterGpus && !capabilities.has('GPU_RESOURCES') && hasGpus(agent)) return [];
  return agent.available
    .toResources()
    .filter((resource) => mayUse(reservationRole(resource), role) && understands(capabilities, resource));
}

function hasGpus(agent: Agent): boolean {
  return (agent.info.resources ?? []).some(({ name, scalar }) => name === 'gpus' && (scalar?.value ?? 0) > 0);
}

function understands(capabilities: ReadonlySet<FrameworkInfoCapabilityType>, resource: Resource): boolean {
  if (resource.revocable !== undefined && !capabilities.has('REVOCABLE_RESOURCES')) return false;
  if (resource.shared !== undefined && !capabilities.has('SHARED_RESOURCES')) return false;
  return capabilities.has('RESERVATION_REFINEMENT') || reservationsOf(resource).length <= 1;
}

function makeOffer(
  cluster: Cluster,
  agent: Agent,
  framework: Framework,
  role: string,
  usable: readonly Resource[],
  now: number,
): OfferRecord {
  const { settings, state, shares } = cluster;
  agent.available.subtract(usable);
  const resources = usable.map((resource) => allocatedTo(resource, role));
  shares.add(role, framework.id, resources, 1);
  const id = cluster.newOfferId();
  const offer: OfferRecord = {
    id,
    frameworkId: framework.id,
    agentId: agent.id,
    role,
    resources,
    expiresAt: settings.offerTimeoutMs === undefined ? Infinity : now + settings.offerTimeoutMs,
    offer: offerMessage(id, framework, agent, role, resources, unavailabilityOf(state, agent)),
  };
  state.offers.set(id, offer);
  framework.offers.add(id);
  agent.offers.add(id);
  cluster.counters.add('offers_sent');
  return offer;
}

function offerMessage(
  id: string,
  framework: Framework,
  agent: Agent,
  role: string,
  resources: readonly Resource[],
  unavailability: Unavailability | undefined,
): Offer {
  const { info } = agent;
  const [ip, port] = addressOf(agent.pid);
  const executors = agent.executors.get(framework.id);
  const multiRole = framework.capabilities.has('MULTI_ROLE');
  return {
    id: { value: id },
    framework_id: { value: framework.id },
    agent_id: { value: agent.id },
    hostname: info.hostname,
    url: { scheme: 'http', address: { hostname: info.hostname, ip, port }, path: '/slave(1)' },
    ...(info.domain === undefined ? {} : { domain: info.domain }),
    resources: forFramework(framework, resources),
    ...(info.attributes === undefined ? {} : { attributes: info.attributes }),
    ...(executors === undefined ? {} : { executor_ids: [...executors.keys()].map((value) => ({ value })) }),
    ...(unavailability === undefined ? {} : { unavailability }),
    ...(multiRole ? { allocation_info: { role } } : {}),
  };
}

/** In the formats that the framework's capabilities ask for. */
export function forFramework(framework: Framework, resources: readonly Resource[]): Resource[] {
  const multiRole = framework.capabilities.has('MULTI_ROLE');
  const refined = framework.capabilities.has('RESERVATION_REFINEMENT');
  return resources.flatMap((resource) => {
    const converted = refined ? resource : preRefinement(resource);
    if (converted === undefined) return [];
    if (multiRole) return [converted];
    return [without(converted, 'allocation_info')];
  });
}
