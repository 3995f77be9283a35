import { Backoff, errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';

/** Does `work` every `intervalMs` until `signal` aborts; failures are logged and tried again sooner. Resolves at the end. */
export async function repeat(
  what: string,
  work: () => Promise<void>,
  options: {
    readonly intervalMs: number;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { intervalMs, clock, logger, signal } = options;
  const backoff = new Backoff({ initialMs: 250, maxMs: intervalMs });
  while (!signal.aborted) {
    let delayMs = intervalMs;
    try {
      await work();
      backoff.reset();
    } catch (error) {
      delayMs = backoff.next();
      logger.warn(`${what} failed; trying again`, { error: errorMessage(error), afterMs: Math.round(delayMs) });
    }
    try {
      await clock.sleep(delayMs, { signal });
    } catch {
      return;
    }
  }
}
