import type { PersistentVolumeClaimSpec, TypedObjectReference } from '../../../generated/core-v1.types';
import { forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, keyed, type FieldPath } from '../../../machinery/field-path';
import { dnsLabelProblems, dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { parseQuantity } from '../../../machinery/quantity';
import { requireText, validateOneOf } from './helpers';
import { validateLabelSelector } from './label-selectors';

/** As release 1.20 lists them. */
const ACCESS_MODES: readonly string[] = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce'];
const SINGLE_POD = 'ReadWriteOncePod';
export const VOLUME_MODES: readonly string[] = ['Block', 'Filesystem'];

/** What a claim on storage asks for. */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: FieldPath, errors: FieldError[]): void {
  const { accessModes = [], resources, storageClassName, volumeMode, volumeAttributesClassName } = spec;
  if (accessModes.length === 0) {
    errors.push(required(child(path, 'accessModes'), 'at least 1 access mode is required'));
  }
  validateLabelSelector(spec.selector, child(path, 'selector'), errors);
  validateAccessModes(accessModes, child(path, 'accessModes'), errors);
  const size = resources?.requests?.['storage'];
  if (size === undefined) errors.push(required(keyed(child(path, 'resources'), 'storage')));
  else validatePositive(size, keyed(child(path, 'resources'), 'storage'), errors);
  if (storageClassName !== undefined && storageClassName !== '') {
    pushInvalid(errors, child(path, 'storageClassName'), storageClassName, dnsSubdomainProblems(storageClassName));
  }
  if (volumeMode !== undefined) validateOneOf(volumeMode, VOLUME_MODES, child(path, 'volumeMode'), errors);
  if (spec.dataSource !== undefined) validateDataSource(spec.dataSource, child(path, 'dataSource'), errors);
  if (spec.dataSourceRef !== undefined) {
    validateDataSource(spec.dataSourceRef, child(path, 'dataSourceRef'), errors);
    const { namespace = '' } = spec.dataSourceRef;
    if (namespace !== '') {
      pushInvalid(errors, child(path, 'dataSourceRef.namespace'), namespace, dnsLabelProblems(namespace));
      if (spec.dataSource !== undefined) {
        errors.push(invalid(path, 'dataSource', 'may not be specified when dataSourceRef.namespace is specified'));
      }
    } else if (spec.dataSource !== undefined && !isSameSource(spec.dataSource, spec.dataSourceRef)) {
      errors.push(invalid(path, child(path, 'dataSource'), 'must match dataSourceRef'));
    }
  }
  if (volumeAttributesClassName !== undefined && volumeAttributesClassName !== '') {
    const at = child(path, 'volumeAttributesClassName');
    pushInvalid(errors, at, volumeAttributesClassName, dnsSubdomainProblems(volumeAttributesClassName));
  }
}

/** Each a known one; the one for a single pod excludes the others. */
export function validateAccessModes(modes: readonly string[], path: FieldPath, errors: FieldError[]): void {
  for (const mode of modes) {
    if (mode !== SINGLE_POD) validateOneOf(mode, ACCESS_MODES, path, errors);
  }
  if (modes.length > 1 && modes.includes(SINGLE_POD) && modes.some((mode) => mode !== SINGLE_POD)) {
    errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  }
}

export function validatePositive(amount: string, path: FieldPath, errors: FieldError[]): void {
  if (parseQuantity(amount).sign <= 0) errors.push(invalid(path, amount, 'must be greater than zero'));
}

export function validateNotNegative(amount: string, path: FieldPath, errors: FieldError[]): void {
  const quantity = parseQuantity(amount);
  if (quantity.sign < 0) errors.push(invalid(path, Number(quantity.value), 'must be a valid resource quantity'));
}

function validateDataSource(source: Partial<TypedObjectReference>, path: FieldPath, errors: FieldError[]): void {
  const { kind = '', name } = source;
  const apiGroup = source.apiGroup ?? '';
  requireText(name, child(path, 'name'), errors);
  requireText(kind, child(path, 'kind'), errors);
  if (apiGroup === '') {
    if (kind !== 'PersistentVolumeClaim') errors.push(invalid(path, kind, ''));
  } else pushInvalid(errors, child(path, 'apiGroup'), apiGroup, dnsSubdomainProblems(apiGroup));
}

function isSameSource(source: Partial<TypedObjectReference>, reference: Partial<TypedObjectReference>): boolean {
  return (
    (source.apiGroup ?? '') === (reference.apiGroup ?? '') &&
    source.kind === reference.kind &&
    source.name === reference.name
  );
}
