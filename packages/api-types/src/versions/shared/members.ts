/** Builders of internal objects: members that say nothing are left out, as the JSON of `v1` does. */

/** `T` as it is written down: its optional members may be given as undefined. */
export type Loose<T> = { readonly [K in keyof T]: Partial<Pick<T, K>> extends Pick<T, K> ? T[K] | undefined : T[K] };

/** The object without its undefined members. */
export function compact<T extends object>(draft: Loose<T>): T {
  const output: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(draft)) if (value !== undefined) output[key] = value;
  return output as T; // what was undefined was optional in T: a required member's type does not admit undefined
}

export function text(value: string): string | undefined {
  return value === '' ? undefined : value;
}

export function count(value: number): number | undefined {
  return value === 0 ? undefined : value;
}

export function flag(value: boolean): true | undefined {
  return value ? true : undefined;
}

/** Converted items, or nothing for an empty list. */
export function items<A, B>(list: readonly A[] | null | undefined, convert: (item: A) => B): B[] | undefined {
  return list === null || list === undefined || list.length === 0 ? undefined : list.map(convert);
}

export function strings(list: readonly string[] | null): string[] | undefined {
  return list === null || list.length === 0 ? undefined : [...list];
}

/** A copy of the map, or nothing when it is empty. */
export function entries<V>(map: Readonly<Record<string, V>> | null): Record<string, V> | undefined {
  return map === null || Object.keys(map).length === 0 ? undefined : { ...map };
}

export function some<A, B>(value: A | null | undefined, convert: (value: A) => B): B | undefined {
  return value === null || value === undefined ? undefined : convert(value);
}

/** The object, or nothing when it has no members. */
export function unlessEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

export function mapValues<A, B>(
  map: Readonly<Record<string, A>> | null | undefined,
  convert: (value: A, key: string) => B,
): Record<string, B> | undefined {
  if (map === null || map === undefined) return undefined;
  const output = Object.entries(map).map(([key, value]) => [key, convert(value, key)] as const);
  return output.length === 0 ? undefined : Object.fromEntries(output);
}
