import { Backoff, systemClock, type Clock, type Timer } from '@kubernetes-mesos/component-base';
import { Fifo } from './fifo';

/**
 * Keys to reconcile. A key queued many times is handed out once; a key being worked on is not handed out again until
 * `done`, and then again if it was queued meanwhile.
 */
export interface WorkQueue {
  add(key: string): void;
  /** After `delayMs`; the earliest of several wins. */
  addAfter(key: string, delayMs: number): void;
  /** After this key's own exponential back-off. */
  addRateLimited(key: string): void;
  /** Resets the key's back-off. */
  forget(key: string): void;
  /** The next key, or `undefined` when the queue is closed and empty. */
  next(): Promise<string | undefined>;
  done(key: string): void;
  readonly length: number;
  close(): void;
}

export interface WorkQueueOptions {
  readonly clock?: Clock;
  /** First back-off of a key, ms. Default 50. */
  readonly initialBackoffMs?: number;
  /** Longest back-off of a key, ms. Default 60 s. */
  readonly maxBackoffMs?: number;
  /** In [0, 1). Default Math.random. */
  readonly random?: () => number;
}

/** Keys come out first in, first out. After `close` what is queued is still handed out; delayed keys are dropped. */
export function createWorkQueue(options: WorkQueueOptions = {}): WorkQueue {
  return new FifoWorkQueue(options);
}

interface Delayed {
  /** Of the monotonic clock, ms. */
  readonly dueMs: number;
  readonly timer: Timer;
}

class FifoWorkQueue implements WorkQueue {
  readonly #clock: Clock;
  readonly #newBackoff: () => Backoff;
  /** Wanted and not being worked on; `#order` holds the same keys by age. */
  readonly #queued = new Set<string>();
  readonly #order = new Fifo<string>();
  readonly #processing = new Set<string>();
  /** Wanted again while being worked on. */
  readonly #again = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #backoffs = new Map<string, Backoff>();
  /** Callers of `next` that wait; only while nothing is queued. */
  readonly #waiters = new Fifo<(key: string | undefined) => void>();
  #closed = false;

  constructor(options: WorkQueueOptions) {
    const { clock = systemClock, initialBackoffMs = 50, maxBackoffMs = 60_000, random = Math.random } = options;
    this.#clock = clock;
    this.#newBackoff = () => new Backoff({ initialMs: initialBackoffMs, maxMs: maxBackoffMs, random });
  }

  get length(): number {
    return this.#queued.size;
  }

  add(key: string): void {
    if (this.#closed) return;
    if (this.#processing.has(key)) {
      this.#again.add(key);
      return;
    }
    this.#enqueue(key);
  }

  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueMs = this.#clock.monotonic() + delayMs;
    const present = this.#delayed.get(key);
    if (present !== undefined) {
      if (present.dueMs <= dueMs) return;
      present.timer.cancel();
    }
    const timer = this.#clock.setTimer(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, delayMs);
    this.#delayed.set(key, { dueMs, timer });
  }

  addRateLimited(key: string): void {
    if (this.#closed) return;
    let backoff = this.#backoffs.get(key);
    if (backoff === undefined) {
      backoff = this.#newBackoff();
      this.#backoffs.set(key, backoff);
    }
    this.addAfter(key, backoff.next());
  }

  forget(key: string): void {
    this.#backoffs.delete(key);
  }

  next(): Promise<string | undefined> {
    const key = this.#order.shift();
    if (key !== undefined) {
      this.#queued.delete(key);
      this.#processing.add(key);
      return Promise.resolve(key);
    }
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  done(key: string): void {
    if (!this.#processing.delete(key)) return;
    if (this.#again.delete(key)) this.#enqueue(key);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    for (let waiter = this.#waiters.shift(); waiter !== undefined; waiter = this.#waiters.shift()) waiter(undefined);
  }

  /** Not fenced by `close`: a key accepted before it is still handed out. */
  #enqueue(key: string): void {
    if (this.#queued.has(key)) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#queued.add(key);
      this.#order.push(key);
      return;
    }
    this.#processing.add(key);
    waiter(key);
  }
}
