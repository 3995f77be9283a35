import { DEFAULT_MAX_FRAME_SIZE, ErrorCode, FRAME_HEADER_BYTES, ProtocolError } from './protocol';

/** `payload` is valid during the call only. */
export type OnFrame = (type: number, flags: number, streamId: number, payload: Buffer) => void;

/** Cuts what a connection delivers, in chunks of any size, into frames. */
export class FrameReader {
  readonly #onFrame: OnFrame;
  /** Room for a frame that has begun in an earlier chunk. */
  readonly #partial = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + DEFAULT_MAX_FRAME_SIZE);
  /** Bytes of it so far. */
  #have = 0;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  /** @throws ProtocolError */
  push(chunk: Buffer): void {
    let at = this.#have === 0 ? 0 : this.#complete(chunk);
    while (chunk.length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + payloadLength(chunk, at);
      if (end > chunk.length) break;
      this.#emit(chunk, at, end);
      at = end;
    }
    if (at < chunk.length) this.#have += chunk.copy(this.#partial, this.#have, at);
  }

  /** @returns how much of the chunk belongs to the partial frame */
  #complete(chunk: Buffer): number {
    const used = this.#fill(FRAME_HEADER_BYTES, chunk, 0);
    if (this.#have < FRAME_HEADER_BYTES) return used;
    const size = FRAME_HEADER_BYTES + payloadLength(this.#partial, 0);
    const usedInAll = this.#fill(size, chunk, used);
    if (this.#have < size) return usedInAll;
    this.#have = 0;
    this.#emit(this.#partial, 0, size);
    return usedInAll;
  }

  /** Takes what the partial frame lacks to have `size` bytes. @returns the position behind that */
  #fill(size: number, chunk: Buffer, at: number): number {
    const bytes = Math.min(size - this.#have, chunk.length - at);
    if (bytes <= 0) return at;
    this.#have += chunk.copy(this.#partial, this.#have, at, at + bytes);
    return at + bytes;
  }

  #emit(bytes: Buffer, at: number, end: number): void {
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    this.#onFrame(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, streamId, bytes.subarray(at + FRAME_HEADER_BYTES, end));
  }
}

function payloadLength(bytes: Buffer, at: number): number {
  const length = bytes.readUIntBE(at, 3);
  if (length > DEFAULT_MAX_FRAME_SIZE) {
    throw new ProtocolError(`a frame of ${length} bytes`, ErrorCode.frameSizeError);
  }
  return length;
}
