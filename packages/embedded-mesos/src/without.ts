/** A copy of `object` without some of its members. */
export function without<T extends object, K extends keyof T>(object: T, ...keys: readonly K[]): Omit<T, K> {
  const copy: Partial<T> = { ...object };
  for (const key of keys) delete copy[key];
  // Everything but `keys` is still there.
  return copy as Omit<T, K>;
}
