import type { CachedObject, EncodedObject } from '../codec/object-codec';
import { isSameWrite } from '../codec/write-id';
import type { OwnWrite, OwnWrites } from '../cache/watch-cache';

/** A put in flight. */
export interface PendingPut {
  readonly kind: 'put';
  readonly encoded: EncodedObject;
  /** Only a state after this revision can be of this write. */
  readonly expectedRevision: number;
  /** What the cache made of it, once it came back from etcd. */
  applied: CachedObject | undefined;
  /** The cache was filled anew in the meantime, so the write may have come and gone unseen. */
  missed: boolean;
}

/** A deletion in flight. */
export interface PendingDelete {
  readonly kind: 'delete';
  readonly expectedRevision: number;
  applied: { readonly revision: number; readonly object: CachedObject } | undefined;
  missed: boolean;
}

export type PendingWrite = PendingPut | PendingDelete;

/**
 * The writes of this process that are in flight, by etcd key. They recognise themselves in what the watch delivers: a
 * put by its bytes (which end in the write's id), a deletion by the revision that it was to delete.
 */
export class PendingWrites implements OwnWrites {
  readonly #byKey = new Map<string, PendingWrite[]>();

  add(etcdKey: string, write: PendingWrite): void {
    const others = this.#byKey.get(etcdKey);
    if (others === undefined) this.#byKey.set(etcdKey, [write]);
    else others.push(write);
  }

  remove(etcdKey: string, write: PendingWrite): void {
    const writes = this.#byKey.get(etcdKey);
    if (writes === undefined) return;
    if (writes.length === 1 && writes[0] === write) this.#byKey.delete(etcdKey);
    else writes.splice(writes.indexOf(write), 1);
  }

  recognise(etcdKey: string, value: Buffer, revision: number): OwnWrite | undefined {
    for (const write of this.#byKey.get(etcdKey) ?? []) {
      if (write.kind !== 'put' || write.applied !== undefined || revision <= write.expectedRevision) continue;
      if (isSameWrite(write.encoded.value, value)) {
        return { encoded: write.encoded, applied: (object) => (write.applied = object) };
      }
    }
    return undefined;
  }

  onDelete(etcdKey: string, revision: number, previous: CachedObject): void {
    for (const write of this.#byKey.get(etcdKey) ?? []) {
      if (write.kind === 'delete' && write.expectedRevision === previous.revision) {
        write.applied ??= { revision, object: previous };
      }
    }
  }

  onReset(): void {
    for (const writes of this.#byKey.values()) {
      for (const write of writes) write.missed = true;
    }
  }
}
