import type { Offer } from '@kubernetes-mesos/mesos';
import type { ExecutorCatalog } from '../tasks/executor-catalog';
import { combineOffers, type AgentOffers } from './agent-offers';

/** An offer that its time to live has run out for. */
export interface ExpiredOffer {
  readonly offerId: string;
  readonly hostname: string;
}

/**
 * The offers held, by agent. Every operation costs as much as the offers of one agent. No clock of its own: times are
 * given, in ms of one monotonic clock.
 */
export class OfferBook {
  readonly #ttlMs: number;
  readonly #catalog: ExecutorCatalog;
  /** In order of `epoch`: an agent moves to the end when it gets another offer. */
  readonly #agents = new Map<string, AgentOffers>();
  /** In order of arrival, which is the order of expiry. */
  readonly #arrivals = new Map<string, { readonly agentId: string; readonly expiresAt: number }>();
  #epoch = 0;

  constructor(options: { readonly ttlMs: number; readonly catalog: ExecutorCatalog }) {
    this.#ttlMs = options.ttlMs;
    this.#catalog = options.catalog;
  }

  add(offer: Offer, now: number): void {
    if (this.#arrivals.has(offer.id.value)) return;
    const agentId = offer.agent_id.value;
    const held = this.#agents.get(agentId);
    this.#arrivals.set(offer.id.value, { agentId, expiresAt: now + this.#ttlMs });
    this.#agents.delete(agentId);
    this.#epoch += 1;
    const offers: readonly [Offer, ...Offer[]] = held === undefined ? [offer] : [offer, ...held.offers];
    this.#agents.set(agentId, combineOffers(offers, this.#epoch, this.#catalog));
  }

  /** Withdrawn by the master. @returns whether it was held */
  rescind(offerId: string): boolean {
    const arrival = this.#arrivals.get(offerId);
    if (arrival === undefined) return false;
    this.#remove(arrival.agentId, offerId);
    return true;
  }

  /** Hands all offers of an agent over, to be accepted or declined. */
  take(agentId: string): AgentOffers | undefined {
    const held = this.#agents.get(agentId);
    if (held === undefined) return undefined;
    this.#agents.delete(agentId);
    for (const offer of held.offers) this.#arrivals.delete(offer.id.value);
    return held;
  }

  /** Hands over the offers whose time is up. */
  expire(now: number): readonly ExpiredOffer[] {
    const expired: ExpiredOffer[] = [];
    for (const [offerId, { agentId, expiresAt }] of this.#arrivals) {
      if (expiresAt > now) break;
      expired.push({ offerId, hostname: this.#agents.get(agentId)?.hostname ?? '' });
      this.#remove(agentId, offerId);
    }
    return expired;
  }

  /** When the next offer expires. */
  get nextExpiry(): number | undefined {
    for (const { expiresAt } of this.#arrivals.values()) return expiresAt;
    return undefined;
  }

  /** Everything is void: the master that made these offers is gone or has forgotten them. */
  clear(): void {
    this.#agents.clear();
    this.#arrivals.clear();
  }

  /** Oldest epoch first. */
  agents(): IterableIterator<AgentOffers> {
    return this.#agents.values();
  }

  get agentCount(): number {
    return this.#agents.size;
  }
  get offerCount(): number {
    return this.#arrivals.size;
  }

  #remove(agentId: string, offerId: string): void {
    this.#arrivals.delete(offerId);
    const held = this.#agents.get(agentId);
    if (held === undefined) return;
    const [first, ...rest] = held.offers.filter((offer) => offer.id.value !== offerId);
    if (first === undefined) this.#agents.delete(agentId);
    // In place, with its epoch: what is left fits nothing that did not fit before.
    else this.#agents.set(agentId, combineOffers([first, ...rest], held.epoch, this.#catalog));
  }
}
