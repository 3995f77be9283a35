import { invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import type { FieldPath } from '../../../machinery/field-path';

/** Checks that many fields share. An absent text counts as an empty one. */

export function requireText(text: string | undefined, path: FieldPath, errors: FieldError[], detail = ''): void {
  if (text === undefined || text === '') errors.push(required(path, detail));
}

/** One of a list; the list is shown as it is. */
export function validateOneOf(
  value: string,
  supported: readonly string[],
  path: FieldPath,
  errors: FieldError[],
): void {
  if (!supported.includes(value)) errors.push(notSupported(path, value, supported));
}

/** One of a list, and not nothing. */
export function requireOneOf(
  value: string | undefined,
  supported: readonly string[],
  path: FieldPath,
  errors: FieldError[],
): void {
  if (value === undefined || value === '') errors.push(required(path));
  else validateOneOf(value, supported, path, errors);
}

export function validateRange(value: number, low: number, high: number, path: FieldPath, errors: FieldError[]): void {
  if (value < low || value > high) errors.push(invalid(path, value, `must be between ${low} and ${high}, inclusive`));
}

/** Ids of users and groups. */
export function validateId(id: number | undefined, path: FieldPath, errors: FieldError[]): void {
  if (id !== undefined) validateRange(id, 0, 2 ** 31 - 1, path, errors);
}

export function validateFileMode(mode: number | undefined, path: FieldPath, errors: FieldError[]): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) {
    errors.push(invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive'));
  }
}

export function hasBacksteps(path: string): boolean {
  return path.includes('..') && path.split('/').includes('..');
}

export function validateNoBacksteps(target: string, path: FieldPath, errors: FieldError[]): void {
  if (hasBacksteps(target)) errors.push(invalid(path, target, "must not contain '..'"));
}

/** Relative, and never up. */
export function validateDescendingPath(target: string, path: FieldPath, errors: FieldError[]): void {
  if (target.startsWith('/')) errors.push(invalid(path, target, 'must be a relative path'));
  validateNoBacksteps(target, path, errors);
}

/** The same, and not a name that the kubelet uses itself. */
export function validateNonReservedPath(target: string, path: FieldPath, errors: FieldError[]): void {
  validateDescendingPath(target, path, errors);
  if (target.startsWith('..') && !target.startsWith('../')) {
    errors.push(invalid(path, target, "must not start with '..'"));
  }
}
