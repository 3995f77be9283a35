import { parseQuantity, Quantity, QuantityFormatError } from '../../machinery/quantity';

/** Release 0.14 kept no more than three decimals; further ones round up. `undefined` when it is no quantity. */
export function legacyQuantity(text: string): Quantity | undefined {
  try {
    const parsed = parseQuantity(text);
    return Quantity.fromMillis(parsed.milliValue, parsed.format);
  } catch (error) {
    if (error instanceof QuantityFormatError) return undefined;
    throw error;
  }
}
