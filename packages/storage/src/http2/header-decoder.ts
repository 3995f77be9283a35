import { HuffmanDecoder } from './huffman';
import { ErrorCode, ProtocolError } from './protocol';
import { STATIC_TABLE } from './static-table';

type Field = readonly [name: string, value: string];

/** SETTINGS_HEADER_TABLE_SIZE, which we leave at its default. */
const MAX_TABLE_BYTES = 4_096;
/** What a field counts for beside its texts. */
const FIELD_OVERHEAD = 32;
const MAX_INTEGER = 2 ** 31;

/** Decodes the header blocks of one connection, in their order (HPACK, RFC 7541). */
export class HeaderDecoder {
  readonly #huffman = new HuffmanDecoder();
  /** The newest field last. */
  readonly #dynamic: Field[] = [];
  #dynamicBytes = 0;
  #limit = MAX_TABLE_BYTES;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Of fields of one name the last stays. @throws ProtocolError */
  decode(block: Buffer): Map<string, string> {
    const fields = new Map<string, string>();
    this.#block = block;
    this.#at = 0;
    while (this.#at < block.length) {
      const octet = block[this.#at] ?? 0;
      if ((octet & 0xe0) === 0x20) {
        if (fields.size > 0) throw malformed('the table size changes after a field');
        this.#resize(this.#integer(5));
        continue;
      }
      const [name, value] = this.#field(octet);
      fields.set(name, value);
    }
    return fields;
  }

  #field(octet: number): Field {
    if ((octet & 0x80) !== 0) return this.#indexed(this.#integer(7));
    if ((octet & 0x40) === 0) return this.#literal(4);
    const field = this.#literal(6);
    this.#add(field);
    return field;
  }

  #literal(indexBits: number): Field {
    const index = this.#integer(indexBits);
    const name = index === 0 ? this.#text() : this.#indexed(index)[0];
    return [name, this.#text()];
  }

  #indexed(index: number): Field {
    const field =
      index <= STATIC_TABLE.length
        ? STATIC_TABLE[index - 1]
        : this.#dynamic[this.#dynamic.length - (index - STATIC_TABLE.length)];
    if (field === undefined) throw malformed(`no field ${index}`);
    return field;
  }

  #add(field: Field): void {
    this.#dynamic.push(field);
    this.#dynamicBytes += sizeOf(field);
    this.#evict();
  }

  #resize(limit: number): void {
    if (limit > MAX_TABLE_BYTES) throw malformed(`a table of ${limit} bytes`);
    this.#limit = limit;
    this.#evict();
  }

  #evict(): void {
    while (this.#dynamicBytes > this.#limit) {
      const oldest = this.#dynamic.shift();
      if (oldest === undefined) return;
      this.#dynamicBytes -= sizeOf(oldest);
    }
  }

  /** An integer whose first octet has `bits` of it. */
  #integer(bits: number): number {
    const mask = 2 ** bits - 1;
    let value = this.#octet() & mask;
    if (value < mask) return value;
    for (let factor = 1; ; factor *= 128) {
      const octet = this.#octet();
      value += (octet & 0x7f) * factor;
      if (value > MAX_INTEGER || factor > MAX_INTEGER) throw malformed('an integer is too large');
      if (octet < 0x80) return value;
    }
  }

  #text(): string {
    const isHuffman = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#block.length) throw malformed('it ends within a text');
    return isHuffman
      ? this.#huffman.decode(this.#block.subarray(start, this.#at))
      : this.#block.toString('latin1', start, this.#at);
  }

  #octet(): number {
    const octet = this.#block[this.#at];
    if (octet === undefined) throw malformed('it ends within a field');
    this.#at += 1;
    return octet;
  }
}

function sizeOf([name, value]: Field): number {
  return name.length + value.length + FIELD_OVERHEAD;
}

function malformed(what: string): ProtocolError {
  return new ProtocolError(`malformed header block: ${what}`, ErrorCode.compressionError);
}
