/** Generated names and ids. Where the random comes from is the caller's. */

/** Letters without vowels and look-alikes, so that no words come out. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_NAME_LENGTH = 63;

/** A whole number from 0 up to, not including, `limit`. */
export type RandomInteger = (limit: number) => number;

/** `web-` -> `web-x7k2p`: five random letters after at most 58 of the base. */
export function generateName(base: string, random: RandomInteger): string {
  return base.slice(0, MAX_NAME_LENGTH - SUFFIX_LENGTH) + randomSuffix(SUFFIX_LENGTH, random);
}

export function randomSuffix(length: number, random: RandomInteger): string {
  let suffix = '';
  for (let count = 0; count < length; count += 1) suffix += LETTERS[random(LETTERS.length)] ?? '';
  return suffix;
}

/** A random (version 4) UUID from 16 random bytes; changes the bytes. */
export function uidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new RangeError(`a uid needs 16 bytes, not ${bytes.length}`);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
