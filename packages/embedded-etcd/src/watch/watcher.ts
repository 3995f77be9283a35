import type { KeyRange } from '../mvcc/key-range';
import type { KeyText } from '../wire/bytes';

/** What a client asked to be told of. */
export interface WatchSpec {
  readonly range: KeyRange;
  readonly withPrevious: boolean;
  readonly skipPuts: boolean;
  readonly skipDeletes: boolean;
}

/** A change as watchers need it; `event` encodes it once for all of them. */
export interface WatchedChange {
  readonly main: number;
  readonly key: KeyText;
  readonly deleted: boolean;
  event(withPrevious: boolean): Buffer;
}

/** Where events go. */
export interface EventSink {
  /** Takes the events of whole revisions. @returns whether more may follow at once */
  deliver(watcher: Watcher, events: readonly Buffer[]): boolean;
  /** The watcher's next revision is not kept any more; it is gone from the hub already. */
  compacted(watcher: Watcher, compactRevision: number): void;
  /** The watcher has seen all there is. */
  caughtUp(watcher: Watcher): void;
}

/** One watch: what it wants and how far it is. */
export class Watcher {
  readonly spec: WatchSpec;
  readonly sink: EventSink;
  /** First revision that it has not seen. */
  next: number;
  /** `live`: gets every commit as it comes. `behind`: reads history. `stalled`: behind, and its client takes no more. */
  state: 'live' | 'behind' | 'stalled' | 'ended' = 'behind';

  constructor(spec: WatchSpec, next: number, sink: EventSink) {
    this.spec = spec;
    this.next = next;
    this.sink = sink;
  }

  wants(change: WatchedChange): boolean {
    const { spec } = this;
    return change.main >= this.next && !(change.deleted ? spec.skipDeletes : spec.skipPuts);
  }
}
