/**
 * A map in key order (UTF-16 code units) whose snapshots cost nothing: they share its chunks, and the map copies a
 * chunk before its first change after a snapshot. Writes are O(log n) plus one chunk; a snapshot's array is made once.
 */
export class SortedMap<V> {
  #chunks: Chunk<V>[] = [];
  #size = 0;
  /** Chunks of another owner are shared with snapshots: copy before writing. */
  #owner: Owner = {};
  /** The chunk list itself is shared with `#snapshot`. */
  #shared = false;
  #snapshot: SortedSnapshot<V> | undefined;

  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    const chunk = this.#chunks[chunkIndex(this.#chunks, key)];
    if (chunk === undefined) return undefined;
    const at = lowerBound(chunk.keys, key);
    return chunk.keys[at] === key ? chunk.values[at] : undefined;
  }

  /** @returns the value that was there */
  set(key: string, value: V): V | undefined {
    if (this.#chunks.length === 0) {
      this.#ownList().push({ owner: this.#owner, keys: [key], values: [value] });
      this.#size = 1;
      return undefined;
    }
    const index = chunkIndex(this.#chunks, key);
    const chunk = this.#ownChunk(index);
    const at = lowerBound(chunk.keys, key);
    if (chunk.keys[at] === key) {
      const previous = chunk.values[at];
      chunk.values[at] = value;
      return previous;
    }
    chunk.keys.splice(at, 0, key);
    chunk.values.splice(at, 0, value);
    this.#size += 1;
    if (chunk.keys.length > MAX_CHUNK) this.#split(index, chunk);
    return undefined;
  }

  /** @returns the value that was there */
  delete(key: string): V | undefined {
    const index = chunkIndex(this.#chunks, key);
    const found = this.#chunks[index];
    if (found === undefined) return undefined;
    const at = lowerBound(found.keys, key);
    if (found.keys[at] !== key) return undefined;
    const previous = found.values[at];
    if (found.keys.length === 1) {
      this.#ownList().splice(index, 1);
    } else {
      const chunk = this.#ownChunk(index);
      chunk.keys.splice(at, 1);
      chunk.values.splice(at, 1);
      this.#joinSmall(index, chunk);
    }
    this.#size -= 1;
    return previous;
  }

  /** The content as it is now; later writes do not show in it. */
  snapshot(): SortedSnapshot<V> {
    if (this.#snapshot === undefined) {
      this.#snapshot = new SortedSnapshot(this.#chunks, this.#size);
      this.#shared = true;
      this.#owner = {};
    }
    return this.#snapshot;
  }

  /** A map of its own that starts as `snapshot`. */
  static from<V>(snapshot: SortedSnapshot<V>): SortedMap<V> {
    const map = new SortedMap<V>();
    map.#chunks = snapshot[CHUNKS] as Chunk<V>[];
    map.#size = snapshot.size;
    map.#shared = true;
    return map;
  }

  #ownList(): Chunk<V>[] {
    if (this.#shared) {
      this.#chunks = this.#chunks.slice();
      this.#shared = false;
    }
    this.#snapshot = undefined;
    return this.#chunks;
  }

  #ownChunk(index: number): Chunk<V> {
    const list = this.#ownList();
    const chunk = list[index];
    if (chunk === undefined) throw new RangeError(`no chunk ${index}`);
    if (chunk.owner === this.#owner) return chunk;
    const copy = { owner: this.#owner, keys: chunk.keys.slice(), values: chunk.values.slice() };
    list[index] = copy;
    return copy;
  }

  #split(index: number, chunk: Chunk<V>): void {
    // Keys often come in ascending order: leave the left part fuller.
    const at = index === this.#chunks.length - 1 ? Math.floor(MAX_CHUNK * 0.9) : MAX_CHUNK / 2;
    const right = { owner: this.#owner, keys: chunk.keys.splice(at), values: chunk.values.splice(at) };
    this.#ownList().splice(index + 1, 0, right);
  }

  #joinSmall(index: number, chunk: Chunk<V>): void {
    if (chunk.keys.length > MIN_CHUNK) return;
    const next = this.#chunks[index + 1];
    if (next === undefined || next.keys.length + chunk.keys.length > MAX_CHUNK / 2) return;
    chunk.keys.push(...next.keys);
    chunk.values.push(...next.values);
    this.#ownList().splice(index + 1, 1);
  }
}

/** Lets `SortedMap` reach the chunks of its snapshots. */
const CHUNKS = Symbol('chunks');

/** An immutable state of a `SortedMap`. */
export class SortedSnapshot<V> {
  readonly size: number;
  readonly [CHUNKS]: readonly ReadonlyChunk<V>[];
  #values: readonly V[] | undefined;
  #groups: readonly (readonly V[])[] | undefined;

  constructor(chunks: readonly ReadonlyChunk<V>[], size: number) {
    this[CHUNKS] = chunks;
    this.size = size;
  }

  /** All values in key order; the same array at every call. */
  values(): readonly V[] {
    this.#values ??= concat(this[CHUNKS].map((chunk) => chunk.values));
    return this.#values;
  }

  /** All values in key order, in groups that are the same arrays in every snapshot in which they are equal. */
  groups(): readonly (readonly V[])[] {
    this.#groups ??= this[CHUNKS].map((chunk) => chunk.values);
    return this.#groups;
  }

  /** The values whose keys start with `prefix`. */
  valuesUnder(prefix: string): readonly V[] {
    const parts = this.groupsUnder(prefix);
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : concat(parts);
  }

  /** The same in groups; those in the middle are the same arrays in every snapshot in which they are equal. */
  groupsUnder(prefix: string): readonly (readonly V[])[] {
    const parts: (readonly V[])[] = [];
    for (let index = chunkIndex(this[CHUNKS], prefix); index < this[CHUNKS].length; index += 1) {
      const chunk = this[CHUNKS][index];
      if (chunk === undefined) break;
      const from = lowerBound(chunk.keys, prefix);
      let to = from;
      while (chunk.keys[to]?.startsWith(prefix) === true) to += 1;
      if (to > from) parts.push(from === 0 && to === chunk.keys.length ? chunk.values : chunk.values.slice(from, to));
      if (to < chunk.keys.length) break;
    }
    return parts;
  }
}

/** Identity of one map between two of its snapshots. */
type Owner = Readonly<Record<string, never>>;

interface Chunk<V> {
  readonly owner: Owner;
  readonly keys: string[];
  readonly values: V[];
}

interface ReadonlyChunk<V> {
  readonly owner: Owner;
  readonly keys: readonly string[];
  readonly values: readonly V[];
}

const MAX_CHUNK = 256;
const MIN_CHUNK = 32;

/** The chunk that holds `key` or would take it: the last that starts at or before it. */
function chunkIndex(chunks: readonly ReadonlyChunk<unknown>[], key: string): number {
  let low = 0;
  let high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const first = chunks[middle]?.keys[0];
    if (first !== undefined && first <= key) low = middle;
    else high = middle - 1;
  }
  return low;
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = keys[middle];
    if (at !== undefined && at < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function concat<V>(parts: readonly (readonly V[])[]): readonly V[] {
  return parts.length === 0 ? [] : ([] as V[]).concat(...parts);
}
