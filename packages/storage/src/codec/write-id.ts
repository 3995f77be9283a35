import { randomBytes } from 'node:crypto';

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

/** The JSON of a stored value. */
export function withoutWriteId(value: Buffer): Buffer {
  let end = value.length;
  while (end > 0 && isWhiteSpace(value[end - 1])) end -= 1;
  return end === value.length ? value : value.subarray(0, end);
}

/** Random part of the id, which tells processes apart. */
const PROCESS_BYTES = 4;
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
