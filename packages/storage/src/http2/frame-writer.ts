import { Flag, FRAME_HEADER_BYTES, FrameType } from './protocol';
import type { ScratchBuffers } from './scratch-buffers';

const FIRST_BYTES = 16 * 1024;
/** So much is copied rather than lent. */
const SMALL_BYTES = 4 * 1024;

/** Collects frames to be written to the connection together. */
export class FrameWriter {
  readonly #buffers: ScratchBuffers;
  #buffer: Buffer;
  #length = 0;

  constructor(buffers: ScratchBuffers) {
    this.#buffers = buffers;
    this.#buffer = buffers.take(FIRST_BYTES);
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** What has been collected since the last call. `done` is to be called when it has been written. */
  take(): { readonly bytes: Buffer; readonly done?: () => void } {
    const buffer = this.#buffer;
    const bytes = buffer.subarray(0, this.#length);
    this.#length = 0;
    if (bytes.length <= SMALL_BYTES) return { bytes: Buffer.from(bytes) };
    this.#buffer = this.#buffers.take(FIRST_BYTES);
    return { bytes, done: () => this.#buffers.giveBack(buffer) };
  }

  /** `block` fits a frame. */
  headers(streamId: number, block: Buffer): void {
    this.#frame(FrameType.headers, Flag.endHeaders, streamId, block, 0, block.length);
  }

  data(streamId: number, bytes: Buffer, start: number, end: number, endStream: boolean): void {
    this.#frame(FrameType.data, endStream ? Flag.endStream : 0, streamId, bytes, start, end);
  }

  rstStream(streamId: number, errorCode: number): void {
    this.#header(FrameType.rstStream, 0, streamId, 4);
    this.#uint32(errorCode);
  }

  settings(settings: readonly (readonly [id: number, value: number])[]): void {
    this.#header(FrameType.settings, 0, 0, settings.length * 6);
    for (const [id, value] of settings) {
      this.#length = this.#buffer.writeUInt16BE(id, this.#length);
      this.#uint32(value);
    }
  }

  settingsAck(): void {
    this.#header(FrameType.settings, Flag.ack, 0, 0);
  }

  /** `payload` has eight bytes. */
  ping(payload: Buffer, ack: boolean): void {
    this.#frame(FrameType.ping, ack ? Flag.ack : 0, 0, payload, 0, payload.length);
  }

  windowUpdate(streamId: number, increment: number): void {
    this.#header(FrameType.windowUpdate, 0, streamId, 4);
    this.#uint32(increment);
  }

  goaway(lastStreamId: number, errorCode: number): void {
    this.#header(FrameType.goaway, 0, 0, 8);
    this.#uint32(lastStreamId);
    this.#uint32(errorCode);
  }

  #frame(type: number, flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    this.#header(type, flags, streamId, end - start);
    this.#length += bytes.copy(this.#buffer, this.#length, start, end);
  }

  #header(type: number, flags: number, streamId: number, payloadBytes: number): void {
    this.#reserve(FRAME_HEADER_BYTES + payloadBytes);
    const buffer = this.#buffer;
    const at = this.#length;
    buffer[at] = payloadBytes >>> 16;
    buffer[at + 1] = payloadBytes >>> 8;
    buffer[at + 2] = payloadBytes;
    buffer[at + 3] = type;
    buffer[at + 4] = flags;
    this.#length = buffer.writeUInt32BE(streamId, at + 5);
  }

  #uint32(value: number): void {
    this.#length = this.#buffer.writeUInt32BE(value, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = this.#buffers.take(needed);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffers.giveBack(this.#buffer);
    this.#buffer = larger;
  }
}
