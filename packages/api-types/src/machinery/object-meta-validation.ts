import { forbidden, invalid, required, tooLong, type FieldError } from './field-error';
import { child, element, type FieldPath } from './field-path';
import { deepEqual } from './deep-equal';
import { goNil, goString, goStruct } from './go-values';
import {
  asPrefix,
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  pathSegmentProblems,
  qualifiedNameProblems,
  type NameCheck,
} from './names';
import type { ObjectMeta, OwnerReference } from './object';
import type { NameFormat } from './resource-definition';

/** Bytes of all keys and values together. */
const MAX_ANNOTATIONS_BYTES = 256 * 1024;
const MAX_MANAGER_LENGTH = 128;
const MAX_SUBRESOURCE_LENGTH = 256;
const IMMUTABLE_TEXT = 'field is immutable';

export const NAME_CHECKS: Readonly<Record<NameFormat, NameCheck>> = {
  'dns-subdomain': dnsSubdomainProblems,
  'dns-label': dnsLabelProblems,
  'dns-1035-label': dns1035LabelProblems,
  'path-segment': pathSegmentProblems,
};

/** Metadata of an object that is created, its name generated already. Errors are in upstream's order. */
export function validateObjectMeta(
  meta: ObjectMeta,
  isNamespaced: boolean,
  checkName: NameCheck,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { name = '', generateName = '', namespace = '', generation = 0 } = meta;
  if (generateName !== '') {
    pushInvalid(errors, child(path, 'generateName'), generateName, asPrefix(checkName)(generateName));
  }
  if (name === '') errors.push(required(child(path, 'name'), 'name or generateName is required'));
  else pushInvalid(errors, child(path, 'name'), name, checkName(name));
  if (!isNamespaced) {
    if (namespace !== '') errors.push(forbidden(child(path, 'namespace'), 'not allowed on this type'));
  } else if (namespace === '') errors.push(required(child(path, 'namespace')));
  else pushInvalid(errors, child(path, 'namespace'), namespace, dnsLabelProblems(namespace));
  validateManagedFields(meta, child(path, 'managedFields'), errors);
  if (generation < 0) errors.push(invalid(child(path, 'generation'), generation, 'must be greater than or equal to 0'));
  validateLabels(meta.labels, child(path, 'labels'), errors);
  validateAnnotations(meta.annotations, child(path, 'annotations'), errors);
  validateOwnerReferences(meta.ownerReferences, child(path, 'ownerReferences'), errors);
  validateFinalizers(meta.finalizers, child(path, 'finalizers'), errors);
}

/** Metadata of an update, after the server has put in what clients cannot change. */
export function validateObjectMetaUpdate(
  meta: ObjectMeta,
  old: ObjectMeta,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (old.deletionTimestamp !== undefined) validateNoNewFinalizers(meta, old, path, errors);
  if ((meta.resourceVersion ?? '') === '') {
    errors.push(invalid(child(path, 'resourceVersion'), '', 'must be specified for an update'));
  }
  if ((meta.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalid(child(path, 'generation'), meta.generation ?? 0, 'must not be decremented'));
  }
  validateManagedFields(meta, child(path, 'managedFields'), errors);
  for (const field of IMMUTABLE_FIELDS) {
    const value = meta[field];
    if (!deepEqual(value, old[field])) errors.push(invalid(child(path, field), value ?? '', IMMUTABLE_TEXT));
  }
  validateLabels(meta.labels, child(path, 'labels'), errors);
  validateAnnotations(meta.annotations, child(path, 'annotations'), errors);
  validateOwnerReferences(meta.ownerReferences, child(path, 'ownerReferences'), errors);
}

const IMMUTABLE_FIELDS = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (labels === undefined) return;
  for (const [key, value] of Object.entries(labels)) {
    pushInvalid(errors, path, key, qualifiedNameProblems(key));
    pushInvalid(errors, path, value, labelValueProblems(value));
  }
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (annotations === undefined) return;
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    pushInvalid(errors, path, key, qualifiedNameProblems(key.toLowerCase()));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > MAX_ANNOTATIONS_BYTES) errors.push(tooLong(path, '', MAX_ANNOTATIONS_BYTES));
}

