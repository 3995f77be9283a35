import { expireAgents } from './agent-loss';
import { allocate } from './allocator';
import type { Cluster } from './cluster';
import { expireFrameworks } from './frameworks';

/** What happens with time alone; called at least once per allocation interval. */
export function tick(cluster: Cluster, now: number): void {
  expireFrameworks(cluster, now);
  expireAgents(cluster, now);
  if (cluster.settings.offerTimeoutMs !== undefined) {
    for (const offer of [...cluster.state.offers.values()]) if (offer.expiresAt <= now) cluster.rescindOffer(offer);
  }
  allocate(cluster, now);
}

/** Asks every connected agent whether it is there. */
export function ping(cluster: Cluster): void {
  for (const agent of cluster.state.agents.values()) cluster.toAgent(agent, { type: 'PING' });
}
