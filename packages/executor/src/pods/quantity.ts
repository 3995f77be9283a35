/** Kubernetes quantities as plain numbers; precise enough for limits (doubles), not for arithmetic on stored values. */

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

/** The value in base units (cores, bytes); `undefined` for what is no quantity. */
export function parseQuantity(text: string | number | undefined): number | undefined {
  if (typeof text === 'number') return text;
  if (text === undefined) return undefined;
  const match = QUANTITY.exec(text);
  if (match === null) return undefined;
  const [, digits, suffix, exponent] = match;
  const scale = exponent === undefined ? SUFFIXES[suffix ?? ''] : 10 ** Number(exponent);
  return scale === undefined ? undefined : Number(digits) * scale;
}

/** Thousandths of a core, rounded up. */
export function milliCores(text: string | undefined): number | undefined {
  const value = parseQuantity(text);
  return value === undefined ? undefined : Math.ceil(Math.round(value * 1e6) / 1e3);
}

/** Whole bytes, rounded up. */
export function bytes(text: string | undefined): number | undefined {
  const value = parseQuantity(text);
  return value === undefined ? undefined : Math.ceil(value);
}
