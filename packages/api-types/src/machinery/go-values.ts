/** Values of Go types as `%#v` shows them, which is how messages show what is neither text nor number. */

/** `core.PodIP{IP:"1.1.1.1"}`; members are already shown. */
export function goStruct(type: string, members: Readonly<Record<string, string>>): string {
  const shown = Object.entries(members).map(([name, value]) => `${name}:${value}`);
  return `${type}{${shown.join(', ')}}`;
}

/** `[]string{"a"}`, or `[]string(nil)` */
export function goSlice<T>(type: string, items: readonly T[] | undefined, show: (item: T) => string): string {
  return items === undefined ? `[]${type}(nil)` : `[]${type}{${items.map(show).join(', ')}}`;
}

export function goString(text: string | undefined): string {
  return JSON.stringify(text ?? '');
}

export function goNil(type: string): string {
  return `(*${type})(nil)`;
}
