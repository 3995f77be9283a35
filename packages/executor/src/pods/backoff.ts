/** Restart and pull back-off of one container, as a value. */
export interface RestartBackoff {
  readonly delayMs: number;
  /** When the delay was last set, ms since the epoch. */
  readonly updatedAt: number;
}

export const INITIAL_BACKOFF_MS = 10_000;
export const MAX_BACKOFF_MS = 300_000;
/** A container that stays up this long after its last restart starts over with the first delay. */
export const BACKOFF_RESET_MS = 2 * MAX_BACKOFF_MS;

/** When a container that died at `finishedAt` may start again; now or earlier means at once. */
export function restartAllowedAt(backoff: RestartBackoff | undefined, finishedAt: number): number {
  if (backoff === undefined || finishedAt - backoff.updatedAt > BACKOFF_RESET_MS) return finishedAt;
  return finishedAt + backoff.delayMs;
}

/** The back-off after a restart at `now` of what died at `finishedAt`. */
export function nextBackoff(
  backoff: RestartBackoff | undefined,
  now: number,
  finishedAt: number = now,
): RestartBackoff {
  if (backoff === undefined || finishedAt - backoff.updatedAt > BACKOFF_RESET_MS) {
    return { delayMs: INITIAL_BACKOFF_MS, updatedAt: now };
  }
  return { delayMs: Math.min(backoff.delayMs * 2, MAX_BACKOFF_MS), updatedAt: now };
}

/** A delay in the words of Go's Duration: `10s`, `2m40s`. */
export function delayText(delayMs: number): string {
  const seconds = Math.round(delayMs / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
