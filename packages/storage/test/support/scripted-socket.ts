import { Duplex } from 'node:stream';

/** A socket whose other end is the test. */
export class ScriptedSocket extends Duplex {
  readonly #written: Buffer[] = [];

  /** What was written to it so far. */
  get written(): Buffer {
    return Buffer.concat(this.#written);
  }

  /** Delivers bytes from the other end. */
  feed(bytes: Buffer): void {
    this.push(bytes);
  }

  override _read(): void {
    // Bytes come when the test feeds them.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#written.push(chunk);
    callback();
  }
}
