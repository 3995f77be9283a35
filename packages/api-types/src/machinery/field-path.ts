import type { FieldError } from './field-error';

/**
 * Where a value is in an object: `spec.containers[0].name`. `undefined` in a round that only asks whether anything is
 * wrong: nearly every object is right, and its paths need not be written.
 */
export type FieldPath = string | undefined;

/** `path.name`; the name may have several parts. */
export function child(path: FieldPath, name: string): FieldPath {
  return path === undefined ? undefined : `${path}.${name}`;
}

/** `path[index]`, of a list. */
export function element(path: FieldPath, index: number): FieldPath {
  return path === undefined ? undefined : `${path}[${index}]`;
}

/** `path[key]`, of a map. */
export function keyed(path: FieldPath, name: string): FieldPath {
  return path === undefined ? undefined : `${path}[${name}]`;
}

/** Checks without paths, and once more with them when something is wrong. */
export function checkTwice(
  path: string,
  errors: FieldError[],
  check: (path: FieldPath, errors: FieldError[]) => void,
): void {
  const found: FieldError[] = [];
  check(undefined, found);
  if (found.length > 0) check(path, errors);
}
