import { Backoff, type Clock } from '@kubernetes-mesos/component-base';
import { StorageUnavailableError } from './errors';
import { EtcdCallError } from './etcd/etcd-gateway';

/** How long, from its start, an operation may keep trying. */
export class Budget {
  readonly #clock: Clock;
  readonly #deadline: number;
  readonly #backoff = new Backoff({ initialMs: 20, maxMs: 1_000 });

  constructor(clock: Clock, budgetMs: number) {
    this.#clock = clock;
    this.#deadline = clock.monotonic() + budgetMs;
  }

  get leftMs(): number {
    return this.#deadline - this.#clock.monotonic();
  }

  /**
   * Waits before another attempt.
   * @throws StorageUnavailableError when there is no time left.
   */
  async pause(error: unknown): Promise<void> {
    const delay = this.#backoff.next();
    if (delay > this.leftMs) throw unavailable(error);
    await this.#clock.sleep(delay);
  }

  /** Repeats a call that changes nothing, or the same each time, until it gets through. */
  async retry<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof EtcdCallError)) throw error;
        if (!error.retryable) throw unavailable(error);
        await this.pause(error);
      }
    }
  }
}

export function unavailable(cause: unknown): StorageUnavailableError {
  return new StorageUnavailableError(`etcd: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
