import type { EnvFromSource, EnvVar } from '../../../generated/core-v1.types';
import { invalid, required, type FieldError } from '../../../machinery/field-error';
import { configMapKeyProblems, dnsSubdomainProblems, envVarNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { ENV_FIELD_PATHS, validateFieldRef, validateResourceFieldRef } from './downward-api';

export function validateEnv(variables: readonly EnvVar[] | undefined, path: string, errors: FieldError[]): void {
  if (variables === undefined) return;
  for (const [index, variable] of variables.entries()) {
    const { name = '' } = variable as Partial<EnvVar>;
    if (name === '') errors.push(required(`${path}[${index}].name`));
    else pushInvalid(errors, `${path}[${index}].name`, name, envVarNameProblems(name));
    if (variable.valueFrom !== undefined) validateValueFrom(variable, `${path}[${index}].valueFrom`, errors);
  }
}

export function validateEnvFrom(
  sources: readonly EnvFromSource[] | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (sources === undefined) return;
  for (const [index, { prefix = '', configMapRef, secretRef }] of sources.entries()) {
    const at = `${path}[${index}]`;
    if (prefix !== '') pushInvalid(errors, `${at}.prefix`, prefix, envVarNameProblems(prefix));
    if (configMapRef !== undefined) validateName(configMapRef.name, `${at}.configMapRef.name`, errors);
    if (secretRef !== undefined) validateName(secretRef.name, `${at}.secretRef.name`, errors);
    if (configMapRef === undefined && secretRef === undefined) {
      errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
    }
  }
}

function validateValueFrom({ value = '', valueFrom = {} }: EnvVar, path: string, errors: FieldError[]): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  if (fieldRef !== undefined) validateFieldRef(fieldRef, ENV_FIELD_PATHS, `${path}.fieldRef`, errors);
  if (resourceFieldRef !== undefined)
    validateResourceFieldRef(resourceFieldRef, false, `${path}.resourceFieldRef`, errors);
  if (configMapKeyRef !== undefined) validateKeyRef(configMapKeyRef, `${path}.configMapKeyRef`, errors);
  if (secretKeyRef !== undefined) validateKeyRef(secretKeyRef, `${path}.secretKeyRef`, errors);
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(
    (source) => source !== undefined,
  ).length;
  if (count === 0) {
    const detail = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
    errors.push(invalid(path, '', detail));
  } else if (value !== '') errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
}

function validateKeyRef(
  ref: { readonly name?: string; readonly key?: string },
  path: string,
  errors: FieldError[],
): void {
  const { name = '', key = '' } = ref;
  pushInvalid(errors, `${path}.name`, name, dnsSubdomainProblems(name));
  if (key === '') errors.push(required(`${path}.key`));
  else pushInvalid(errors, `${path}.key`, key, configMapKeyProblems(key));
}

function validateName(name: string | undefined, path: string, errors: FieldError[]): void {
  if (name === undefined || name === '') errors.push(required(path));
  else pushInvalid(errors, path, name, dnsSubdomainProblems(name));
}
