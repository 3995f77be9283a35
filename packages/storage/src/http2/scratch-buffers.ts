/** What is smaller comes from Node's own pool, cheaply. */
const LEAST_BYTES = 4 * 1024;
const FIRST_BYTES = 64 * 1024;
/** What is larger is rare, and not kept. */
const MOST_BYTES = 2 * 1024 * 1024;
const MOST_KEPT = 4;

/**
 * Lends buffers for work that is soon done. Memory outside the heap makes V8 collect the whole heap the sooner the more of
 * it is allocated, so that buffers of some 100 kB for every call would be dearer than the call.
 */
export class ScratchBuffers {
  readonly #kept: Buffer[] = [];

  /** At least so many bytes. */
  take(bytes: number): Buffer {
    if (bytes <= LEAST_BYTES) return Buffer.allocUnsafe(bytes);
    const index = this.#kept.findIndex(({ length }) => length >= bytes);
    const [found] = index < 0 ? [] : this.#kept.splice(index, 1);
    if (found !== undefined) return found;
    let size = FIRST_BYTES;
    while (size < bytes) size *= 2;
    return Buffer.allocUnsafeSlow(size);
  }

  /** Of a buffer from `take` that nobody uses any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.length <= LEAST_BYTES || buffer.length > MOST_BYTES) return;
    if (this.#kept.length === MOST_KEPT) this.#kept.shift();
    this.#kept.push(buffer);
  }
}
