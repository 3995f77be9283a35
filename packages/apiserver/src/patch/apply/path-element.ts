import type { PathElement } from './field-set';

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
