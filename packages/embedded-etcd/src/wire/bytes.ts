/**
 * Keys inside are text with one character per byte: comparable, usable in maps, in etcd's order of keys.
 */
export type KeyText = string;

export function toText(bytes: Uint8Array | null | undefined): KeyText {
  return bytes === null || bytes === undefined ? '' : toBuffer(bytes).toString('latin1');
}

export function fromText(text: KeyText): Buffer {
  return Buffer.from(text, 'latin1');
}

/** The same memory as a Buffer. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