/** One error for each text of what is wrong with a value. */
export function pushInvalid(errors: FieldError[], field: FieldPath, value: unknown, problems: readonly string[]): void {
  for (const problem of problems) errors.push(invalid(field, value, problem));
}

function validateOwnerReferences(
  owners: readonly OwnerReference[] | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (owners === undefined) return;
  let controller: string | undefined;
  for (const owner of owners) {
    const fault = ownerFault(owner, path);
    errors.push(...fault);
    if (owner.controller !== true) continue;
    if (controller !== undefined) {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner.name ?? ''}`;
      errors.push(invalid(path, owners, detail));
    } else controller = owner.name ?? '';
  }
}

function ownerFault(owner: OwnerReference, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const apiVersion = owner.apiVersion ?? '';
  const version = apiVersion.slice(apiVersion.lastIndexOf('/') + 1);
  if (version === '') errors.push(invalid(child(path, 'apiVersion'), apiVersion, 'version must not be empty'));
  if (isEmpty(owner.kind)) errors.push(invalid(child(path, 'kind'), '', 'kind must not be empty'));
  if (isEmpty(owner.name)) errors.push(invalid(child(path, 'name'), '', 'name must not be empty'));
  if (isEmpty(owner.uid)) errors.push(invalid(child(path, 'uid'), '', 'uid must not be empty'));
  if (apiVersion === 'v1' && owner.kind === 'Event') {
    errors.push(invalid(path, owner, '/v1, Kind=Event is disallowed from being an owner', shownOwner(owner)));
  }
  return errors;
}

/** Objects that clients send may lack what their type demands. */
function isEmpty(text: string | undefined): boolean {
  return text === undefined || text === '';
}

function validateFinalizers(finalizers: readonly string[] | undefined, path: FieldPath, errors: FieldError[]): void {
  if (finalizers === undefined) return;
  for (const finalizer of finalizers) pushInvalid(errors, path, finalizer, qualifiedNameProblems(finalizer));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
}

function validateNoNewFinalizers(meta: ObjectMeta, old: ObjectMeta, path: FieldPath, errors: FieldError[]): void {
  const known = new Set(old.finalizers);
  const added = [...new Set(meta.finalizers)].filter((finalizer) => !known.has(finalizer)).sort();
  if (added.length === 0) return;
  const shown = `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`;
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`;
  errors.push(forbidden(child(path, 'finalizers'), detail));
}

function validateManagedFields({ managedFields }: ObjectMeta, path: FieldPath, errors: FieldError[]): void {
  if (managedFields === undefined) return;
  for (const [index, entry] of managedFields.entries()) {
    const { operation = '', fieldsType = '', manager = '', subresource = '' } = entry;
    const at = element(path, index);
    if (operation !== 'Apply' && operation !== 'Update') {
      errors.push(invalid(child(at, 'operation'), operation, 'must be `Apply` or `Update`'));
    }
    if (fieldsType !== '' && fieldsType !== 'FieldsV1') {
      errors.push(invalid(child(at, 'fieldsType'), fieldsType, 'must be `FieldsV1`'));
    }
    if (manager.length > MAX_MANAGER_LENGTH) errors.push(tooLong(child(at, 'manager'), manager, MAX_MANAGER_LENGTH));
    if (subresource.length > MAX_SUBRESOURCE_LENGTH) {
      errors.push(tooLong(child(at, 'subresource'), subresource, MAX_SUBRESOURCE_LENGTH));
    }
  }
}

/** `undefined` where Go would show the address of a flag. */
function shownOwner({
  apiVersion,
  kind,
  name,
  uid,
  controller,
  blockOwnerDeletion,
}: OwnerReference): string | undefined {
  if (controller !== undefined || blockOwnerDeletion !== undefined) return undefined;
  return goStruct('v1.OwnerReference', {
    APIVersion: goString(apiVersion),
    Kind: goString(kind),
    Name: goString(name),
    UID: goString(uid),
    Controller: goNil('bool'),
    BlockOwnerDeletion: goNil('bool'),
  });
}
