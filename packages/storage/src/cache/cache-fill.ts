import type { CachedObject } from '../codec/object-codec';
import { nextSlot, revisionOf } from '../codec/revision';
import { readSlot } from '../codec/write-id';
import type { KeyValue } from '../etcd/etcd-gateway';
import type { KeyLayout } from '../key-layout';
import type { ObjectKey } from '../resource-store';

/** Makes an object of a stored value; `undefined` for what is none of ours. */
export type Decode = (etcdKey: string, key: ObjectKey, value: Buffer, revision: number) => CachedObject | undefined;

/** The objects of one state of etcd, as they are read. */
export class CacheFill {
  readonly #layout: KeyLayout;
  readonly #decode: Decode;
  readonly #resources = new Map<string, [sortKey: string, object: CachedObject][]>();

  constructor(layout: KeyLayout, decode: Decode) {
    this.#layout = layout;
    this.#decode = decode;
  }

  /** What has been added, by resource. */
  get resources(): ReadonlyMap<string, readonly (readonly [sortKey: string, object: CachedObject])[]> {
    return this.#resources;
  }

  add(entries: Iterable<KeyValue>): void {
    for (const { key, value, createRevision, modRevision } of entries) {
      const parsed = this.#layout.parse(key);
      if (parsed === undefined) continue;
      const written = revisionOf(modRevision, nextSlot(-1, readSlot(value)));
      const object = this.#decode(key, parsed.key, value, written);
      if (object === undefined) continue;
      object.createdRevision = createRevision === modRevision ? written : revisionOf(createRevision, 0);
      const list = this.#resources.get(parsed.resource);
      if (list === undefined) this.#resources.set(parsed.resource, [[parsed.sortKey, object]]);
      else list.push([parsed.sortKey, object]);
    }
  }
}
