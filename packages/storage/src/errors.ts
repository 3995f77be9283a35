import type { ObjectKey, StoredObject } from './resource-store';

export class KeyExistsError extends Error {
  override readonly name = 'KeyExistsError';
  constructor(readonly key: ObjectKey) {
    super(`key exists: ${key.namespace}/${key.name}`);
  }
}

export class KeyNotFoundError extends Error {
  override readonly name = 'KeyNotFoundError';
  constructor(readonly key: ObjectKey) {
    super(`key not found: ${key.namespace}/${key.name}`);
  }
}

/** The object was changed since it was read; `current` is what is stored now. */
export class RevisionConflictError extends Error {
  override readonly name = 'RevisionConflictError';
  constructor(
    readonly key: ObjectKey,
    readonly current: StoredObject,
  ) {
    super(`revision conflict: ${key.namespace}/${key.name} is at ${current.revision}`);
  }
}

/** The asked revision is compacted or no longer held: relist. */
export class CompactedError extends Error {
  override readonly name = 'CompactedError';
  constructor(
    readonly requested: number,
    readonly oldest: number,
  ) {
    super(`revision ${requested} is compacted; oldest is ${oldest}`);
  }
}

/** The asked revision lies in the future. */
export class RevisionTooLargeError extends Error {
  override readonly name = 'RevisionTooLargeError';
  constructor(
    readonly requested: number,
    readonly current: number,
  ) {
    super(`revision ${requested} is larger than the current ${current}`);
  }
}

/** A watcher fell too far behind and was dropped. */
export class WatchOverflowError extends Error {
  override readonly name = 'WatchOverflowError';
}

/** etcd does not answer; the write's fate may be unknown. Retry with back-off. */
/** A guard that a write depended on has moved: what the write was decided from may be so no more. */
export class GuardMovedError extends Error {
  override readonly name = 'GuardMovedError';
  constructor(readonly key: ObjectKey) {
    super(`${key.namespace}/${key.name} is not written: what its write was decided from has changed`);
  }
}

export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';
}

/** The encoded object is larger than etcd takes (1.5 MiB by default). */
export class ObjectTooLargeError extends Error {
  override readonly name = 'ObjectTooLargeError';
  constructor(
    readonly key: ObjectKey,
    readonly size: number,
    options?: { readonly cause: unknown },
  ) {
    super(`${key.namespace}/${key.name} takes ${size} bytes, more than etcd allows`, options);
  }
}
