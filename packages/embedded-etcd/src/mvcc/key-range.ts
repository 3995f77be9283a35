import { toText, type KeyText } from '../wire/bytes';

/** From `from` (inclusive) to `to` (exclusive); `undefined`: to the end of all keys. */
export interface KeyRange {
  readonly from: KeyText;
  readonly to: KeyText | undefined;
  /** Just the key `from`. */
  readonly single: boolean;
}

/** etcd's reading of `key` and `range_end`: no end is the one key, a zero byte is the end of all keys. */
export function keyRange(key: Uint8Array | null | undefined, rangeEnd: Uint8Array | null | undefined): KeyRange {
  const from = toText(key);
  const end = toText(rangeEnd);
  if (end === '') return { from, to: `${from}\0`, single: true };
  return { from, to: end === '\0' ? undefined : end, single: false };
}

export function contains(range: KeyRange, key: KeyText): boolean {
  return range.single ? key === range.from : key >= range.from && (range.to === undefined || key < range.to);
}
