import type { Node } from '@kubernetes-mesos/api-types';
import type { AgentState } from './decide';
import { AGENT_READY } from './node-from-agent';

interface Sign {
  heartbeat: string;
  seenMs: number;
}

/**
 * When each node last gave a sign of life, by our own clock: a heartbeat text that changed, or an agent without a
 * kubelet that Mesos calls active. Clocks of nodes are never compared with ours; after a restart every node has the
 * whole grace again.
 */
export class LifeSigns {
  readonly #signs = new Map<string, Sign>();

  observe(name: string, node: Node | undefined, agent: AgentState, nowMs: number): number {
    const ready = node?.status?.conditions?.find((condition) => condition.type === 'Ready');
    // Our own stand-in heartbeat, and what we write about a silent node, are no signs of life.
    const reported = ready !== undefined && ready.reason !== AGENT_READY && ready.status !== 'Unknown';
    const heartbeat = reported ? (ready.lastHeartbeatTime ?? '') : '';
    const sign = this.#signs.get(name);
    if (sign === undefined) {
      this.#signs.set(name, { heartbeat, seenMs: nowMs });
      return nowMs;
    }
    if (heartbeat !== '' && heartbeat !== sign.heartbeat) {
      sign.heartbeat = heartbeat;
      sign.seenMs = nowMs;
    }
    const vouched = agent.kind === 'present' && agent.agent.active && !agent.agent.hasKubelet && !reported;
    if (vouched) sign.seenMs = nowMs;
    return sign.seenMs;
  }

  forget(name: string): void {
    this.#signs.delete(name);
  }
}
