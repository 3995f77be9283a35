/** How long `eventually` tries. */
export interface EventuallyOptions {
  /** ms; default 45,000: a busy machine takes its time. */
  readonly deadlineMs?: number;
  /** ms between two tries; default 10. */
  readonly intervalMs?: number;
  /** Says in the failure what was waited for. */
  readonly what?: string;
}

/**
 * Calls `condition` until it answers something truthy, and returns that. A condition that throws counts as not yet.
 * @throws Error at the deadline, with the condition's last error as cause.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  options: EventuallyOptions | number = {},
): Promise<Exclude<T, false | undefined | null | 0 | ''>> {
  const {
    deadlineMs = 45_000,
    intervalMs = 10,
    what = condition.toString(),
  } = typeof options === 'number' ? { deadlineMs: options } : options;
  const deadline = performance.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value as Exclude<T, false | undefined | null | 0 | ''>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`not within ${deadlineMs} ms: ${what}`, last === undefined ? {} : { cause: last });
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
