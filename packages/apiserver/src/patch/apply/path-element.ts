/**
 * One step from a value into it, as `fieldsV1` spells it: `f:name` (a member), `k:{"name":"web"}` (a list element by its
 * keys), `v:"x"` (an element of a set), `i:0` (by index).
 */
export type PathElement = string;

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** An element of a set of plain values. */
export function valueElement(value: unknown): PathElement {
  return `v:${JSON.stringify(value)}`;
}

/** An element of a list that merges by keys; `keys` are sorted by name. */
export function keyElement(keys: readonly (readonly [string, unknown])[]): PathElement {
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

/** Whether a text is one of the four spellings. */
export function isPathElement(text: string): boolean {
  const rest = text.slice(2);
  switch (text.slice(0, 2)) {
    case 'f:':
      return true;
    case 'i:':
      return /^-?\d+$/.test(rest);
    case 'k:':
    case 'v:':
      try {
        const value: unknown = JSON.parse(rest);
        return text.startsWith('v:') || (typeof value === 'object' && value !== null && !Array.isArray(value));
      } catch {
        return false;
      }
    default:
      return false;
  }
}

/** Kinds of elements in the order in which upstream sorts them. */
const KINDS = ['f:', 'k:', 'v:', 'i:'];

/** What an element is sorted by: its kind, then names and values in turn. */
export type SortKey = readonly (string | number)[];

/** Members come first, then keyed elements, then plain ones; numbers in keys count as numbers. */
export function sortKeyOf(element: PathElement): SortKey {
  const kind = element.slice(0, 2);
  const rest = element.slice(2);
  const rank = KINDS.indexOf(kind);
  if (kind === 'f:') return [rank, rest];
  const value: unknown = JSON.parse(rest);
  if (kind !== 'k:') return [rank, plain(value)];
  return [rank, ...Object.entries(value ?? {}).flatMap(([name, part]) => [name, plain(part)])];
}

export function compareSortKeys(a: SortKey, b: SortKey): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const order = compareParts(a[at] ?? '', b[at] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** A path as conflicts name it: `.spec.containers[name="web"].image`. */
export function pathText(path: readonly PathElement[]): string {
  return path.map(elementText).join('');
}

function elementText(element: PathElement): string {
  const rest = element.slice(2);
  switch (element.slice(0, 2)) {
    case 'f:':
      return `.${rest}`;
    case 'v:':
      return `[=${rest}]`;
    case 'k:':
      return keysText(rest);
    default:
      return `[${rest}]`;
  }
}

function keysText(json: string): string {
  const keys: unknown = JSON.parse(json);
  if (typeof keys !== 'object' || keys === null) return `[${json}]`;
  return `[${Object.entries(keys)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}]`;
}

function plain(value: unknown): string | number {
  return typeof value === 'number' ? value : String(value);
}

/** Numbers before texts. */
function compareParts(a: string | number, b: string | number): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
