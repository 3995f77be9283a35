/**
 * Mesos compares and adds scalar resources after rounding to three decimals. Inside, every scalar is a whole number of
 * thousandths, so that 0.1 + 0.2 is 0.3 here as it is there.
 */

/** Thousandths of a scalar resource: milli-CPUs, thousandths of a MB. Always a whole number. */
export type Milli = number;

export function toMilli(value: number): Milli {
  return Math.round(value * 1000);
}

export function fromMilli(milli: Milli): number {
  return milli / 1000;
}
