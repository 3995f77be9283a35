import type { CachedObject } from '../codec/object-codec';

/** A `WatchEvent` as the cache keeps it. */
export type CacheEvent =
  | { readonly type: 'ADDED'; readonly revision: number; readonly object: CachedObject }
  | {
      readonly type: 'MODIFIED' | 'DELETED';
      readonly revision: number;
      readonly object: CachedObject;
      readonly previous: CachedObject;
    };

/**
 * The newest events of one resource, in order. Readers hold a position (a running number) and take what has come since;
 * the ring knows nothing of them, so a slow reader costs nothing and finds its position gone when it was too slow.
 */
export class EventRing {
  readonly #limit: number;
  readonly #slots: CacheEvent[] = [];
  #end = 0;
  #floorRevision: number;
  #parked = new Set<() => void>();
  #closed: { readonly error: Error | undefined } | undefined;
  #memo:
    { readonly from: number; readonly to: number; readonly slices: Map<string, readonly CacheEvent[]> } | undefined;

  /** Holds at most `limit` events, and all of those after `floorRevision`. */
  constructor(limit: number, floorRevision: number) {
    this.#limit = limit;
    this.#floorRevision = floorRevision;
  }

  /** Every event after this revision is held. */
  get floorRevision(): number {
    return this.#floorRevision;
  }

  /** Position of the oldest event held. */
  get first(): number {
    return this.#end - this.#slots.length;
  }

  /** Position of the next event to come. */
  get end(): number {
    return this.#end;
  }

  /** Set once no more events will come: why, or without an error when the store is closed. */
  get closed(): { readonly error: Error | undefined } | undefined {
    return this.#closed;
  }

  push(event: CacheEvent): void {
    const slot = this.#end % this.#limit;
    const dropped = this.#slots[slot];
    if (dropped !== undefined) this.#floorRevision = dropped.revision;
    this.#slots[slot] = event;
    this.#end += 1;
  }

  at(position: number): CacheEvent {
    const event = this.#slots[position % this.#limit];
    if (event === undefined || position < this.first || position >= this.#end) {
      throw new RangeError(`event ${position} is not held`);
    }
    return event;
  }

  /** Position of the first event after `revision`; call only for revisions not below the floor. */
  positionAfter(revision: number): number {
    let low = this.first;
    let high = this.#end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The events from a position on, of one namespace or all. Readers at the same position share the array. */
  since(position: number, namespace: string | undefined): readonly CacheEvent[] {
    if (this.#memo?.from !== position || this.#memo.to !== this.#end) {
      this.#memo = { from: position, to: this.#end, slices: new Map() };
    }
    const { slices } = this.#memo;
    const id = namespace ?? '';
    const known = slices.get(id);
    if (known !== undefined) return known;
    const events: CacheEvent[] = [];
    for (let each = position; each < this.#end; each += 1) {
      const event = this.at(each);
      if (namespace === undefined || event.object.key.namespace === namespace) events.push(event);
    }
    slices.set(id, events);
    return events;
  }

  /** Calls back once, at the next `wake` or `close`. */
  park(callback: () => void): void {
    this.#parked.add(callback);
  }

  unpark(callback: () => void): void {
    this.#parked.delete(callback);
  }

  /** Tells parked readers that there is more. */
  wake(): void {
    if (this.#parked.size === 0) return;
    const parked = this.#parked;
    this.#parked = new Set();
    for (const callback of parked) callback();
  }

  /** No more events: readers end with `error` (or plainly) after what is left. */
  close(error: Error | undefined): void {
    this.#closed ??= { error };
    this.#memo = undefined;
    this.wake();
  }
}
