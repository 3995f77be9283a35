import { errorMessage } from '@kubernetes-mesos/component-base';

/**
 * RecordIO, the framing of Mesos event streams: a record's length in ASCII decimal bytes, one LF, then exactly that many
 * bytes. Records follow each other without separator and may be split at any byte by the transport.
 */

/** The stream is not RecordIO, or it ended inside a record: close the connection and subscribe again. */
export class RecordIoError extends Error {
  override readonly name = 'RecordIoError';
}

export interface RecordDecoderOptions {
  /** Longest record accepted, bytes. Default 1 GiB: a whole cluster's state arrives as one record. */
  readonly maxRecordBytes?: number;
}

const LF = 0x0a;
const ZERO = 0x30;
const NINE = 0x39;
const DEFAULT_MAX_RECORD_BYTES = 1024 * 1024 * 1024;

export function encodeRecord(payload: Uint8Array): Buffer {
  const header = Buffer.from(`${payload.byteLength}\n`, 'latin1');
  return Buffer.concat([header, payload], header.length + payload.byteLength);
}

/**
 * Turns chunks into records. A record that lies within one chunk is returned as a view of it; only records that span
 * chunks are copied, once. Empty records are passed on.
 */
export class RecordDecoder {
  readonly #maxRecordBytes: number;
  /** Digits of the length read so far, and the value they make. */
  #digits = 0;
  #length = 0;
  /** The record being collected across chunks. */
  #partial: Buffer | undefined;
  #filled = 0;
  #broken: RecordIoError | undefined;

  constructor(options: RecordDecoderOptions = {}) {
    this.#maxRecordBytes = options.maxRecordBytes ?? DEFAULT_MAX_RECORD_BYTES;
  }

  /**
   * The records that `chunk` completes, in order.
   * @throws RecordIoError for a bad length line, at this and every later call.
   */
  push(chunk: Buffer): Buffer[] {
    if (this.#broken !== undefined) throw this.#broken;
    const records: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#partial !== undefined) {
        at = this.#fill(this.#partial, chunk, at, records);
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (byte !== LF) {
        this.#digit(byte);
        continue;
      }
      const length = this.#takeLength();
      if (chunk.length - at >= length) {
        records.push(chunk.subarray(at, at + length));
        at += length;
      } else {
        this.#partial = Buffer.allocUnsafe(length);
        this.#filled = 0;
      }
    }
    return records;
  }

  /** Call at the end of the stream. @throws RecordIoError when it ends inside a record. */
  end(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#partial !== undefined) {
      throw this.#fail(`the stream ended after ${this.#filled} of ${this.#partial.length} bytes of a record`);
    }
    if (this.#digits > 0) throw this.#fail('the stream ended inside a record length');
  }

  #fill(partial: Buffer, chunk: Buffer, at: number, records: Buffer[]): number {
    const taken = chunk.copy(partial, this.#filled, at, Math.min(chunk.length, at + partial.length - this.#filled));
    this.#filled += taken;
    if (this.#filled === partial.length) {
      records.push(partial);
      this.#partial = undefined;
    }
    return at + taken;
  }

  #digit(byte: number): void {
    if (byte < ZERO || byte > NINE) {
      throw this.#fail(`a record length holds the byte 0x${byte.toString(16).padStart(2, '0')}`);
    }
    this.#digits += 1;
    this.#length = this.#length * 10 + (byte - ZERO);
    if (this.#length > this.#maxRecordBytes) {
      throw this.#fail(`a record is longer than ${this.#maxRecordBytes} bytes`);
    }
    if (this.#digits > 20) throw this.#fail('a record length has more than 20 digits');
  }

  #takeLength(): number {
    if (this.#digits === 0) throw this.#fail('a record length is empty');
    const length = this.#length;
    this.#digits = 0;
    this.#length = 0;
    return length;
  }

  #fail(text: string): RecordIoError {
    this.#broken = new RecordIoError(`bad RecordIO: ${text}`);
    return this.#broken;
  }
}

/**
 * The records of a byte stream, batched as they became complete.
 * @throws RecordIoError for bad framing and for an end inside a record.
 */
export async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
  options: RecordDecoderOptions = {},
): AsyncGenerator<readonly Buffer[], void, undefined> {
  const decoder = new RecordDecoder(options);
  for await (const chunk of chunks) {
    const records = decoder.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk));
    if (records.length > 0) yield records;
  }
  decoder.end();
}

/** Why a stream ended, in words. */
export function streamEndReason(error: unknown): string {
  return error === undefined ? 'the stream was closed by the other side' : errorMessage(error);
}
