/** Reads a protocol buffers message front to back. Every method throws a RangeError when the message ends too early. */
export class ProtoReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get position(): number {
    return this.#at;
  }

  get length(): number {
    return this.#buffer.length;
  }

  /** Number and wire type of the next field: `number * 8 + type`. */
  tag(): number {
    return this.integer();
  }

  /** An int64 of at most 53 bits and sign. */
  integer(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 9; count += 1) {
      const octet = this.#octet();
      if (octet < 0x80) return value + octet * factor;
      value += (octet & 0x7f) * factor;
      factor *= 0x80;
    }
    // Ten octets: it is negative.
    this.#at -= 9;
    return Number(BigInt.asIntN(64, this.#big()));
  }

  /** An int64 as decimal text. */
  decimal(): string {
    return BigInt.asIntN(64, this.#big()).toString();
  }

  flag(): boolean {
    return this.integer() !== 0;
  }

  /** A part of the message, not a copy. */
  bytes(): Buffer {
    const end = this.end();
    const start = this.#at;
    this.#at = end;
    return this.#buffer.subarray(start, end);
  }

  text(): string {
    const end = this.end();
    const start = this.#at;
    this.#at = end;
    return this.#buffer.toString('utf8', start, end);
  }

  /** Enters an embedded message. @returns the position behind it */
  end(): number {
    const length = this.integer();
    const end = this.#at + length;
    if (length < 0 || end > this.#buffer.length) throw truncated();
    return end;
  }

  /** Passes over the value of a field. */
  skip(tag: number): void {
    switch (tag % 8) {
      case 0:
        while (this.#octet() >= 0x80);
        return;
      case 1:
        this.#pass(8);
        return;
      case 2:
        this.#at = this.end();
        return;
      case 5:
        this.#pass(4);
        return;
      default:
        throw new RangeError(`protocol buffers: wire type ${tag % 8}`);
    }
  }

  /** @throws RangeError unless the last field ended where its message does */
  leave(end: number): void {
    if (this.#at !== end) throw truncated();
  }

  #big(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const octet = this.#octet();
      value |= BigInt(octet & 0x7f) << shift;
      if (octet < 0x80) return value;
      if (shift > 63n) throw new RangeError('protocol buffers: an integer of more than 64 bits');
    }
  }

  #octet(): number {
    const octet = this.#buffer[this.#at];
    if (octet === undefined) throw truncated();
    this.#at += 1;
    return octet;
  }

  #pass(bytes: number): void {
    this.#at += bytes;
    if (this.#at > this.#buffer.length) throw truncated();
  }
}

function truncated(): RangeError {
  return new RangeError('protocol buffers: the message is cut off');
}
