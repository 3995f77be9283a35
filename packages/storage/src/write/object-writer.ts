import type { Clock } from '@kubernetes-mesos/component-base';
import type { Consistency } from '../cache/consistency';
import type { ResourceCache } from '../cache/resource-cache';
import { fromEncoded, type CachedObject, type EncodedObject } from '../codec/object-codec';
import {
  GuardMovedError,
  KeyExistsError,
  KeyNotFoundError,
  ObjectTooLargeError,
  RevisionConflictError,
  StorageUnavailableError,
} from '../errors';
import { EtcdCallError } from '../etcd/etcd-gateway';
import type { ObjectKey } from '../resource-store';
import { Budget, unavailable } from '../retry';
import type { CommitResult, Committer, GuardKey, KeyWrite } from './committer';
import type { LeasePool } from './lease-pool';
import type { PendingDelete, PendingPut, PendingWrite, PendingWrites } from './own-writes';

export interface ObjectWriterOptions {
  readonly committer: Committer;
  readonly pending: PendingWrites;
  readonly leases: LeasePool;
  readonly consistency: Consistency;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
}

/** Where a write goes. */
export interface WriteTarget {
  readonly key: ObjectKey;
  readonly sortKey: string;
  readonly etcdKey: string;
  readonly cache: ResourceCache;
}

/** What else a put has and depends on. */
export interface PutConditions {
  readonly ttlSeconds?: number | undefined;
  readonly guards?: readonly GuardKey[] | undefined;
}

/** The fate of a write whose answer was lost. */
type Fate = 'applied' | 'refused' | 'open';

/**
 * Writes one object at a time under the condition that it is where the writer believes it to be. Returns when the
 * cache has the write. When etcd's answer is lost, the watch tells what became of the write: nothing is repeated that
 * may have happened, but for writes that could not happen twice.
 */
export class ObjectWriter {
  readonly #options: ObjectWriterOptions;

  constructor(options: ObjectWriterOptions) {
    this.#options = options;
  }

  /**
   * @param expectedRevision 0 to create.
   * @throws KeyExistsError, KeyNotFoundError, RevisionConflictError, GuardMovedError, ObjectTooLargeError,
   * StorageUnavailableError
   */
  async put(
    target: WriteTarget,
    encoded: EncodedObject,
    expectedRevision: number,
    { ttlSeconds, guards }: PutConditions = {},
  ): Promise<CachedObject> {
    const write: PendingPut = { kind: 'put', encoded, expectedRevision, applied: undefined, missed: false };
    const result = await this.#perform(
      target,
      write,
      async (budget) => {
        const lease = ttlSeconds === undefined ? undefined : await this.#lease(ttlSeconds, budget);
        return { op: 'put', value: encoded.value, ...(lease === undefined ? {} : { lease }) };
      },
      { ttlSeconds, guards },
    );
    if (result === 'applied' && write.applied !== undefined) return write.applied;
    if (result !== 'applied' && result.succeeded) {
      return write.applied?.revision === result.revision
        ? write.applied
        : fromEncoded(target.key, encoded, result.revision);
    }
    const { key, sortKey, cache } = target;
    const isWhereExpected = (cache.get(sortKey)?.revision ?? 0) === expectedRevision;
    throw guards !== undefined && isWhereExpected ? new GuardMovedError(key) : refusal(target, expectedRevision);
  }

  /** @throws KeyNotFoundError, RevisionConflictError, StorageUnavailableError */
  async delete(
    target: WriteTarget,
    expectedRevision: number,
  ): Promise<{ readonly revision: number; readonly object: CachedObject }> {
    const write: PendingDelete = { kind: 'delete', expectedRevision, applied: undefined, missed: false };
    const before = target.cache.get(target.sortKey);
    const result = await this.#perform(target, write, async () => ({ op: 'delete' }));
    if (result === 'applied' || result.succeeded) {
      if (write.applied !== undefined) return write.applied;
      if (result !== 'applied' && before?.revision === expectedRevision) {
        return { revision: result.revision, object: before };
      }
      throw new StorageUnavailableError('the object is deleted, but its last state was not seen');
    }
    throw refusal(target, expectedRevision);
  }

  /** `'applied'`: the write is known to have happened from the watch alone. */
  async #perform(
    target: WriteTarget,
    write: PendingWrite,
    change: (budget: Budget) => Promise<KeyWrite['change']>,
    { ttlSeconds, guards }: PutConditions = {},
  ): Promise<CommitResult | 'applied'> {
    const { clock, requestTimeoutMs, pending, committer, leases } = this.#options;
    const { etcdKey: key } = target;
    const { expectedRevision } = write;
    const budget = new Budget(clock, requestTimeoutMs);
    let repeated = false;
    pending.add(key, write);
    try {
      for (;;) {
        try {
          const result = await committer.commit({
            key,
            expectedRevision,
            change: await change(budget),
            ...(guards === undefined ? {} : { guards }),
          });
          await this.#settle(result);
          // The refusal of a second attempt may be due to the first.
          return repeated && !result.succeeded && write.applied !== undefined ? 'applied' : result;
        } catch (error) {
          if (!(error instanceof EtcdCallError)) throw error;
          if (error.kind === 'leaseNotFound' && ttlSeconds !== undefined) leases.forget(ttlSeconds);
          else if (error.kind === 'unknown') {
            const fate = await this.#fate(target, write);
            if (fate === 'applied') return 'applied';
            if (fate === 'refused') throw refusal(target, expectedRevision);
            repeated = true;
          } else if (error.kind !== 'notSent') throw this.#failure(target, write, error);
          await budget.pause(error);
        }
      }
    } finally {
      pending.remove(key, write);
    }
  }

  async #lease(ttlSeconds: number, budget: Budget): Promise<string> {
    return budget.retry(() => this.#options.leases.lease(ttlSeconds));
  }

  /** Waits for the cache. A write that etcd has acknowledged stays a success when the cache lags. */
  async #settle(result: CommitResult): Promise<void> {
    try {
      await this.#options.consistency.has(result.revision);
    } catch (error) {
      if (!result.succeeded || !(error instanceof StorageUnavailableError)) throw error;
    }
  }

  /** What became of a write whose answer was lost. @throws StorageUnavailableError when that cannot be told. */
  async #fate(target: WriteTarget, write: PendingWrite): Promise<Fate> {
    await this.#options.consistency.latest();
    if (write.applied !== undefined) return 'applied';
    if (write.missed) throw new StorageUnavailableError('the write may or may not have happened: etcd did not answer');
    const current = target.cache.get(target.sortKey)?.revision ?? 0;
    return current === write.expectedRevision ? 'open' : 'refused';
  }

  #failure(target: WriteTarget, write: PendingWrite, error: EtcdCallError): Error {
    if (error.kind !== 'tooLarge' || write.kind !== 'put') return unavailable(error);
    return new ObjectTooLargeError(target.key, write.encoded.value.length, { cause: error });
  }
}

/** Why the key was not where it was expected, by what the cache has now. */
function refusal({ key, sortKey, cache }: WriteTarget, expectedRevision: number): Error {
  if (expectedRevision === 0) return new KeyExistsError(key);
  const current = cache.get(sortKey);
  return current === undefined ? new KeyNotFoundError(key) : new RevisionConflictError(key, current);
}
