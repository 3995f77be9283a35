/**
 * Amounts of resources: `500m`, `64Mi`, `2e3`. Exact, in billionths of a unit; smaller parts are rounded up, values beyond
 * 2^63-1 are held at that, as `resource.Quantity` of apimachinery does.
 */
export class Quantity {
  private constructor(
    readonly nanos: bigint,
    readonly format: QuantityFormat,
  ) {}

  static fromNanos(nanos: bigint, format: QuantityFormat): Quantity {
    const capped = nanos > MAX_NANOS ? MAX_NANOS : nanos < -MAX_NANOS ? -MAX_NANOS : nanos;
    return new Quantity(capped, format);
  }

  /** A whole number of units. */
  static fromInteger(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
    return Quantity.fromNanos(BigInt(value) * NANOS, format);
  }

  /** A whole number of thousandths. */
  static fromMillis(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
    return Quantity.fromNanos(BigInt(value) * NANOS_PER_MILLI, format);
  }

  get isZero(): boolean {
    return this.nanos === 0n;
  }

  /** -1, 0 or 1 */
  get sign(): -1 | 0 | 1 {
    return this.nanos === 0n ? 0 : this.nanos < 0n ? -1 : 1;
  }

  /** Whether it is a whole number of units. */
  get isInteger(): boolean {
    return this.nanos % NANOS === 0n;
  }

  /** Whole units, rounded up (away from zero). */
  get value(): bigint {
    return divideUp(this.nanos, NANOS);
  }

  /** Thousandths, rounded up (away from zero). */
  get milliValue(): bigint {
    return divideUp(this.nanos, NANOS_PER_MILLI);
  }

  /** Nearest double; loses digits beyond 2^53. */
  toNumber(): number {
    return Number(this.nanos / NANOS) + Number(this.nanos % NANOS) / 1e9;
  }

  compare(other: Quantity): -1 | 0 | 1 {
    return this.nanos === other.nanos ? 0 : this.nanos < other.nanos ? -1 : 1;
  }

  equals(other: Quantity): boolean {
    return this.nanos === other.nanos;
  }

  /** Zero takes the format of what is added to it. */
  add(other: Quantity): Quantity {
    return Quantity.fromNanos(this.nanos + other.nanos, this.isZero ? other.format : this.format);
  }

  subtract(other: Quantity): Quantity {
    return Quantity.fromNanos(this.nanos - other.nanos, this.isZero ? other.format : this.format);
  }

  /** The canonical text: no fraction, the greatest suffix that leaves the number whole. */
  toString(): string {
    if (this.nanos === 0n) return '0';
    const isSmall = this.nanos > -KIBI_NANOS && this.nanos < KIBI_NANOS;
    if (this.format === 'BinarySI' && !isSmall && this.isInteger) return this.#binary();
    return this.#decimal(this.format === 'DecimalExponent');
  }

  toJSON(): string {
    return this.toString();
  }

  #binary(): string {
    let mantissa = this.nanos / NANOS;
    let step = 0;
    while (mantissa % 1024n === 0n && step < BINARY_SUFFIXES.length - 1) {
      mantissa /= 1024n;
      step += 1;
    }
    return `${mantissa}${BINARY_SUFFIXES[step] ?? ''}`;
  }

  #decimal(asExponent: boolean): string {
    let mantissa = this.nanos;
    let step = 0;
    while (mantissa % 1000n === 0n && step < DECIMAL_SUFFIXES.length - 1) {
      mantissa /= 1000n;
      step += 1;
    }
    const exponent = step * 3 - 9;
    if (!asExponent) return `${mantissa}${DECIMAL_SUFFIXES[step] ?? ''}`;
    return exponent === 0 ? String(mantissa) : `${mantissa}e${exponent}`;
  }
}

export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

/** The text is no quantity; the message is upstream's. */
export class QuantityFormatError extends Error {
  override readonly name = 'QuantityFormatError';
}

const NANOS = 1_000_000_000n;
const NANOS_PER_MILLI = 1_000_000n;
const KIBI_NANOS = 1024n * NANOS;
const MAX_NANOS = (2n ** 63n - 1n) * NANOS;
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const SYNTAX = /^([+-]?)(\d*)(?:\.(\d*))?((?:[eEinumkKMGTP]+[-+]?\d*|[-+]\d*)?)$/;
const EXPONENT = /^[eE]([-+]?\d+)$/;
/** What nearly all manifests contain: canonical unless the number could be a smaller one with a greater suffix. */
const PLAIN = /^([1-9]\d{0,8})(?:[mkMG]|[KMG](i))?$/;
const MAX_EXACT_DIGITS = 15;
const SUFFIX_LETTERS = [...DECIMAL_SUFFIXES, ...BINARY_SUFFIXES];
const FORMAT_TEXT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_TEXT = "unable to parse quantity's suffix";
/** Exponents beyond this are far outside of what a quantity holds. */
const MAX_EXPONENT = 400;
const MAX_DIGITS = 1000;

