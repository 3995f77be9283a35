/** Whether Mesos is to send offers: suppressed while nothing waits, revived at once when something does. Pure. */
export interface OfferDemandState {
  readonly suppressed: boolean;
  /** ms of the monotonic clock. */
  readonly lastReviveAt: number;
  /** Since when nothing has waited; `undefined` while something does. */
  readonly idleSince: number | undefined;
}

export interface OfferDemandInput {
  /** Pods that may be placed now and did not fit into what is held. */
  readonly waiting: number;
  /** Some of them have come, or changed, since Mesos was last asked. */
  readonly needsOffers: boolean;
}

export type OfferDemandCall = 'revive' | 'suppress' | undefined;

/** Two revivals are this far apart, ms: each makes the master run an allocation. */
export const MIN_REVIVE_INTERVAL_MS = 200;
/** Pods come in bursts: offers are kept coming for this long after the last one was placed, ms. */
export const SUPPRESS_AFTER_MS = 1000;

/** A fresh subscription is made with the roles suppressed. */
export function initialOfferDemand(now: number): OfferDemandState {
  return { suppressed: true, lastReviveAt: -Infinity, idleSince: now };
}

/** @returns the call to make, the state after it, and when to decide again without an event */
export function decideOfferDemand(
  state: OfferDemandState,
  input: OfferDemandInput,
  now: number,
): { readonly state: OfferDemandState; readonly call: OfferDemandCall; readonly againAt: number | undefined } {
  if (input.waiting > 0) {
    const busy = state.idleSince === undefined ? state : { ...state, idleSince: undefined };
    if (!state.suppressed && !input.needsOffers) return { state: busy, call: undefined, againAt: undefined };
    const earliest = state.lastReviveAt + MIN_REVIVE_INTERVAL_MS;
    if (now < earliest) return { state: busy, call: undefined, againAt: earliest };
    return {
      state: { suppressed: false, lastReviveAt: now, idleSince: undefined },
      call: 'revive',
      againAt: undefined,
    };
  }
  if (state.suppressed) return { state, call: undefined, againAt: undefined };
  const idleSince = state.idleSince ?? now;
  const idle = { ...state, idleSince };
  if (now < idleSince + SUPPRESS_AFTER_MS) {
    return { state: idle, call: undefined, againAt: idleSince + SUPPRESS_AFTER_MS };
  }
  return { state: { ...idle, suppressed: true }, call: 'suppress', againAt: undefined };
}
