import { PREFIX_BYTES } from '../../grpc/message-assembler';

const VARINT = 0;
const DELIMITED = 2;

/**
 * Writes a protocol buffers message back to front, so that the length of a part is known when its turn comes. Callers
 * write the last field first.
 */
export class ProtoWriter {
  #buffer: Buffer;
  /** What has been written begins here. */
  #at: number;

  /** Writes into `room`, or where there is more if that is too little. */
  constructor(room: Buffer) {
    this.#buffer = room;
    this.#at = room.length;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#buffer.length - this.#at;
  }

  bytes(field: number, value: Buffer): void {
    this.#take(value.length);
    value.copy(this.#buffer, this.#at);
    this.#delimit(field, value.length);
  }

  text(field: number, value: string): void {
    const { length } = value;
    this.#take(length);
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) {
        this.#at += length;
        this.bytes(field, Buffer.from(value));
        return;
      }
      this.#buffer[this.#at + index] = code;
    }
    this.#delimit(field, length);
  }

  /** An integer of 0 to 2^53. */
  integer(field: number, value: number): void {
    this.#varint(value);
    this.#varint(field * 8 + VARINT);
  }

  flag(field: number): void {
    this.integer(field, 1);
  }

  /** A positive int64 as decimal text. */
  decimal(field: number, value: string): void {
    const octets: number[] = [];
    let rest = BigInt(value);
    for (; rest > 0x7fn; rest >>= 7n) octets.push(Number(rest & 0x7fn) | 0x80);
    octets.push(Number(rest));
    this.#take(octets.length);
    this.#buffer.set(octets, this.#at);
    this.#varint(field * 8 + VARINT);
  }

  /** Makes what has been written since `length` was `since` an embedded message. */
  embed(field: number, since: number): void {
    this.#delimit(field, this.length - since);
  }

  /** The message with its gRPC prefix; a part of the room. */
  finish(): Buffer {
    const { length } = this;
    this.#take(PREFIX_BYTES);
    this.#buffer[this.#at] = 0;
    this.#buffer.writeUInt32BE(length, this.#at + 1);
    return this.#buffer.subarray(this.#at);
  }

  #delimit(field: number, length: number): void {
    this.#varint(length);
    this.#varint(field * 8 + DELIMITED);
  }

  #varint(value: number): void {
    if (value < 0x80) {
      this.#take(1);
      this.#buffer[this.#at] = value;
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
    this.#take(size);
    let rest = value;
    let at = this.#at;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
      this.#buffer[at] = (rest % 0x80) | 0x80;
      at += 1;
    }
    this.#buffer[at] = rest;
  }

  #take(bytes: number): void {
    if (bytes > this.#at) {
      const { length } = this;
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, length + bytes));
      const at = larger.length - length;
      this.#buffer.copy(larger, at, this.#at);
      this.#buffer = larger;
      this.#at = at;
    }
    this.#at -= bytes;
  }
}
