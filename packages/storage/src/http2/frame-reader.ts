import { DEFAULT_MAX_FRAME_SIZE, ErrorCode, FRAME_HEADER_BYTES, ProtocolError } from './protocol';

/** `payload` may be a part of the chunk that it came in. */
export type OnFrame = (type: number, flags: number, streamId: number, payload: Buffer) => void;

/** Cuts what a connection delivers, in chunks of any size, into frames. */
export class FrameReader {
  readonly #onFrame: OnFrame;
  /** The frame that has begun in an earlier chunk: its header first, all of it once the header tells its size. */
  #partial: Buffer | undefined;
  #have = 0;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  /** @throws ProtocolError */
  push(chunk: Buffer): void {
    let at = this.#partial === undefined ? 0 : this.#complete(chunk, this.#partial);
    while (chunk.length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + payloadLength(chunk, at);
      if (end > chunk.length) break;
      this.#emit(chunk, at, end);
      at = end;
    }
    if (at < chunk.length) this.#keep(chunk, at);
  }

  #keep(chunk: Buffer, at: number): void {
    const left = chunk.length - at;
    const size = FRAME_HEADER_BYTES + (left < FRAME_HEADER_BYTES ? 0 : payloadLength(chunk, at));
    this.#partial = Buffer.allocUnsafe(size);
    this.#have = chunk.copy(this.#partial, 0, at);
  }

  /** @returns how much of the chunk belongs to the partial frame */
  #complete(chunk: Buffer, partial: Buffer): number {
    let used = chunk.copy(partial, this.#have);
    this.#have += used;
    if (this.#have < partial.length) return used;
    const size = FRAME_HEADER_BYTES + payloadLength(partial, 0);
    let frame = partial;
    if (size > partial.length) {
      frame = Buffer.allocUnsafe(size);
      partial.copy(frame);
      this.#partial = frame;
      const more = chunk.copy(frame, this.#have, used);
      used += more;
      this.#have += more;
      if (this.#have < size) return used;
    }
    this.#partial = undefined;
    this.#emit(frame, 0, size);
    return used;
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
