/** A copy of JSON data that shares nothing with the original. */
export function deepCopy<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const source = value as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(source)) {
    if (key === '__proto__')
      Object.defineProperty(result, key, {
        value: copy(source[key]),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else result[key] = copy(source[key]);
  }
  return result;
}
