import type { CachedObject } from '../codec/object-codec';
import { CompactedError } from '../errors';
import type { ListSnapshot } from '../resource-store';
import { sortKey as sortKeyOf } from '../key-layout';
import { EventRing, type CacheEvent } from './event-ring';
import { SortedMap, type SortedSnapshot } from './sorted-map';

/** States that were listed; pages of such a list stay exact for as long as they are kept. */
const KEPT_SNAPSHOTS = 32;

interface KeptSnapshot {
  readonly snapshot: SortedSnapshot<CachedObject>;
  /** Revision of the last event in it. */
  readonly from: number;
  /** Last revision at which it was seen to be the state. */
  to: number;
}

/** Current objects and recent events of one resource. Knows nothing of etcd; changed only by `put`, `remove`, `reset`. */
export class ResourceCache {
  readonly #historyLimit: number;
  #objects = new SortedMap<CachedObject>();
  #ring: EventRing;
  #lastEventRevision: number;
  readonly #kept: KeptSnapshot[] = [];

  /** The empty resource at `revision`, keeping `historyLimit` events from then on. */
  constructor(historyLimit: number, revision: number) {
    this.#historyLimit = historyLimit;
    this.#lastEventRevision = revision;
    this.#ring = new EventRing(historyLimit, revision);
  }

  get ring(): EventRing {
    return this.#ring;
  }

  /** Of the newest event; before the first one, of the state that the cache began with. */
  get changedRevision(): number {
    return this.#lastEventRevision;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(sortKey: string): CachedObject | undefined {
    return this.#objects.get(sortKey);
  }

  put(sortKey: string, object: CachedObject): void {
    const previous = this.#objects.set(sortKey, object);
    const { revision } = object;
    const created = previous === undefined ? revision : previous.createdRevision;
    if (created !== undefined) object.createdRevision = created;
    this.#lastEventRevision = revision;
    this.#ring.push(
      previous === undefined ? { type: 'ADDED', revision, object } : { type: 'MODIFIED', revision, object, previous },
    );
  }

  /** @returns the last state as it was; `undefined` when there was none. */
  remove(sortKey: string, revision: number): CachedObject | undefined {
    const previous = this.#objects.delete(sortKey);
    if (previous === undefined) return undefined;
    this.#lastEventRevision = revision;
    this.#ring.push({ type: 'DELETED', revision, object: previous.atRevision(revision), previous });
    return previous;
  }

  /** Starts anew from a complete state; whoever watched ends with CompactedError. */
  reset(entries: Iterable<readonly [sortKey: string, object: CachedObject]>, revision: number): void {
    const old = this.#ring;
    this.#objects = new SortedMap();
    for (const [key, object] of entries) this.#objects.set(key, object);
    this.#ring = new EventRing(this.#historyLimit, revision);
    this.#lastEventRevision = revision;
    this.#kept.length = 0;
    old.close(new CompactedError(old.floorRevision, revision));
  }

  /** The state now; `revision` is the whole cache's. */
  list(namespace: string | undefined, revision: number): ListSnapshot {
    const snapshot = this.#objects.snapshot();
    const newest = this.#kept[this.#kept.length - 1];
    if (newest?.snapshot === snapshot) newest.to = revision;
    else this.#keep({ snapshot, from: this.#lastEventRevision, to: revision });
    return listOf(snapshot, namespace, revision);
  }

  /**
   * The state as it was at `revision`, which must not be above the cache's.
   * @throws CompactedError when too much has happened since.
   */
  listAt(namespace: string | undefined, revision: number): ListSnapshot {
    if (revision >= this.#lastEventRevision) return listOf(this.#objects.snapshot(), namespace, revision);
    const kept = this.#kept.find(({ from, to }) => from <= revision && revision <= to);
    if (kept !== undefined) return listOf(kept.snapshot, namespace, revision);
    if (revision < this.#ring.floorRevision) throw new CompactedError(revision, this.#ring.floorRevision);
    const snapshot = this.#rollBack(revision);
    this.#keep({ snapshot, from: revision, to: revision });
    return listOf(snapshot, namespace, revision);
  }

  /** The object as it was at `revision`. @throws CompactedError */
  getAt(sortKey: string, revision: number): CachedObject | undefined {
    const current = this.#objects.get(sortKey);
    if (revision >= this.#lastEventRevision) return current;
    if (revision < this.#ring.floorRevision) throw new CompactedError(revision, this.#ring.floorRevision);
    let state = current;
    for (let at = this.#ring.end - 1; at >= this.#ring.first; at -= 1) {
      const event = this.#ring.at(at);
      if (event.revision <= revision) break;
      if (sortKeyOf(event.object.key) === sortKey) state = before(event);
    }
    return state;
  }

  /** Ends all watches without an error. */
  close(): void {
    this.#ring.close(undefined);
  }

  #rollBack(revision: number): SortedSnapshot<CachedObject> {
    const map = SortedMap.from(this.#objects.snapshot());
    for (let at = this.#ring.end - 1; at >= this.#ring.first; at -= 1) {
      const event = this.#ring.at(at);
      if (event.revision <= revision) break;
      const state = before(event);
      const key = sortKeyOf(event.object.key);
      if (state === undefined) map.delete(key);
      else map.set(key, state);
    }
    return map.snapshot();
  }

  #keep(kept: KeptSnapshot): void {
    this.#kept.push(kept);
    if (this.#kept.length > KEPT_SNAPSHOTS) this.#kept.shift();
  }
}

function listOf(snapshot: SortedSnapshot<CachedObject>, namespace: string | undefined, revision: number): ListSnapshot {
  const prefix = namespace === undefined ? undefined : `${namespace}/`;
  return {
    revision,
    // Most lists are asked for either whole or in groups.
    get items() {
      return prefix === undefined ? snapshot.values() : snapshot.valuesUnder(prefix);
    },
    get groups() {
      return prefix === undefined ? snapshot.groups() : snapshot.groupsUnder(prefix);
    },
  };
}

/** The object's state before an event. */
function before(event: CacheEvent): CachedObject | undefined {
  return event.type === 'ADDED' ? undefined : event.previous;
}
