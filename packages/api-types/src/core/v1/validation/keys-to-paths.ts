import type { KeyToPath } from '../../../generated/core-v1.types';
import type { FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { requireText, validateFileMode, validateNonReservedPath } from './helpers';

/** Which keys of a secret or a config map become which files. */
export function validateKeysToPaths(
  items: readonly Partial<KeyToPath>[] | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (items === undefined) return;
  for (const [index, { key, path: target = '', mode }] of items.entries()) {
    const at = element(path, index);
    requireText(key, child(at, 'key'), errors);
    requireText(target, child(at, 'path'), errors);
    validateNonReservedPath(target, child(at, 'path'), errors);
    validateFileMode(mode, child(at, 'mode'), errors);
  }
}
