import { EventQueue } from '../event-queue';

/** The leader as last seen, and those who wait for changes of it. */
export class LeaderWatch {
  #leader: string | undefined;
  #known = false;
  #closed = false;
  readonly #queues = new Set<EventQueue<string | undefined>>();

  /** Tells everybody; nothing happens when the leader is the same as before. */
  set(leader: string | undefined): void {
    if (this.#closed || (this.#known && leader === this.#leader)) return;
    this.#known = true;
    this.#leader = leader;
    for (const queue of this.#queues) queue.push(leader);
  }

  get leader(): string | undefined {
    return this.#leader;
  }

  /** The leader now (if anything is known yet), then every change, until `signal` aborts or the watch is closed. */
  async *changes(signal: AbortSignal): AsyncGenerator<string | undefined, void, undefined> {
    if (signal.aborted || this.#closed) return;
    const queue = new EventQueue<string | undefined>();
    const stop = (): void => queue.end();
    if (this.#known) queue.push(this.#leader);
    this.#queues.add(queue);
    signal.addEventListener('abort', stop, { once: true });
    try {
      yield* queue;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#queues.delete(queue);
    }
  }

  /** The first leader there is. @throws the signal's reason, or an error when the watch is closed first. */
  async first(signal: AbortSignal): Promise<string> {
    for await (const leader of this.changes(signal)) {
      if (leader !== undefined) return leader;
    }
    signal.throwIfAborted();
    throw new Error('the master detector was closed');
  }

  close(): void {
    this.#closed = true;
    for (const queue of this.#queues) queue.end();
  }
}
