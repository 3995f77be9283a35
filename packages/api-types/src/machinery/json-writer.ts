import { encodeString } from './go-json';

const FIRST_BYTES = 16 * 1024;
/** A larger buffer is not kept for the next object. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** Longer strings are looked at and copied by native code. */
const MAX_LOOPED_CHARS = 128;

const QUOTE = 0x22;
const DELETE = 0x7f;
/** Characters below it that stand for themselves in a string, as Go writes it. */
const IS_PLAIN = Uint8Array.from({ length: DELETE }, (_, code) =>
  code >= 0x20 && !'"\\<>&'.includes(String.fromCharCode(code)) ? 1 : 0,
);

/**
 * Collects JSON text as bytes. Texts put together of hundreds of pieces would each leave twice their size of garbage, and
 * be looked at twice more, for escapes and for their encoding.
 */
export class JsonWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  /** Forgets what was written. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > MAX_KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  }

  /** What was written, in memory of its own. */
  copy(): Buffer {
    const copy = Buffer.allocUnsafeSlow(this.#length);
    this.#bytes.copy(copy, 0, 0, this.#length);
    return copy;
  }

  byte(code: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = code;
  }

  /** ASCII, as it is. */
  ascii(text: string): void {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index += 1) bytes[at++] = text.charCodeAt(index);
    this.#length = at;
  }

  /** A string with its quotes. */
  string(text: string): void {
    if (text.length > MAX_LOOPED_CHARS) return this.text(encodeString(text));
    this.#reserve(text.length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= DELETE || IS_PLAIN[code] === 0) return this.text(encodeString(text));
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
  }

  /** Any JSON text. */
  text(json: string): void {
    const length = Buffer.byteLength(json);
    this.#reserve(length);
    this.#length += this.#bytes.write(json, this.#length, length, 'utf8');
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
