import type { KubeObject } from '@kubernetes-mesos/api-types';
import type { CacheFeeder } from './cache/cache-feeder';
import type { Consistency } from './cache/consistency';
import { ResourceWatch } from './cache/resource-watch';
import type { WatchCache } from './cache/watch-cache';
import { etcdRevisionOf } from './codec/revision';
import { encodeObject, type ObjectEncoder } from './codec/object-codec';
import type { WriteIds } from './codec/write-id';
import { KeyNotFoundError, RevisionConflictError } from './errors';
import { sortKey, type KeyLayout } from './key-layout';
import type {
  ListSnapshot,
  ObjectKey,
  ReadConsistency,
  ResourceStore,
  StoredObject,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './resource-store';
import type { ObjectWriter, PutConditions, WriteTarget } from './write/object-writer';

/** What the stores of all resources share. */
export interface StorageParts {
  readonly cache: WatchCache;
  readonly feeder: CacheFeeder;
  readonly consistency: Consistency;
  readonly writer: ObjectWriter;
  readonly layout: KeyLayout;
  readonly encoder: ObjectEncoder;
  readonly writeIds: WriteIds;
}

/** How long a read waits for a revision that the cache does not have; kube-apiserver's figure. */
const FUTURE_REVISION_WAIT_MS = 3_000;

const LATEST: ReadConsistency = { kind: 'latest' };

/** One resource: reads from the cache, writes to etcd. */
export class EtcdResourceStore implements ResourceStore {
  readonly #resource: string;
  readonly #parts: StorageParts;

  constructor(resource: string, parts: StorageParts) {
    this.#resource = resource;
    this.#parts = parts;
  }

  get currentRevision(): number {
    return this.#parts.cache.revision;
  }

  get changedRevision(): number {
    return this.#parts.cache.resource(this.#resource).changedRevision;
  }

  async create(key: ObjectKey, object: KubeObject, options: WriteOptions = {}): Promise<StoredObject> {
    const { writer, encoder, writeIds } = this.#parts;
    return writer.put(this.#target(key), encodeObject(encoder, object, writeIds.next()), 0, this.#conditions(options));
  }

  async update(
    key: ObjectKey,
    expectedRevision: number,
    object: KubeObject,
    options: WriteOptions = {},
  ): Promise<StoredObject> {
    const { writer, encoder, writeIds } = this.#parts;
    const target = this.#target(key);
    this.#refuseIfHopeless(target, expectedRevision);
    return writer.put(
      target,
      encodeObject(encoder, object, writeIds.next()),
      expectedRevision,
      this.#conditions(options),
    );
  }

  async delete(
    key: ObjectKey,
    expectedRevision: number,
  ): Promise<{ readonly revision: number; readonly object: StoredObject }> {
    const target = this.#target(key);
    this.#refuseIfHopeless(target, expectedRevision);
    return this.#parts.writer.delete(target, expectedRevision);
  }

  async get(key: ObjectKey, consistency: ReadConsistency = LATEST): Promise<StoredObject | undefined> {
    const cache = this.#parts.cache.resource(this.#resource);
    await this.#await(consistency);
    return consistency.kind === 'exact' ? cache.getAt(sortKey(key), consistency.revision) : cache.get(sortKey(key));
  }

  async list(
    options: { readonly namespace?: string; readonly consistency?: ReadConsistency } = {},
  ): Promise<ListSnapshot> {
    const { namespace, consistency = LATEST } = options;
    await this.#await(consistency);
    const { cache } = this.#parts;
    const resource = cache.resource(this.#resource);
    return consistency.kind === 'exact'
      ? resource.listAt(namespace, consistency.revision)
      : resource.list(namespace, cache.revision);
  }

  watch(options: WatchOptions): AsyncIterable<readonly WatchEvent[]> {
    const { cache, feeder } = this.#parts;
    const source = {
      ready: (signal: AbortSignal) => unlessAborted(feeder.ready(), signal),
      ring: () => cache.resource(this.#resource).ring,
    };
    return new ResourceWatch(source, options);
  }

  #target(key: ObjectKey): WriteTarget {
    const { layout, cache } = this.#parts;
    return {
      key,
      sortKey: sortKey(key),
      etcdKey: layout.keyOf(this.#resource, key),
      cache: cache.resource(this.#resource),
    };
  }

  #conditions({ ttlSeconds, guards }: WriteOptions): PutConditions {
    if (guards === undefined || guards.length === 0) return { ttlSeconds };
    const { layout } = this.#parts;
    return { ttlSeconds, guards: guards.map(({ name, ...guard }) => ({ key: layout.guardKey(name), ...guard })) };
  }

  /** A key never returns to a revision that it has left: what the cache has moved past needs no question to etcd. */
  #refuseIfHopeless({ key, sortKey: sort, cache }: WriteTarget, expectedRevision: number): void {
    const current = cache.get(sort);
    if (current !== undefined) {
      // etcd compares its own revision only, so a slot that no write had is found out here.
      const isPast = etcdRevisionOf(current.revision) >= etcdRevisionOf(expectedRevision);
      if (isPast && current.revision !== expectedRevision) throw new RevisionConflictError(key, current);
    } else if (expectedRevision <= this.#parts.cache.revision) throw new KeyNotFoundError(key);
  }

  #await(consistency: ReadConsistency): Promise<void> {
    const { consistency: parts, cache } = this.#parts;
    switch (consistency.kind) {
      case 'latest':
        return parts.latest();
      case 'any':
        return parts.filled();
      case 'atLeast':
      case 'exact':
        return parts.filled().then(() => cache.reach(consistency.revision, FUTURE_REVISION_WAIT_MS));
    }
  }
}

function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise<void>((resolve, reject) => {
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
