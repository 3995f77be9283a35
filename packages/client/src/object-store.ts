import { objectKey, type KubeObject } from '@kubernetes-mesos/api-types';
import type { Lister } from './informer';

/** Names the values under which an object is found again, e.g. the node of a pod. */
export type Indexer<T extends KubeObject> = (object: T) => readonly string[];

/** What one change of the copy was. */
export type StoreChange<T extends KubeObject> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'updated'; readonly object: T; readonly previous: T }
  | { readonly type: 'deleted'; readonly object: T };

/** The copy that an informer keeps: by key, by namespace and by the indexes asked for. Listing is O(1) between changes. */
export class ObjectStore<T extends KubeObject> implements Lister<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: ReadonlyMap<string, Index<T>>;
  readonly #byNamespace = new Index<T>((object) => [object.metadata.namespace ?? '']);
  #all: readonly T[] | undefined;

  constructor(indexers: Readonly<Record<string, Indexer<T>>> = {}) {
    this.#indexes = new Map(Object.entries(indexers).map(([name, indexer]) => [name, new Index(indexer)]));
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(namespace?: string): readonly T[] {
    if (namespace !== undefined && namespace !== '') return this.#byNamespace.list(namespace);
    this.#all ??= [...this.#objects.values()];
    return this.#all;
  }

  /** @throws RangeError for an index that was not declared */
  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new RangeError(`no index ${name} was declared`);
    return index.list(value);
  }

  /** Takes in an object that exists; what that changed, in order. Nothing for one that is already held as it is. */
  put(object: T): StoreChange<T>[] {
    const key = objectKey(object);
    const previous = this.#objects.get(key);
    if (previous !== undefined && isSameVersion(previous, object)) return [];
    this.#set(key, object, previous);
    if (previous === undefined) return [{ type: 'added', object }];
    if (previous.metadata.uid !== object.metadata.uid) {
      return [
        { type: 'deleted', object: previous },
        { type: 'added', object },
      ];
    }
    return [{ type: 'updated', object, previous }];
  }

  /** Takes out an object that is gone; `object` is its last state. */
  remove(object: T): StoreChange<T>[] {
    const key = objectKey(object);
    const previous = this.#objects.get(key);
    if (previous === undefined) return [];
    this.#objects.delete(key);
    this.#all = undefined;
    this.#byNamespace.remove(key, previous);
    for (const index of this.#indexes.values()) index.remove(key, previous);
    return [{ type: 'deleted', object: previous.metadata.uid === object.metadata.uid ? object : previous }];
  }

  /** Makes the copy hold exactly `objects`; deletions first. */
  replace(objects: readonly T[]): StoreChange<T>[] {
    const changes: StoreChange<T>[] = [];
    const kept = new Set<string>();
    for (const object of objects) kept.add(objectKey(object));
    for (const [key, object] of [...this.#objects]) {
      if (!kept.has(key)) changes.push(...this.remove(object));
    }
    for (const object of objects) changes.push(...this.put(object));
    return changes;
  }

  #set(key: string, object: T, previous: T | undefined): void {
    this.#objects.set(key, object);
    this.#all = undefined;
    this.#byNamespace.set(key, object, previous);
    for (const index of this.#indexes.values()) index.set(key, object, previous);
  }
}

function isSameVersion(a: KubeObject, b: KubeObject): boolean {
  const version = a.metadata.resourceVersion;
  return version !== undefined && version === b.metadata.resourceVersion && a.metadata.uid === b.metadata.uid;
}

interface Bucket<T> {
  readonly objects: Map<string, T>;
  /** The values of `objects`, made at the first listing after a change. */
  list: readonly T[] | undefined;
}

class Index<T extends KubeObject> {
  readonly #indexer: Indexer<T>;
  readonly #buckets = new Map<string, Bucket<T>>();

  constructor(indexer: Indexer<T>) {
    this.#indexer = indexer;
  }

  list(value: string): readonly T[] {
    const bucket = this.#buckets.get(value);
    if (bucket === undefined) return [];
    bucket.list ??= [...bucket.objects.values()];
    return bucket.list;
  }

  set(key: string, object: T, previous: T | undefined): void {
    if (previous !== undefined) this.remove(key, previous);
    for (const value of this.#indexer(object)) {
      let bucket = this.#buckets.get(value);
      if (bucket === undefined) {
        bucket = { objects: new Map(), list: undefined };
        this.#buckets.set(value, bucket);
      }
      bucket.objects.set(key, object);
      bucket.list = undefined;
    }
  }

  remove(key: string, object: T): void {
    for (const value of this.#indexer(object)) {
      const bucket = this.#buckets.get(value);
      if (bucket === undefined) continue;
      bucket.objects.delete(key);
      bucket.list = undefined;
      if (bucket.objects.size === 0) this.#buckets.delete(value);
    }
  }
}
