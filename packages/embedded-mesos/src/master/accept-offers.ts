import type { TaskStatusReason } from '@kubernetes-mesos/mesos';
import type { Cluster } from './cluster';
import type { Framework, OfferRecord } from './state';

/** Why none of an ACCEPT's operations can be done. */
export interface OfferProblem {
  readonly reason: TaskStatusReason;
  readonly message: string;
}

/** Checks of the offers of an ACCEPT, before any of its operations. */
export function offerProblem(cluster: Cluster, framework: Framework, ids: readonly string[]): OfferProblem | undefined {
  const error = offersError(cluster, framework, ids);
  if (error !== undefined) {
    return { reason: 'REASON_INVALID_OFFERS', message: `Task launched with invalid offers: ${error}` };
  }
  const offer = cluster.state.offers.get(ids[0] ?? '');
  const agent = offer === undefined ? undefined : cluster.state.agents.get(offer.agentId);
  if (agent === undefined) return { reason: 'REASON_AGENT_REMOVED', message: 'Agent removed' };
  if (!agent.connected) return { reason: 'REASON_AGENT_DISCONNECTED', message: 'Agent disconnected' };
  if (agent.drain !== undefined) return { reason: 'REASON_AGENT_DRAINING', message: 'Agent draining' };
  return undefined;
}

function offersError(cluster: Cluster, framework: Framework, ids: readonly string[]): string | undefined {
  if (ids.length === 0) return 'No offers specified';
  const seen = new Set<string>();
  const offers: OfferRecord[] = [];
  for (const id of ids) {
    if (seen.has(id)) return `Duplicate offer ${id} in offer list`;
    seen.add(id);
    const offer = cluster.state.offers.get(id);
    if (offer === undefined) return `Offer ${id} is no longer valid`;
    if (offer.frameworkId !== framework.id) {
      return `Offer ${id} has invalid framework ${offer.frameworkId} while framework ${framework.id} is expected`;
    }
    offers.push(offer);
  }
  const [first] = offers;
  if (first === undefined) return 'No offers specified';
  for (const offer of offers) {
    if (offer.role !== first.role) {
      return `Aggregated offers must be allocated to the same role. Offer ${offer.id} uses role ${offer.role} but another is using role ${first.role}`;
    }
    if (offer.agentId !== first.agentId) {
      return `Aggregated offers must belong to one single agent. Offer ${offer.id} uses agent ${offer.agentId} and agent ${first.agentId}`;
    }
  }
  return undefined;
}
