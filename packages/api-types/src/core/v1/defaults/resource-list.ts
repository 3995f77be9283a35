import type { ResourceRequirements } from '../../../generated/core-v1.types';
import { parseQuantity, Quantity } from '../../../machinery/quantity';

/** Quantities finer than thousandths; the only ones that rounding changes. */
const FINER_THAN_MILLI = /[nu]$|e-/;

/** Rounds amounts up to thousandths, as every list of resources is. */
export function roundResourceList(list: Record<string, string> | undefined): void {
  if (list === undefined) return;
  for (const [name, amount] of Object.entries(list)) {
    if (!FINER_THAN_MILLI.test(amount)) continue;
    const quantity = parseQuantity(amount);
    list[name] = Quantity.fromMillis(quantity.milliValue, quantity.format).toString();
  }
}

export function roundRequirements(resources: ResourceRequirements | undefined): void {
  roundResourceList(resources?.limits);
  roundResourceList(resources?.requests);
}
