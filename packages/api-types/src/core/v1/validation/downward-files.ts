import type { DownwardAPIVolumeFile } from '../../../generated/core-v1.types';
import { invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, type FieldPath } from '../../../machinery/field-path';
import { validateFieldRef, validateResourceFieldRef, VOLUME_FIELD_PATHS } from './downward-api';
import { requireText, validateFileMode, validateNonReservedPath } from './helpers';

/** Files that a volume makes of fields of the pod. Upstream's paths do not count them. */
export function validateDownwardFiles(
  files: readonly DownwardAPIVolumeFile[] | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (files === undefined) return;
  for (const file of files) validateDownwardFile(file, path, errors);
}

export function validateDownwardFile(
  file: Partial<DownwardAPIVolumeFile>,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { path: target = '', fieldRef, resourceFieldRef, mode } = file;
  requireText(target, child(path, 'path'), errors);
  validateNonReservedPath(target, child(path, 'path'), errors);
  if (fieldRef !== undefined) {
    validateFieldRef(fieldRef, VOLUME_FIELD_PATHS, child(path, 'fieldRef'), errors);
    if (resourceFieldRef !== undefined) {
      errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
    }
  } else if (resourceFieldRef !== undefined) {
    validateResourceFieldRef(resourceFieldRef, true, child(path, 'resourceFieldRef'), errors);
  } else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  validateFileMode(mode, child(path, 'mode'), errors);
}
