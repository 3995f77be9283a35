import { errorMessage, type Timer } from '@kubernetes-mesos/component-base';
import type { InverseOffer, Offer, SchedulerCall } from '@kubernetes-mesos/mesos';
import type { SchedulerContext } from '../driver/context';
import { incompatibleExecutor } from './agent-offers';
import { decideOfferDemand, initialOfferDemand, type OfferDemandState } from './offer-demand';

/** How long what nobody here can use is not offered again, s. A REVIVE, a larger offer and a new master end it sooner. */
export const LONG_REFUSAL_SECONDS = 300;
/** An agent with an executor that cannot take tasks may lose it at any time. */
const INCOMPATIBLE_REFUSAL_SECONDS = 30;
/** Delay before the next inverse offer for the same agent, s. */
const INVERSE_OFFER_SECONDS = 60;

type DeclineReason = 'expired' | 'rescinded' | 'compat';

/** Takes offers in and gives them back: time to live, suppression, revival, declines, maintenance. */
export class OfferKeeper {
  readonly #context: SchedulerContext;
  readonly #roles: readonly string[];
  #demand: OfferDemandState;
  #expiryTimer: Timer | undefined;
  #demandTimer: Timer | undefined;

  constructor(context: SchedulerContext) {
    this.#context = context;
    this.#roles = [context.options.allocationRole];
    this.#demand = initialOfferDemand(context.ports.clock.monotonic());
  }

  /** Roles that a new subscription starts suppressed with: all, until it is known what waits. */
  suppressedRoles(): readonly string[] {
    return this.#roles;
  }

  subscribed(): void {
    this.#context.state.book.clear();
    this.#demand = initialOfferDemand(this.#context.ports.clock.monotonic());
  }

  disconnected(): void {
    this.#context.state.book.clear();
    this.#cancelTimers();
  }

  received(offers: readonly Offer[]): void {
    const { ports, state } = this.#context;
    const now = ports.clock.monotonic();
    const incompatible: string[] = [];
    for (const offer of offers) {
      ports.metrics.offersReceived.inc({ hostname: offer.hostname });
      const executor = incompatibleExecutor(offer, state.catalog);
      if (executor === undefined) {
        state.book.add(offer, now);
        continue;
      }
      ports.logger.info('an executor of other flags or version runs on the agent', {
        agent: offer.hostname,
        executor,
      });
      incompatible.push(offer.id.value);
      this.#count(offer.hostname, 'compat');
    }
    this.#decline(incompatible, INCOMPATIBLE_REFUSAL_SECONDS);
    this.#armExpiry();
  }

  rescinded(offerId: string): void {
    this.#context.state.book.rescind(offerId);
  }

  /** The agent is gone: the master withdraws its offers, or has done so. */
  agentLost(agentId: string): void {
    this.#context.state.book.take(agentId);
  }

  /** What was offered with a running executor is no longer so: let it be offered anew. */
  executorLost(agentId: string): void {
    const held = this.#context.state.book.take(agentId);
    if (held === undefined) return;
    this.#context.ports.metrics.offersReleased.inc({ hostname: held.hostname }, held.offers.length);
    this.#decline(
      held.offers.map((offer) => offer.id.value),
      0,
    );
  }

  /** Maintenance is agreed to, unless pods that nobody replaces would be lost by it. */
  inverseOffers(offers: readonly InverseOffer[], agentHasBarePods: (agentId: string) => boolean): void {
    const filters = { refuse_seconds: INVERSE_OFFER_SECONDS };
    const ids = (wanted: boolean) =>
      offers
        .filter((offer) => (offer.agent_id !== undefined && agentHasBarePods(offer.agent_id.value)) !== wanted)
        .map((offer) => offer.id);
    const [accepted, declined] = [ids(true), ids(false)];
    if (accepted.length > 0) {
      this.#send({
        type: 'ACCEPT_INVERSE_OFFERS',
        accept_inverse_offers: { inverse_offer_ids: accepted, filters },
      });
    }
    if (declined.length > 0) {
      this.#send({
        type: 'DECLINE_INVERSE_OFFERS',
        decline_inverse_offers: { inverse_offer_ids: declined, filters },
      });
    }
  }

  /** Call after every round: whether offers are wanted may have changed. */
  updateDemand(): void {
    const { ports, state } = this.#context;
    const decision = decideOfferDemand(
      this.#demand,
      { waiting: state.queue.readyCount, needsOffers: state.queue.needsOffers },
      ports.clock.monotonic(),
    );
    this.#demand = decision.state;
    if (decision.call === 'revive') {
      state.queue.offersAsked();
      this.#send({ type: 'REVIVE', revive: { roles: this.#roles } });
    } else if (decision.call === 'suppress') {
      this.#send({ type: 'SUPPRESS', suppress: { roles: this.#roles } });
    }
    this.#demandTimer?.cancel();
    this.#demandTimer =
      decision.againAt === undefined
        ? undefined
        : ports.clock.setTimer(() => this.updateDemand(), decision.againAt - ports.clock.monotonic());
  }

  close(): void {
    this.#cancelTimers();
  }

  #armExpiry(): void {
    const { ports, state } = this.#context;
    const next = state.book.nextExpiry;
    if (next === undefined || this.#expiryTimer !== undefined) return;
    this.#expiryTimer = ports.clock.setTimer(() => {
      this.#expiryTimer = undefined;
      const expired = state.book.expire(ports.clock.monotonic());
      for (const { hostname } of expired) this.#count(hostname, 'expired');
      this.#decline(
        expired.map(({ offerId }) => offerId),
        LONG_REFUSAL_SECONDS,
      );
      this.#armExpiry();
    }, next - ports.clock.monotonic());
  }

  #decline(offerIds: readonly string[], refuseSeconds: number): void {
    if (offerIds.length === 0) return;
    this.#send({
      type: 'DECLINE',
      decline: { offer_ids: offerIds.map((value) => ({ value })), filters: { refuse_seconds: refuseSeconds } },
    });
  }

  #count(hostname: string, reason: DeclineReason): void {
    this.#context.ports.metrics.offersDeclined.inc({ hostname, reason });
  }

  #send(call: SchedulerCall): void {
    const { mesos, logger } = this.#context.ports;
    // A lost connection voids offers and filters, and the next subscription starts suppressed: nothing to repeat.
    mesos.call(call).catch((error: unknown) => {
      logger.debug('call not sent', { call: call.type, error: errorMessage(error) });
    });
  }

  #cancelTimers(): void {
    this.#expiryTimer?.cancel();
    this.#expiryTimer = undefined;
    this.#demandTimer?.cancel();
    this.#demandTimer = undefined;
  }
}
