import type { KeyText } from '../wire/bytes';
import type { KeyHistory } from './key-history';
import type { KeyRange } from './key-range';

/** Longest chunk; an insertion moves at most so many references. */
const MAX_CHUNK = 512;

/** All keys that have a history, in order. */
export class KeyIndex {
  readonly #byKey = new Map<KeyText, KeyHistory>();
  /** Sorted, none empty. */
  readonly #chunks: KeyHistory[][] = [];

  get size(): number {
    return this.#byKey.size;
  }

  get(key: KeyText): KeyHistory | undefined {
    return this.#byKey.get(key);
  }

  add(history: KeyHistory): void {
    this.#byKey.set(history.key, history);
    const index = this.#chunkOf(history.key);
    const chunk = this.#chunks[index];
    if (chunk === undefined) {
      this.#chunks.push([history]);
      return;
    }
    chunk.splice(lowerBound(chunk, history.key), 0, history);
    if (chunk.length > MAX_CHUNK) this.#chunks.splice(index + 1, 0, chunk.splice(MAX_CHUNK / 2));
  }

  remove(key: KeyText): void {
    if (!this.#byKey.delete(key)) return;
    const index = this.#chunkOf(key);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return;
    chunk.splice(lowerBound(chunk, key), 1);
    if (chunk.length === 0) this.#chunks.splice(index, 1);
  }

  /** In key order. The index must not change while this is read. */
  *range({ from, to, single }: KeyRange): Generator<KeyHistory, void> {
    if (single) {
      const history = this.#byKey.get(from);
      if (history !== undefined) yield history;
      return;
    }
    for (let index = this.#chunkOf(from); index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index] ?? [];
      for (let at = lowerBound(chunk, from); at < chunk.length; at += 1) {
        const history = chunk[at];
        if (history === undefined || (to !== undefined && history.key >= to)) return;
        yield history;
      }
    }
  }

  /** Every history, in key order. */
  all(): Generator<KeyHistory, void> {
    return this.range({ from: '', to: undefined, single: false });
  }

  /** The last chunk that starts at or before `key`. */
  #chunkOf(key: KeyText): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const first = this.#chunks[middle]?.[0];
      if (first !== undefined && first.key <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lowerBound(chunk: readonly KeyHistory[], key: KeyText): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = chunk[middle];
    if (at !== undefined && at.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
