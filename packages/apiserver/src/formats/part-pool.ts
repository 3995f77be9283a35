/** Parts of a long list: large enough that a write costs little, small enough that the loop is not held up. */
export const PART_BYTES = 256 * 1024;
/** A client that keeps up has one or two under way; what many slow ones hold beyond is left to the garbage collector. */
const MAX_IDLE = 16;

const idle: Buffer[] = [];

/**
 * A buffer of at least `bytes`. Lists would otherwise allocate all they send, and V8 answers memory outside its heap with
 * collections of the whole heap.
 */
export function takePart(bytes: number): Buffer {
  if (bytes > PART_BYTES) return Buffer.allocUnsafeSlow(bytes);
  return idle.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES);
}

/** Gives a buffer (or the used begin of it) back; call only when it has been sent and nobody looks at it any more. */
export function releasePart(part: Buffer): void {
  const { buffer } = part;
  if (buffer.byteLength === PART_BYTES && idle.length < MAX_IDLE) idle.push(Buffer.from(buffer));
}
