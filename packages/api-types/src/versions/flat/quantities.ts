import { parseQuantity, Quantity } from '../../machinery/quantity';
import type { IntOrString, ResourceList } from '../shared/internal';
import { mapValues } from '../shared/members';
import { legacyQuantity } from '../shared/quantity';
import { LegacyDecodeError } from '../shape/errors';

const NANOS_PER_MILLI = 1_000_000n;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The flat versions write cpu as text of cores (`"1.5"`) and all else as a whole number; both read either, without
 * suffixes. Fractions beyond a thousandth of a core, and of all else, are cut off.
 */
export function resourcesToInternal(list: Readonly<Record<string, IntOrString>> | null): ResourceList | undefined {
  return mapValues(list, (value, resource) => {
    const number = String(value);
    if (!DECIMAL.test(number) || !Number.isFinite(Number(number))) {
      const parsing = `value '${number}' of '${resource}': strconv.ParseFloat: parsing "${number}": invalid syntax.`;
      throw new LegacyDecodeError(`Conversion error: ${parsing} (in: ${JSON.stringify(list)} out: map[])`);
    }
    const { nanos } = parseQuantity(number);
    return resource === 'cpu'
      ? Quantity.fromMillis(nanos / NANOS_PER_MILLI).toString()
      : Quantity.fromInteger(nanos / (1000n * NANOS_PER_MILLI), 'BinarySI').toString();
  });
}

export function resourcesFromInternal(list: ResourceList | undefined): Record<string, IntOrString> | undefined {
  return mapValues(list, (value, resource) => (resource === 'cpu' ? String(milliOf(value) / 1000) : wholeOf(value)));
}

/** The text of so many thousandths of a core. */
export function milliCores(milli: number): string {
  return Quantity.fromMillis(milli).toString();
}

/** The text of so many bytes. */
export function bytes(value: number): string {
  return Quantity.fromInteger(value, 'BinarySI').toString();
}

/** Thousandths of a quantity's text; 0 for none. */
export function milliOf(text: string | undefined): number {
  return text === undefined ? 0 : Number(legacyQuantity(text)?.milliValue ?? 0);
}

/** The whole amount of a quantity's text, rounded up; 0 for none. */
export function wholeOf(text: string | undefined): number {
  return text === undefined ? 0 : Number(legacyQuantity(text)?.value ?? 0);
}
