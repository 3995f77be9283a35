import type { AgentOffers } from '../offers/agent-offers';
import type { PodDemand } from './demand';
import { fitPod, type Fit } from './fit';
import type { NodeView } from './node-rules';
import { RefusalTally, type Refusal } from './refusals';

export interface PlacedPod extends Fit {
  readonly demand: PodDemand;
}

export interface AgentPlacements {
  readonly agent: AgentOffers;
  readonly pods: readonly PlacedPod[];
}

export interface PlacementRound {
  /** In queue order. */
  readonly demands: Iterable<PodDemand>;
  /** How many there are, for the choice between spreading and packing. */
  readonly demandCount: number;
  /** In order of epoch. */
  readonly agents: Iterable<AgentOffers>;
  readonly nodeOf: (agent: AgentOffers) => NodeView;
  readonly executorCost: { readonly cpus: number; readonly mem: number };
  /** ms since the epoch. */
  readonly wallClock: number;
  /** What earlier rounds found out; kept up by this one. */
  readonly memory: PlacementMemory;
}

export interface PlacementResult {
  readonly placements: readonly AgentPlacements[];
  readonly placed: number;
  /** Demands that no agent took; `PlacementMemory.explain` says why. */
  readonly refused: readonly PodDemand[];
}

/** A few pods are spread, one per agent; of many, up to this many go to one agent, to use up few offers per round. */
const MAX_PODS_IN_A_ROW = 50;
/** So many agents share a round of many pods, at least. */
const AGENTS_PER_ROUND = 8;

/**
 * Places pods first come, first served. Deterministic, and pure but for consuming the agents' pools and keeping `memory`.
 *
 * Cost: pods of one signature look at an agent that refused one of them never again until it has another offer. So a
 * round costs about (pods placed) + (signatures x agents with new offers), whatever was tried before.
 */
export function placePods(round: PlacementRound): PlacementResult {
  const agents = [...round.agents];
  const nodes = new Map<AgentOffers, NodeView>();
  const contextOf = (agent: AgentOffers) => {
    let node = nodes.get(agent);
    if (node === undefined) nodes.set(agent, (node = round.nodeOf(agent)));
    return { node, executorCost: round.executorCost, wallClock: round.wallClock };
  };
  const inARow = Math.min(MAX_PODS_IN_A_ROW, Math.max(1, Math.floor(round.demandCount / AGENTS_PER_ROUND)));
  const rings = new Map<string, Ring>();
  const placements = new Map<AgentOffers, PlacedPod[]>();
  const refused: PodDemand[] = [];
  let placed = 0;

  for (const demand of round.demands) {
    let ring = rings.get(demand.signature);
    if (ring === undefined) {
      ring = new Ring(round.memory.untried(demand.signature, agents), Math.floor(placed / inARow));
      rings.set(demand.signature, ring);
    }
    let agent = ring.current();
    while (agent !== undefined) {
      const result = fitPod(demand, agent, contextOf(agent));
      if ('fit' in result) {
        const pods = placements.get(agent);
        const count = (pods?.length ?? 0) + 1;
        if (pods === undefined) placements.set(agent, [{ demand, ...result.fit }]);
        else pods.push({ demand, ...result.fit });
        placed += 1;
        if (count % inARow === 0) ring.advance();
        break;
      }
      round.memory.refused(demand.signature, agent, result.refusal);
      ring.drop();
      agent = ring.current();
    }
    if (agent === undefined) refused.push(demand);
  }
  for (const [signature, ring] of rings) if (ring.empty) round.memory.exhausted(signature, agents);
  return { placements: [...placements].map(([agent, pods]) => ({ agent, pods })), placed, refused };
}

/** What is known about signatures that did not fit: up to which epoch all offers were tried, and why they refused. */
export class PlacementMemory {
  readonly #signatures = new Map<string, { triedEpoch: number; readonly refusals: Map<string, Refusal> }>();

  /** The agents, of those in order of epoch, that the signature was not refused by yet. */
  untried(signature: string, agents: readonly AgentOffers[]): AgentOffers[] {
    const tried = this.#signatures.get(signature)?.triedEpoch ?? 0;
    let first = agents.length;
    while (first > 0 && (agents[first - 1]?.epoch ?? 0) > tried) first -= 1;
    return agents.slice(first);
  }

  refused(signature: string, agent: AgentOffers, refusal: Refusal): void {
    let entry = this.#signatures.get(signature);
    if (entry === undefined) this.#signatures.set(signature, (entry = { triedEpoch: 0, refusals: new Map() }));
    if (entry.refusals.size < MAX_REFUSALS_KEPT || entry.refusals.has(agent.agentId)) {
      entry.refusals.set(agent.agentId, refusal);
    }
  }

  exhausted(signature: string, agents: readonly AgentOffers[]): void {
    const entry = this.#signatures.get(signature);
    const newest = agents.at(-1)?.epoch;
    if (entry !== undefined && newest !== undefined) entry.triedEpoch = newest;
  }

  /** Why pods of this signature wait, in a sentence. */
  explain(signature: string): string {
    const tally = new RefusalTally();
    for (const refusal of this.#signatures.get(signature)?.refusals.values() ?? []) tally.add(refusal);
    return tally.explain();
  }

  /** Call when something but the offers has changed (nodes' labels, say): every held offer is worth another try. */
  forgetAll(): void {
    this.#signatures.clear();
  }

  /** Keeps only the signatures that still wait. */
  retain(signatures: ReadonlySet<string>): void {
    for (const signature of this.#signatures.keys()) {
      if (!signatures.has(signature)) this.#signatures.delete(signature);
    }
  }

  get size(): number {
    return this.#signatures.size;
  }
}

/** Refusals kept per signature for the explanation; more agents than these add nothing to it. */
const MAX_REFUSALS_KEPT = 100;

/** Agents that pods of one signature may still fit on, gone round in turn. */
class Ring {
  readonly #agents: AgentOffers[];
  #at: number;

  constructor(agents: AgentOffers[], start: number) {
    this.#agents = agents;
    this.#at = agents.length === 0 ? 0 : start % agents.length;
  }

  current(): AgentOffers | undefined {
    return this.#agents[this.#at];
  }
  advance(): void {
    this.#at = this.#at + 1 >= this.#agents.length ? 0 : this.#at + 1;
  }
  /** Takes the current one out. */
  drop(): void {
    const last = this.#agents.pop();
    if (last !== undefined && this.#at < this.#agents.length) this.#agents[this.#at] = last;
    if (this.#at >= this.#agents.length) this.#at = 0;
  }
  get empty(): boolean {
    return this.#agents.length === 0;
  }
}
