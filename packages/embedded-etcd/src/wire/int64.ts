/**
 * Decoded 64-bit integers are objects of the `long` package, whatever the generated types say. Revisions and counts fit
 * a number; ids of leases do not, and are kept as decimal text.
 */
interface LongValue {
  toNumber(): number;
  toString(radix?: number): string;
}

/** No lease, as text. */
export const NO_LEASE = '0';

export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return isLong(value) ? value.toNumber() : 0;
}

export function toId(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return isLong(value) ? value.toString(10) : NO_LEASE;
}

/** Generated encoders take decimal text for 64-bit integers, but are declared to take numbers. */
export function fromId(id: string): number {
  return id as unknown as number;
}

function isLong(value: unknown): value is LongValue {
  return typeof value === 'object' && value !== null && 'toNumber' in value && typeof value.toNumber === 'function';
}
