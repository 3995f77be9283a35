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

/** The order of elements of one set: members, keyed elements, plain elements; numbers in keys count as numbers. */
export function compareElements(a: PathElement, b: PathElement): number {
  const kind = a.slice(0, 2);
  if (kind !== b.slice(0, 2)) return KINDS.indexOf(kind) - KINDS.indexOf(b.slice(0, 2));
  if (kind === 'f:') return compareValues(a, b);
  const left: unknown = JSON.parse(a.slice(2));
  const right: unknown = JSON.parse(b.slice(2));
  if (kind !== 'k:') return compareValues(left, right);
  const leftKeys = Object.entries(left ?? {});
  const rightKeys = Object.entries(right ?? {});
  for (const [index, [name, value]] of leftKeys.entries()) {
    const other = rightKeys[index];
    if (other === undefined) return 1;
    const order = compareValues(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return leftKeys.length - rightKeys.length;
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

/** Numbers before texts. */
function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  const left = String(a);
  const right = String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}
