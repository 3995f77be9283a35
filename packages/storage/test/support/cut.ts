/** Cuts bytes into chunks of the given sizes. */
export function* cut(bytes: Buffer, sizes: Iterator<number>): Generator<Buffer> {
  let at = 0;
  while (at < bytes.length) {
    const next = sizes.next();
    const end = Math.min(bytes.length, at + (next.done === true ? bytes.length : next.value));
    yield bytes.subarray(at, end);
    at = end;
  }
}