/** A cluster has few amounts, and each pod some of them many times over. */
const known = new Map<string, Quantity>();
const MAX_KNOWN = 2_000;
const MAX_KNOWN_CHARS = 32;

/** @throws QuantityFormatError */
export function parseQuantity(text: string): Quantity {
  let quantity = known.get(text);
  if (quantity === undefined) {
    quantity = readQuantity(text);
    if (known.size >= MAX_KNOWN) known.clear();
    if (text.length <= MAX_KNOWN_CHARS) known.set(text, quantity);
  }
  return quantity;
}

function readQuantity(text: string): Quantity {
  const match = SYNTAX.exec(text);
  if (match === null) throw new QuantityFormatError(FORMAT_TEXT);
  const [, sign = '', allWhole = '', allFraction = '', suffix = ''] = match;
  if (allWhole === '' && allFraction === '') throw new QuantityFormatError(FORMAT_TEXT);
  const whole = firstDigits(allWhole.replace(/^0+/, ''));
  const fraction = firstDigits(allFraction);
  const { format, numerator, denominator } = scaleOf(suffix);
  const digits = BigInt(`${whole}${fraction}`);
  const magnitude = divideUp(digits * numerator * NANOS, denominator * 10n ** BigInt(fraction.length));
  const isBelowOne = magnitude > 0n && magnitude < NANOS;
  return Quantity.fromNanos(
    sign === '-' ? -magnitude : magnitude,
    format === 'BinarySI' && isBelowOne ? 'DecimalSI' : format,
  );
}

/** The text as it is stored and served: `1024Mi` -> `1Gi`, `0.5` -> `500m`.
 *  @throws QuantityFormatError */
export function canonicalQuantity(text: string): string {
  const match = PLAIN.exec(text);
  if (match !== null) {
    const digits = Number(match[1]);
    if (match[2] === 'i' ? digits % 1024 !== 0 : digits % 1000 !== 0) return text;
  }
  return parseQuantity(text).toString();
}

/** -1, 0 or 1, of two amounts as they are stored; reads them only where their texts leave a doubt. */
export function compareAmounts(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  const digitsA = plainDigits(a);
  const digitsB = plainDigits(b);
  if (digitsA === 0 || digitsB === 0 || a.slice(digitsA) !== b.slice(digitsB)) {
    return parseQuantity(a).compare(parseQuantity(b));
  }
  const difference = Number(a.slice(0, digitsA)) - Number(b.slice(0, digitsB));
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

/** How many digits an amount begins with; 0 where they do not say the whole number, or more than a double holds exactly. */
function plainDigits(amount: string): number {
  let count = 0;
  while (count < amount.length && isDigit(amount.charCodeAt(count))) count += 1;
  return count <= MAX_EXACT_DIGITS && SUFFIX_LETTERS.includes(amount.slice(count)) ? count : 0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Whether an amount, as it is stored, is more than nothing. */
export function isPositiveAmount(amount: string): boolean {
  return amount !== '0' && !amount.startsWith('-');
}

/** So many digits are more than any amount can have; a last 1 stands for all that follow, so that they still round up. */
function firstDigits(digits: string): string {
  return digits.length <= MAX_DIGITS ? digits : `${digits.slice(0, MAX_DIGITS)}1`;
}

function scaleOf(suffix: string): { format: QuantityFormat; numerator: bigint; denominator: bigint } {
  const binary = suffix === '' ? -1 : BINARY_SUFFIXES.indexOf(suffix);
  if (binary > 0) return { format: 'BinarySI', numerator: 1024n ** BigInt(binary), denominator: 1n };
  const decimal = DECIMAL_SUFFIXES.indexOf(suffix);
  if (decimal >= 0) return { format: 'DecimalSI', ...powerOfTen(decimal * 3 - 9) };
  const exponent = EXPONENT.exec(suffix)?.[1];
  if (exponent === undefined) throw new QuantityFormatError(SUFFIX_TEXT);
  const clamped = Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, Number(exponent)));
  return { format: 'DecimalExponent', ...powerOfTen(clamped) };
}

function powerOfTen(exponent: number): { numerator: bigint; denominator: bigint } {
  return exponent >= 0
    ? { numerator: 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: 1n, denominator: 10n ** BigInt(-exponent) };
}

/** Away from zero. */
function divideUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  if (dividend % divisor === 0n) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}
