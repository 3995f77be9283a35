/** What went wrong with one attempt of a call. */
export type AttemptFailure =
  /** No connection came about: the server cannot have seen the request. */
  | { readonly kind: 'not-sent' }
  /** The connection broke or timed out after the request may have left. */
  | { readonly kind: 'broken' }
  /** The server answered that it is not able to now (429, 503, 504, ...). */
  | { readonly kind: 'refused'; readonly code: number; readonly retryAfterMs: number | undefined };

export type RetryDecision =
  { readonly kind: 'give-up' } | { readonly kind: 'retry'; readonly switchServer: boolean; readonly waitMs: number };

export interface RetryState {
  readonly failure: AttemptFailure;
  /** Attempts made so far, 1 after the first. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly servers: number;
  /** A repeated call has the effect of one: reads. */
  readonly idempotent: boolean;
  /** The wait that the back-off proposes, ms. */
  readonly backoffMs: number;
}

/** Longest wait that a server's Retry-After may impose on one call, ms. */
const MAX_RETRY_AFTER_MS = 10_000;

/**
 * Whether and how to try again. What cannot have been done is tried again for every method; what may have been done
 * only for idempotent ones. Other servers are asked at once, the same one after a wait. An answer is final unless it
 * carries Retry-After with 429 or, for reads, any 5xx: the rule of the Go client.
 */
export function decideRetry(state: RetryState): RetryDecision {
  const { failure, attempts, maxAttempts, servers, idempotent, backoffMs } = state;
  if (attempts >= Math.max(maxAttempts, servers)) return { kind: 'give-up' };
  const fresh = attempts < servers;
  switch (failure.kind) {
    case 'not-sent':
      return { kind: 'retry', switchServer: servers > 1, waitMs: fresh ? 0 : backoffMs };
    case 'broken':
      if (!idempotent) return { kind: 'give-up' };
      return { kind: 'retry', switchServer: servers > 1, waitMs: fresh ? 0 : backoffMs };
    case 'refused': {
      if (failure.retryAfterMs === undefined) return { kind: 'give-up' };
      const nothingDone = failure.code === 429 || failure.code === 503;
      if (!nothingDone && !(idempotent && failure.code >= 500)) return { kind: 'give-up' };
      return {
        kind: 'retry',
        switchServer: servers > 1 && failure.code === 503,
        waitMs: Math.min(MAX_RETRY_AFTER_MS, Math.max(backoffMs, failure.retryAfterMs)),
      };
    }
  }
}

/** `Retry-After` in ms: whole seconds or an HTTP date; `undefined` when absent or unreadable. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
