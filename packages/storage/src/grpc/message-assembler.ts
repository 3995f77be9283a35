/** Compressed flag and length. */
export const PREFIX_BYTES = 5;
/** No answer is that long; a length above it is a sign of another protocol. */
const MAX_MESSAGE_BYTES = 1024 * 1024 * 1024;
/** Larger messages are rare. */
const MOST_ROOM = 2 * 1024 * 1024;

/** Whether a message is the receiver's to keep, or valid during the call only. */
export type MessageOwner = 'receiver' | 'assembler';

/** Puts gRPC messages together from what a stream delivers, in parts of any size. */
export class MessageAssembler {
  readonly #onMessage: (message: Buffer) => void;
  readonly #owner: MessageOwner;
  /** Room for messages that stay here. */
  #room = Buffer.alloc(0);
  readonly #prefix = Buffer.allocUnsafe(PREFIX_BYTES);
  #prefixHave = 0;
  /** The message that has begun; `undefined` while its prefix is not whole. */
  #message: Buffer | undefined;
  #have = 0;

  constructor(owner: MessageOwner, onMessage: (message: Buffer) => void) {
    this.#owner = owner;
    this.#onMessage = onMessage;
  }

  /** Whether everything so far is part of a whole message. */
  get isAtBoundary(): boolean {
    return this.#message === undefined && this.#prefixHave === 0;
  }

  /** `bytes` are not kept. @throws Error when these are not uncompressed gRPC messages */
  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#message !== undefined) at += this.#fill(this.#message, bytes, at);
      else if (this.#prefixHave === 0 && bytes.length - at >= PREFIX_BYTES) {
        at = this.#begin(lengthOf(bytes, at), bytes, at + PREFIX_BYTES);
      } else {
        const copied = bytes.copy(this.#prefix, this.#prefixHave, at);
        this.#prefixHave += copied;
        at += copied;
        if (this.#prefixHave < PREFIX_BYTES) return;
        this.#prefixHave = 0;
        at = this.#begin(lengthOf(this.#prefix, 0), bytes, at);
      }
    }
  }

  /** @returns the position after what is used of `bytes` */
  #begin(length: number, bytes: Buffer, at: number): number {
    if (at + length <= bytes.length) {
      const message = bytes.subarray(at, at + length);
      this.#onMessage(this.#owner === 'receiver' ? Buffer.from(message) : message);
      return at + length;
    }
    const message = this.#roomFor(length);
    this.#message = message;
    this.#have = 0;
    return at + this.#fill(message, bytes, at);
  }

  #roomFor(length: number): Buffer {
    if (this.#owner === 'receiver' || length > MOST_ROOM) return Buffer.allocUnsafeSlow(length);
    if (this.#room.length < length) this.#room = Buffer.allocUnsafeSlow(Math.min(MOST_ROOM, length * 2));
    return this.#room.subarray(0, length);
  }

  #fill(message: Buffer, bytes: Buffer, at: number): number {
    const copied = bytes.copy(message, this.#have, at);
    this.#have += copied;
    if (this.#have === message.length) {
      this.#message = undefined;
      this.#onMessage(message);
    }
    return copied;
  }
}

function lengthOf(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0) throw new Error('gRPC: a compressed message, which was not asked for');
  const length = bytes.readUInt32BE(at + 1);
  if (length > MAX_MESSAGE_BYTES) throw new Error(`gRPC: a message of ${length} bytes`);
  return length;
}
