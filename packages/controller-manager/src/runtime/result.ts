/** What one reconciliation of a key came to. */
export type Result =
  /** As wanted; look again when something changes. */
  | { readonly kind: 'done' }
  /** As wanted for now; look again after this time. */
  | { readonly kind: 'requeueAfter'; readonly delayMs: number }
  /** Not as wanted; try again after the key's back-off. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** Not as wanted, and trying again will not help until something changes. */
  | { readonly kind: 'terminal'; readonly reason: string };

export const DONE: Result = { kind: 'done' };

export function requeueAfter(delayMs: number): Result {
  return { kind: 'requeueAfter', delayMs };
}

export function retry(reason: string): Result {
  return { kind: 'retry', reason };
}
