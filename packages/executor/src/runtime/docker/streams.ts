import { Transform, type TransformCallback } from 'node:stream';

const HEADER_BYTES = 8;

/**
 * Takes Docker's stream headers away: frames of `[stream, 0, 0, 0, length (4 bytes, big endian)]` and that much data.
 * What both streams wrote stays in the order in which Docker sent it. Stops after `limitBytes`.
 */
export class FrameStripper extends Transform {
  #rest = Buffer.alloc(0);
  #left = 0;
  #allowance: number;

  constructor(limitBytes = Number.POSITIVE_INFINITY) {
    super();
    this.#allowance = limitBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (data.length > 0) {
      if (this.#left === 0) {
        if (data.length < HEADER_BYTES) break;
        this.#left = data.readUInt32BE(4);
        data = data.subarray(HEADER_BYTES);
        continue;
      }
      const payload = data.subarray(0, this.#left);
      this.#left -= payload.length;
      data = data.subarray(payload.length);
      this.#give(payload);
    }
    this.#rest = Buffer.from(data);
    done();
  }

  #give(payload: Buffer): void {
    if (this.#allowance <= 0) return;
    this.push(payload.subarray(0, this.#allowance));
    this.#allowance -= payload.length;
    if (this.#allowance <= 0) this.push(null);
  }
}

/** Passes at most `limitBytes` on. */
export class Limiter extends Transform {
  #allowance: number;

  constructor(limitBytes: number) {
    super();
    this.#allowance = limitBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#allowance > 0) {
      this.push(chunk.subarray(0, this.#allowance));
      this.#allowance -= chunk.length;
      if (this.#allowance <= 0) this.push(null);
    }
    done();
  }
}
