/**
 * Decoded 64-bit integers are objects of the `long` package, whatever the generated types say. Revisions and counts fit
 * a number; ids of leases do not, and are kept as decimal text.
 */

/** No lease, as text. */
export const NO_LEASE = '0';

export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return value === undefined || value === null ? 0 : Number(String(value));
}

export function toId(value: unknown): string {
  return value === undefined || value === null ? NO_LEASE : String(value);
}

/** Generated encoders take decimal text for 64-bit integers, but are declared to take numbers. */
export function fromId(id: string): number {
  return id as unknown as number;
}
