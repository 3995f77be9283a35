import type { EnvFromSource, EnvVar, FileKeySelector } from '../../../generated/core-v1.types';
import { invalid, notFound, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { asPrefix, configMapKeyProblems, dnsSubdomainProblems, envVarNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { ENV_FIELD_PATHS, validateFieldRef, validateResourceFieldRef } from './downward-api';
import { requireText, validateNonReservedPath } from './helpers';
import type { KnownVolumes } from './mounts';

const prefixProblems = asPrefix(dnsSubdomainProblems);

export function validateEnv(
  variables: readonly EnvVar[],
  volumes: KnownVolumes,
  path: FieldPath,
  errors: FieldError[],
): void {
  for (const [index, variable] of variables.entries()) {
    const { name = '' } = variable as Partial<EnvVar>;
    const at = element(path, index);
    if (name === '') errors.push(required(child(at, 'name')));
    else pushInvalid(errors, child(at, 'name'), name, envVarNameProblems(name));
    if (variable.valueFrom !== undefined) validateValueFrom(variable, volumes, child(at, 'valueFrom'), errors);
  }
}

export function validateEnvFrom(sources: readonly EnvFromSource[], path: FieldPath, errors: FieldError[]): void {
  for (const [index, { prefix = '', configMapRef, secretRef }] of sources.entries()) {
    const at = element(path, index);
    if (prefix !== '') pushInvalid(errors, child(at, 'prefix'), prefix, envVarNameProblems(prefix));
    if (configMapRef !== undefined) validateName(configMapRef.name, child(at, 'configMapRef.name'), errors);
    if (secretRef !== undefined) validateName(secretRef.name, child(at, 'secretRef.name'), errors);
    if (configMapRef === undefined && secretRef === undefined) {
      errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
    }
  }
}

function validateValueFrom(
  { value = '', valueFrom = {} }: EnvVar,
  volumes: KnownVolumes,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  let count = 0;
  if (fieldRef !== undefined) {
    count += 1;
    validateFieldRef(fieldRef, ENV_FIELD_PATHS, child(path, 'fieldRef'), errors);
  }
  if (resourceFieldRef !== undefined) {
    count += 1;
    validateResourceFieldRef(resourceFieldRef, false, child(path, 'resourceFieldRef'), errors);
  }
  if (configMapKeyRef !== undefined) {
    count += 1;
    validateKeyRef(configMapKeyRef, child(path, 'configMapKeyRef'), errors);
  }
  if (secretKeyRef !== undefined) {
    count += 1;
    validateKeyRef(secretKeyRef, child(path, 'secretKeyRef'), errors);
  }
  if (fileKeyRef !== undefined) {
    count += 1;
    validateFileRef(fileKeyRef, volumes, child(path, 'fileKeyRef'), errors);
  }
  if (count === 0) {
    const detail = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
    errors.push(invalid(path, '', detail));
  } else if (value !== '') errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
}

function validateKeyRef(
  ref: { readonly name?: string; readonly key?: string },
  path: FieldPath,
  errors: FieldError[],
): void {
  const { name = '', key = '' } = ref;
  pushInvalid(errors, child(path, 'name'), name, dnsSubdomainProblems(name));
  if (key === '') errors.push(required(child(path, 'key')));
  else pushInvalid(errors, child(path, 'key'), key, configMapKeyProblems(key));
}

/** A variable from a file that an init container has left in a volume. */
function validateFileRef(
  ref: Partial<FileKeySelector>,
  volumes: KnownVolumes,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { volumeName = '', path: target = '', key = '' } = ref;
  if (volumeName === '') errors.push(required(child(path, 'volumeName')));
  else if (!volumes.has(volumeName)) errors.push(notFound(child(path, 'volumeName'), volumeName));
  else if (volumes.get(volumeName)?.emptyDir === undefined) {
    errors.push(invalid(child(path, 'volumeName'), volumeName, 'referenced volume must be of type emptyDir'));
  }
  requireText(target, child(path, 'path'), errors);
  validateNonReservedPath(target, child(path, 'path'), errors);
  if (key === '') errors.push(required(child(path, 'key')));
  else pushInvalid(errors, child(path, 'key'), key, envVarNameProblems(key));
}

/** Names that variables are taken from are checked as beginnings of names, as upstream does. */
function validateName(name: string | undefined, path: FieldPath, errors: FieldError[]): void {
  if (name === undefined || name === '') errors.push(required(path));
  else pushInvalid(errors, path, name, prefixProblems(name));
}
