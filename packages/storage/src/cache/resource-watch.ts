import { CompactedError, WatchOverflowError } from '../errors';
import type { WatchEvent, WatchOptions } from '../resource-store';
import type { CacheEvent, EventRing } from './event-ring';

/** Where a watch finds its ring, once the cache is full. */
export interface RingSource {
  ready(signal: AbortSignal): Promise<void>;
  ring(): EventRing;
}

/** One watch: a position in a ring of events. */
export class ResourceWatch implements AsyncIterableIterator<readonly WatchEvent[]> {
  readonly #source: RingSource;
  readonly #options: WatchOptions;
  #cursor: { readonly ring: EventRing; position: number } | undefined;
  #done = false;
  #wake: (() => void) | undefined;
  readonly #onAbort = (): void => this.#wake?.();

  constructor(source: RingSource, options: WatchOptions) {
    this.#source = source;
    this.#options = options;
    options.signal.addEventListener('abort', this.#onAbort);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<readonly WatchEvent[], undefined>> {
    try {
      const events = await this.#take();
      if (events !== undefined) return { done: false, value: events };
    } catch (error) {
      if (!this.#ended) {
        this.#finish();
        throw error;
      }
    }
    this.#finish();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<readonly WatchEvent[], undefined>> {
    this.#finish();
    this.#wake?.();
    return { done: true, value: undefined };
  }

  get #ended(): boolean {
    return this.#done || this.#options.signal.aborted;
  }

  /** `undefined` at the end. */
  async #take(): Promise<readonly WatchEvent[] | undefined> {
    const { namespace, fromRevision, signal } = this.#options;
    while (!this.#ended) {
      if (this.#cursor === undefined) {
        await this.#source.ready(signal);
        this.#cursor = startAt(this.#source.ring(), fromRevision);
      }
      const { ring, position } = this.#cursor;
      if (position < ring.first) {
        throw new WatchOverflowError(
          `the watch is ${ring.end - position} events behind; ${ring.end - ring.first} are held`,
        );
      }
      if (position < ring.end) {
        this.#cursor.position = ring.end;
        const events = skipUntil(ring.since(position, namespace), fromRevision);
        if (events.length > 0) return events;
      }
      if (ring.closed !== undefined) {
        if (ring.closed.error === undefined) return undefined;
        throw ring.closed.error;
      }
      await this.#parkAt(ring);
    }
    return undefined;
  }

  async #parkAt(ring: EventRing): Promise<void> {
    let parked: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      parked = this.#wake = resolve;
      ring.park(resolve);
    });
    this.#wake = undefined;
    if (parked !== undefined) ring.unpark(parked);
  }

  #finish(): void {
    this.#done = true;
    this.#cursor = undefined;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }
}

function startAt(ring: EventRing, fromRevision: number): { readonly ring: EventRing; position: number } {
  if (fromRevision < ring.floorRevision) throw new CompactedError(fromRevision, ring.floorRevision);
  return { ring, position: ring.positionAfter(fromRevision) };
}

/** A watch from a revision in the future does not want what happens before it. */
function skipUntil(events: readonly CacheEvent[], revision: number): readonly WatchEvent[] {
  const first = events[0];
  return first === undefined || first.revision > revision
    ? events
    : events.filter((event) => event.revision > revision);
}
