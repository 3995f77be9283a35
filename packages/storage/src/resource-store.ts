import type { KubeObject } from '@kubernetes-mesos/api-types';

/**
 * What the API server needs of a store of versioned objects: one `ResourceStore` per resource. A revision here is etcd's
 * times 1024 plus the slot of the write in its transaction (docs/decisions/0004), so that it orders writes made together;
 * `resourceVersion` is its decimal text.
 */
export interface ResourceStore {
  /**
   * @throws KeyExistsError, GuardMovedError
   */
  create(key: ObjectKey, object: KubeObject, options?: WriteOptions): Promise<StoredObject>;
  /**
   * Writes `object` if the stored revision is still `expectedRevision`.
   * @throws RevisionConflictError (carries the current object), KeyNotFoundError, GuardMovedError
   */
  update(key: ObjectKey, expectedRevision: number, object: KubeObject, options?: WriteOptions): Promise<StoredObject>;
  /**
   * Deletes if the stored revision is still `expectedRevision`. Answers the object as it was, and the deletion's revision.
   * @throws RevisionConflictError, KeyNotFoundError
   */
  delete(
    key: ObjectKey,
    expectedRevision: number,
  ): Promise<{ readonly revision: number; readonly object: StoredObject }>;
  /** `undefined` when there is none. Default consistency: `latest`. */
  get(key: ObjectKey, consistency?: ReadConsistency): Promise<StoredObject | undefined>;
  /** In etcd's key order (by the text `namespace/name`). `namespace` narrows. A snapshot is immutable: pages of it are exact. */
  list(options?: { readonly namespace?: string; readonly consistency?: ReadConsistency }): Promise<ListSnapshot>;
  /**
   * Every change after `fromRevision`, in order, none lost or doubled; an array holds what became visible in one turn.
   * Ends when `signal` aborts.
   * @throws CompactedError when `fromRevision` is no longer retained, WatchOverflowError when the consumer is too slow.
   */
  watch(options: WatchOptions): AsyncIterable<readonly WatchEvent[]>;
  /** The newest revision that this store has seen; every event up to it has been delivered. */
  readonly currentRevision: number;
  /** Of the newest change of this resource that the cache knows; not above `currentRevision`. */
  readonly changedRevision: number;
}

export interface ObjectKey {
  /** `''` for resources without namespaces. */
  readonly namespace: string;
  readonly name: string;
}

export interface WriteOptions {
  /** The object disappears by itself after so many seconds (events). */
  readonly ttlSeconds?: number;
  /** The write happens only while all of these are where they were. */
  readonly guards?: readonly WriteGuard[];
}

/**
 * What a write was decided from, beside its own object: a number that all API servers over one etcd share and that moves
 * when the decision could be another.
 */
export interface WriteGuard {
  readonly name: string;
  /** Where it was before what the decision was made from was read. */
  readonly revision: number;
  /** The write moves it, in the same transaction. At most one such write of a guard may be under way in a process. */
  readonly moves: boolean;
}

/** An object as kept by the watch cache; shared by all readers, never changed: copy before writing. */
export interface StoredObject<T extends KubeObject = KubeObject> {
  readonly key: ObjectKey;
  /** The resourceVersion: of the etcd revision and the place in it, see `codec/revision.ts`. */
  readonly revision: number;
  /** Revision of its creation, where the store knows it. */
  readonly createdRevision?: number;
  /** With kind, apiVersion and metadata.resourceVersion in place. */
  readonly object: T;
  /** `object` as canonical JSON (no trailing newline): what is served, without encoding again. */
  readonly bytes: Buffer;
}

export type ReadConsistency =
  /** Linearizable: not older than any write acknowledged before the call, by any server. */
  | { readonly kind: 'latest' }
  /** Whatever the cache holds. */
  | { readonly kind: 'any' }
  /** Waits until the cache has `revision`. @throws RevisionTooLargeError after three seconds. */
  | { readonly kind: 'atLeast'; readonly revision: number }
  /** The state at exactly `revision`. @throws CompactedError. */
  | { readonly kind: 'exact'; readonly revision: number };

export interface ListSnapshot {
  /** The list's resourceVersion. */
  readonly revision: number;
  readonly items: readonly StoredObject[];
  /**
   * The same items, in groups of some hundred. A group in which nothing has changed is the same array in the next
   * snapshot, so what was found out about it can be kept by it.
   */
  readonly groups: readonly (readonly StoredObject[])[];
}

export interface WatchOptions {
  readonly namespace?: string;
  /** Exclusive. */
  readonly fromRevision: number;
  readonly signal: AbortSignal;
}

export type WatchEvent =
  | { readonly type: 'ADDED'; readonly revision: number; readonly object: StoredObject }
  | {
      readonly type: 'MODIFIED';
      readonly revision: number;
      readonly object: StoredObject;
      readonly previous: StoredObject;
    }
  /** `object` is the last state, carrying the deletion's revision; `previous` is the last state as it was stored. */
  | {
      readonly type: 'DELETED';
      readonly revision: number;
      readonly object: StoredObject;
      readonly previous: StoredObject;
    };

/** The stores of all resources over one etcd, one watch and one order of events. */
export interface Storage {
  /** The store of one resource, e.g. `('', 'pods')`; the same object at every call. */
  resource(group: string, plural: string): ResourceStore;
  /** Resolves when the watch cache is full. */
  ready(): Promise<void>;
  /** Whether etcd answers and the cache follows it; the text says what is wrong. For `/healthz/etcd` and `/readyz`. */
  health(): Promise<{ readonly healthy: boolean; readonly message: string }>;
  /** Where a guard is, linearizable; 0 when it has never moved. @throws StorageUnavailableError */
  guardRevision(name: string): Promise<number>;
  /** Moves a guard: writes that hold it where it was do not happen after this. @throws StorageUnavailableError */
  moveGuard(name: string): Promise<number>;
  /** etcd's compaction below the etcd revision of `revision`. */
  compact(revision: number): Promise<void>;
  /** Ends all watches; idempotent. */
  close(): Promise<void>;
}
