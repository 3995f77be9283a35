/** A whole number from 0 up to, not including, `limit`. */
export type RandomInteger = (limit: number) => number;

/** Random attempts before looking through all in order. */
const ATTEMPTS = 16;

/**
 * A free number of `first` to `last`, at random so that a number just given back is not taken again at once.
 * `undefined` when all are taken.
 */
export function pickFree(
  first: number,
  last: number,
  isTaken: (value: number) => boolean,
  random: RandomInteger,
): number | undefined {
  const count = last - first + 1;
  if (count <= 0) return undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const value = first + random(count);
    if (!isTaken(value)) return value;
  }
  const start = random(count);
  for (let step = 0; step < count; step++) {
    const value = first + ((start + step) % count);
    if (!isTaken(value)) return value;
  }
  return undefined;
}
