import type { Clock, Timer } from '@kubernetes-mesos/component-base';

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until `advance` moves it. */
export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  #order = 0;
  readonly #timers = new Set<Entry>();

  /** `start`: wall-clock time, ms since the epoch. */
  constructor(start = Date.UTC(2015, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const entry = { at: this.#monotonic + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(entry);
    return { cancel: () => void this.#timers.delete(entry) };
  }

  sleep(delayMs: number, options: { signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    return new Promise<void>((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(reasonOf(signal));
        return;
      }
      const onAbort = (): void => {
        timer.cancel();
        if (signal !== undefined) reject(reasonOf(signal));
      };
      const timer = this.setTimer(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, delayMs);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Timers that have not fired yet. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /**
   * Moves time forward and fires what is due, in order of time; timers that fire may set others that are due as well.
   * Between two of them, and at the end, whatever waits on promises gets its turn.
   */
  async advance(ms: number): Promise<void> {
    const target = this.#monotonic + ms;
    await turn();
    for (let next = this.#next(target); next !== undefined; next = this.#next(target)) {
      this.#timers.delete(next);
      this.#moveTo(next.at);
      next.callback();
      await turn();
    }
    this.#moveTo(target);
  }

  /** Changes the wall clock alone, as an administrator or NTP would. */
  setWallClock(now: number): void {
    this.#now = now;
  }

  #next(until: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#timers) {
      if (entry.at > until) continue;
      if (first === undefined || entry.at < first.at || (entry.at === first.at && entry.order < first.order))
        first = entry;
    }
    return first;
  }

  #moveTo(monotonic: number): void {
    if (monotonic <= this.#monotonic) return;
    this.#now += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
