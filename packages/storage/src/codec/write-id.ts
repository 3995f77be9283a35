import { randomBytes } from 'node:crypto';

/** Base-4 digits of a slot: up to 255. */
const SLOT_DIGITS = 4;

/**
 * Every value written to etcd ends in an id of its write, so that a writer that got no answer knows its own value from
 * an equal one of somebody else. The id is white space after the JSON (two bits a character): values stay plain JSON.
 */
export class WriteIds {
  readonly #process: string;
  #count = 0;

  constructor(random: Uint8Array = randomBytes(PROCESS_BYTES)) {
    this.#process = Array.from(random, (byte) => digits(byte, 4)).join('');
  }

  next(): string {
    this.#count = (this.#count + 1) >>> 0;
    return this.#process + digits(this.#count, 16);
  }
}

/** Room for a slot (see `revision.ts`) behind the id; it is written when the place in the transaction is known. */
export const NO_SLOT = ' '.repeat(SLOT_DIGITS);

/** Writes the slot of a value of ours, in place. */
export function writeSlot(value: Buffer, slot: number): void {
  value.write(digits(slot, SLOT_DIGITS), value.length - SLOT_DIGITS, 'latin1');
}

/** `undefined` for values that were not written here. */
export function readSlot(value: Buffer): number | undefined {
  const start = value.length - SUFFIX_LENGTH;
  if (start < 0) return undefined;
  for (let at = start; at < value.length; at += 1) if (!isWhiteSpace(value[at])) return undefined;
  let slot = 0;
  for (let at = value.length - 1; at >= value.length - SLOT_DIGITS; at -= 1) {
    slot = slot * 4 + ALPHABET.indexOf(String.fromCharCode(value[at] ?? 0));
  }
  return slot;
}

/** Whether two values are of one write, whichever slot they were given. */
export function isSameWrite(value: Buffer, other: Buffer): boolean {
  const length = value.length - SLOT_DIGITS;
  return value.length === other.length && value.compare(other, 0, length, 0, length) === 0;
}

/** The JSON of a stored value. */
export function withoutWriteId(value: Buffer): Buffer {
  let end = value.length;
  while (end > 0 && isWhiteSpace(value[end - 1])) end -= 1;
  return end === value.length ? value : value.subarray(0, end);
}

/** Random part of the id, which tells processes apart. */
const PROCESS_BYTES = 4;
const ID_LENGTH = 32;
const SUFFIX_LENGTH = ID_LENGTH + SLOT_DIGITS;
const ALPHABET = ' \n\t\r';

/** The lowest `count` base-4 digits. */
function digits(value: number, count: number): string {
  let text = '';
  for (let shift = 0; shift < 2 * count; shift += 2) text += ALPHABET.charAt((value >>> shift) & 3);
  return text;
}

function isWhiteSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x09 || byte === 0x0d;
}
