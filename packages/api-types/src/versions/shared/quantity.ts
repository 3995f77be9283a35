/** How a quantity was written, which decides how it is written again. */
export type QuantityStyle = 'decimal' | 'binary' | 'exponent';

/** An amount of a resource in thousandths: the old servers kept no more than three decimals. */
export interface Quantity {
  readonly milli: bigint;
  readonly style: QuantityStyle;
}

const PATTERN = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const DECIMAL_POWERS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL_SUFFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const MAX_MILLI = (2n ** 63n - 1n) * 1000n;

/** Reads `1500m`, `1.5Gi`, `2e3`, ...; more than three decimals round up (away from zero). `undefined` when malformed. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, number = '', suffix = ''] = match;
  const digits = NUMBER.exec(number);
  if (digits === null || (digits[2] ?? '') + (digits[3] ?? '') === '') return undefined;
  const scale = suffixScale(suffix);
  if (scale === undefined) return undefined;
  const fraction = digits[3] ?? '';
  const mantissa = BigInt((digits[2] ?? '') + fraction);
  const milli = toMilli(mantissa * scale.factor, scale.power + 3 - fraction.length);
  const bounded = milli > MAX_MILLI ? MAX_MILLI : milli;
  return { milli: digits[1] === '-' ? -bounded : bounded, style: scale.style };
}

/** The canonical text: no fractions, the largest suffix of the style that leaves an integer. */
export function formatQuantity({ milli, style }: Quantity): string {
  if (milli % 1000n !== 0n) return style === 'exponent' ? formatExponent(milli, -3) : `${milli}m`;
  const value = milli / 1000n;
  if (style === 'exponent') return formatExponent(value, 0);
  const binary = style === 'binary' && (value >= 1024n || value <= -1024n);
  const suffixes = binary ? BINARY_SUFFIXES : DECIMAL_SUFFIXES;
  const base = binary ? 1024n : 1000n;
  let rest = value;
  let step = 0;
  while (rest !== 0n && rest % base === 0n && step < suffixes.length - 1) {
    rest /= base;
    step += 1;
  }
  return `${rest}${suffixes[step] ?? ''}`;
}

/** The whole amount; a fraction is rounded up, away from zero. */
export function wholeValue({ milli }: Quantity): bigint {
  return divideUp(milli, 1000n);
}

function suffixScale(suffix: string): { factor: bigint; power: number; style: QuantityStyle } | undefined {
  const power = DECIMAL_POWERS[suffix];
  if (power !== undefined) return { factor: 1n, power, style: 'decimal' };
  const binary = BINARY_SUFFIXES.indexOf(suffix);
  if (binary > 0) return { factor: 1024n ** BigInt(binary), power: 0, style: 'binary' };
  const exponent = /^[eE]([-+]?\d{1,3})$/.exec(suffix);
  if (exponent !== null) return { factor: 1n, power: Number(exponent[1]), style: 'exponent' };
  return undefined;
}

function toMilli(mantissa: bigint, power: number): bigint {
  return power >= 0 ? mantissa * 10n ** BigInt(Math.min(power, 40)) : divideUp(mantissa, 10n ** BigInt(-power));
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  if (dividend % divisor === 0n) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}

/** Exponents are multiples of three, as the decimal suffixes are. */
function formatExponent(amount: bigint, exponent: number): string {
  let rest = amount;
  let power = exponent;
  while (rest !== 0n && rest % 1000n === 0n) {
    rest /= 1000n;
    power += 3;
  }
  return power === 0 ? `${rest}` : `${rest}e${power}`;
}
