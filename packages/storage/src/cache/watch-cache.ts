import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import { decodeObject, fromEncoded, type CachedObject, type EncodedObject } from '../codec/object-codec';
import { endOfRevision, nextSlot, revisionOf } from '../codec/revision';
import { readSlot } from '../codec/write-id';
import { RevisionTooLargeError, StorageUnavailableError } from '../errors';
import type { EtcdEvent, WatchBatch } from '../etcd/etcd-gateway';
import type { KeyLayout } from '../key-layout';
import type { ObjectKey } from '../resource-store';
import { CacheFill } from './cache-fill';
import { ResourceCache } from './resource-cache';
import { RevisionWaiters } from './revision-waiters';

/** A write from here whose bytes etcd shows. */
export interface OwnWrite {
  /** Spares the cache the decoding of what was encoded here. */
  readonly encoded: EncodedObject;
  applied(object: CachedObject): void;
}

/** The writes from here that are in flight; told what becomes of them. */
export interface OwnWrites {
  recognise(etcdKey: string, value: Buffer, revision: number): OwnWrite | undefined;
  onDelete(etcdKey: string, revision: number, previous: CachedObject): void;
  /** The cache was filled anew: changes in between were not seen. */
  onReset(): void;
}

export interface WatchCacheOptions {
  readonly layout: KeyLayout;
  readonly historyLimit: number;
  readonly ownWrites: OwnWrites;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * All objects of all resources at one etcd revision. Fed with every revision in order; a batch becomes visible at once.
 */
export class WatchCache {
  readonly #options: WatchCacheOptions;
  readonly #resources = new Map<string, ResourceCache>();
  readonly #waiters = new RevisionWaiters();
  #revision = 0;
  /** Revision of the last fill: history starts there for resources that had no event yet. */
  #floor = 0;
  #filled = false;
  #closed = false;

  constructor(options: WatchCacheOptions) {
    this.#options = options;
  }

  /** Everything up to here is in; 0 before the first fill. */
  get revision(): number {
    return this.#revision;
  }

  get filled(): boolean {
    return this.#filled;
  }

  resource(id: string): ResourceCache {
    const known = this.#resources.get(id);
    if (known !== undefined) return known;
    const created = new ResourceCache(this.#options.historyLimit, this.#floor);
    this.#resources.set(id, created);
    return created;
  }

  /** Takes a state of etcd in parts, for `reset`. */
  startFill(): CacheFill {
    const { layout } = this.#options;
    return new CacheFill(layout, (etcdKey, key, value, revision) => this.#objectOf(etcdKey, key, value, revision));
  }

  /** Replaces the content by the state of etcd at its revision `etcdRevision`, of which `fill` has all parts. */
  reset(fill: CacheFill, etcdRevision: number): void {
    const revision = endOfRevision(etcdRevision);
    this.#floor = revision;
    for (const id of fill.resources.keys()) this.resource(id);
    for (const [id, resource] of this.#resources) resource.reset(fill.resources.get(id) ?? [], revision);
    this.#revision = revision;
    this.#filled = true;
    this.#options.ownWrites.onReset();
    this.#waiters.reached(revision);
  }

  /** Applies whole revisions; events that are in already are passed over. */
  apply(batch: WatchBatch): void {
    const touched = new Set<ResourceCache>();
    const applied = this.#revision;
    let etcdRevision = 0;
    let slot = -1;
    for (const event of batch.events) {
      if (event.revision !== etcdRevision) slot = -1;
      etcdRevision = event.revision;
      slot = nextSlot(slot, event.type === 'put' ? readSlot(event.value) : undefined);
      const revision = revisionOf(etcdRevision, slot);
      if (revision <= applied) continue;
      const resource = this.#applyEvent(event, revision);
      if (resource !== undefined) touched.add(resource);
    }
    const reached = endOfRevision(batch.revision);
    if (reached > this.#revision) this.#revision = reached;
    this.#waiters.reached(this.#revision);
    for (const resource of touched) resource.ring.wake();
  }

  /**
   * Waits until everything up to `revision` is in, or `signal` aborts.
   * @throws RevisionTooLargeError after `timeoutMs`.
   */
  async reach(revision: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#filled && this.#revision >= revision) return;
    if (this.#closed) throw new StorageUnavailableError('the storage is closed');
    const waiter = this.#waiters.wait(revision);
    let timer: { cancel(): void } | undefined;
    let onAbort: (() => void) | undefined;
    const outcome = await Promise.race([
      waiter.reached.then(() => 'reached' as const),
      new Promise<'late' | 'aborted'>((resolve) => {
        onAbort = () => resolve('aborted');
        if (signal?.aborted === true) onAbort();
        signal?.addEventListener('abort', onAbort, { once: true });
        timer = this.#options.clock.setTimer(() => resolve('late'), timeoutMs);
      }),
    ]);
    timer?.cancel();
    waiter.cancel();
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
    if (outcome === 'late') throw new RevisionTooLargeError(revision, this.#revision);
  }

  /** The lowest revision that somebody waits for. */
  get awaited(): number | undefined {
    return this.#waiters.lowest;
  }

  close(): void {
    this.#closed = true;
    for (const resource of this.#resources.values()) resource.close();
  }

  #applyEvent(event: EtcdEvent, revision: number): ResourceCache | undefined {
    const { layout, ownWrites } = this.#options;
    const parsed = layout.parse(event.key);
    if (parsed === undefined) return undefined;
    const resource = this.resource(parsed.resource);
    const object = event.type === 'put' ? this.#objectOf(event.key, parsed.key, event.value, revision) : undefined;
    if (object !== undefined) {
      resource.put(parsed.sortKey, object);
      return resource;
    }
    const previous = resource.remove(parsed.sortKey, revision);
    if (previous === undefined) return undefined;
    ownWrites.onDelete(event.key, revision, previous);
    return resource;
  }

  #objectOf(etcdKey: string, key: ObjectKey, value: Buffer, revision: number): CachedObject | undefined {
    const own = this.#options.ownWrites.recognise(etcdKey, value, revision);
    if (own === undefined) return this.#decode(etcdKey, key, value, revision);
    const object = fromEncoded(key, own.encoded, revision);
    own.applied(object);
    return object;
  }

  /** What is not one of our objects is as if it were not there. */
  #decode(etcdKey: string, key: ObjectKey, value: Buffer, revision: number): CachedObject | undefined {
    try {
      return decodeObject(key, value, revision);
    } catch {
      // What is wrong with it would be told with a piece of it, and it may be a secret.
      this.#options.logger.warn('passed over a value in etcd that is not a JSON object', { key: etcdKey });
      return undefined;
    }
  }
}
