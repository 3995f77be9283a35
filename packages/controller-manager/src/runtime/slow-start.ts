/** How far a batch came. */
export interface BatchOutcome {
  readonly succeeded: number;
  /** The first failure; what was not begun by then was not begun at all. */
  readonly failure: unknown;
}

/**
 * Runs `count` equal calls in batches of 1, 2, 4, ...: a call that always fails (a quota, a bad template) is not made
 * hundreds of times, one that works is soon made many at a time.
 */
export async function slowStart(count: number, call: () => Promise<void>): Promise<BatchOutcome> {
  let succeeded = 0;
  for (let batch = 1, left = count; left > 0; batch *= 2) {
    const size = Math.min(batch, left);
    const results = await Promise.allSettled(Array.from({ length: size }, call));
    succeeded += results.filter((result) => result.status === 'fulfilled').length;
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) return { succeeded, failure: failed.reason as unknown };
    left -= size;
  }
  return { succeeded, failure: undefined };
}
