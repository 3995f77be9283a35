import type { PersistentVolumeClaimSpec } from '../../../generated/core-v1.types';
import { invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { parseQuantity } from '../../../machinery/quantity';
import { requireText, validateOneOf } from './helpers';
import { validateLabelSelector } from './label-selectors';

export const ACCESS_MODES: readonly string[] = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce'];
export const VOLUME_MODES: readonly string[] = ['Block', 'Filesystem'];

/** What a claim on storage asks for. */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: string, errors: FieldError[]): void {
  const { accessModes = [], resources, storageClassName, volumeMode, dataSource } = spec;
  if (accessModes.length === 0) errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'));
  validateLabelSelector(spec.selector, `${path}.selector`, errors);
  for (const mode of accessModes) validateOneOf(mode, ACCESS_MODES, `${path}.accessModes`, errors);
  const size = resources?.requests?.['storage'];
  if (size === undefined) errors.push(required(`${path}.resources[storage]`));
  else validatePositive(size, `${path}.resources[storage]`, errors);
  if (storageClassName !== undefined && storageClassName !== '') {
    pushInvalid(errors, `${path}.storageClassName`, storageClassName, dnsSubdomainProblems(storageClassName));
  }
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode)) {
    errors.push(notSupported(`${path}.volumeMode`, volumeMode, VOLUME_MODES));
  }
  if (dataSource !== undefined) {
    requireText(dataSource.name, `${path}.dataSource.name`, errors);
    requireText(dataSource.kind, `${path}.dataSource.kind`, errors);
    if ((dataSource.apiGroup ?? '') === '' && dataSource.kind !== 'PersistentVolumeClaim') {
      errors.push(invalid(`${path}.dataSource`, dataSource.kind ?? '', ''));
    }
  }
}

export function validatePositive(amount: string, path: string, errors: FieldError[]): void {
  if (parseQuantity(amount).sign <= 0) errors.push(invalid(path, amount, 'must be greater than zero'));
}
