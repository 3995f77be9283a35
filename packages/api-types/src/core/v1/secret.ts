import type { Secret } from '../../generated/core-v1.types';
import { deepEqual } from '../../machinery/deep-equal';
import { forbidden, invalid, required, tooLong, type FieldError } from '../../machinery/field-error';
import { goSyntaxProblem } from '../../machinery/go-syntax';
import { configMapKeyProblems } from '../../machinery/names';
import { pushInvalid } from '../../machinery/object-meta-validation';
import { decodedLength, IMMUTABLE_DATA_TEXT, MAX_DATA_BYTES } from './configmap';
import { defineCoreResource } from './define';
import { AGE_COLUMN, age, column, NAME_COLUMN } from './tables/columns';

const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const REDACTED = '<secret contents redacted>';

export const SECRETS = defineCoreResource<Secret>({
  names: { plural: 'secrets', singular: 'secret', kind: 'Secret' },
  scope: 'Namespaced',
  selectableFields: { type: (secret) => secret.type ?? '' },
  strategy: {
    deleteAnswers: 'status',
    applyDefaults(secret) {
      if (secret.stringData !== undefined) {
        const data = (secret.data ??= {});
        for (const [key, text] of Object.entries(secret.stringData)) data[key] = Buffer.from(text).toString('base64');
        delete secret.stringData;
      }
      secret.type ??= 'Opaque';
    },
    updateChecks: ['metadataChange', 'change', 'metadata', 'spec'],
    validate,
    validateUpdate(secret, old, errors) {
      if (secret.type !== old.type) errors.push(invalid('type', secret.type, 'field is immutable'));
      if (old.immutable === true) {
        if (secret.immutable !== true) errors.push(forbidden('immutable', IMMUTABLE_DATA_TEXT));
        if (!deepEqual(secret.data ?? {}, old.data ?? {})) errors.push(forbidden('data', IMMUTABLE_DATA_TEXT));
      }
    },
  },
  table: {
    columns: [
      NAME_COLUMN,
      column('Type', 'What the secret is for.'),
      column('Data', 'How many keys there are.'),
      AGE_COLUMN,
    ],
    cells({ metadata, type = '', data = {} }, nowMs) {
      return [metadata.name ?? '', type, Object.keys(data).length, age(metadata, nowMs)];
    },
  },
});

function validate(secret: Secret, errors: FieldError[]): void {
  const { data = {} } = secret;
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    pushInvalid(errors, `data[${key}]`, key, configMapKeyProblems(key));
    bytes += decodedLength(value);
  }
  if (bytes > MAX_DATA_BYTES) errors.push(tooLong('data', '', MAX_DATA_BYTES));
  validateType(secret, data, errors);
}

/** What each type of secret must contain. Paths with `%s` are upstream's. */
function validateType(secret: Secret, data: Readonly<Record<string, string>>, errors: FieldError[]): void {
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      if ((secret.metadata.annotations?.[SERVICE_ACCOUNT_NAME] ?? '') === '') {
        errors.push(required(`metadata.annotations[${SERVICE_ACCOUNT_NAME}]`));
      }
      return;
    case 'kubernetes.io/dockercfg':
      validateJson(data, '.dockercfg', errors);
      return;
    case 'kubernetes.io/dockerconfigjson':
      validateJson(data, '.dockerconfigjson', errors);
      return;
    case 'kubernetes.io/basic-auth':
      if (data['username'] === undefined && data['password'] === undefined) {
        errors.push(required('data[%s][username]'), required('data[%s][password]'));
      }
      return;
    case 'kubernetes.io/ssh-auth':
      if ((data['ssh-privatekey'] ?? '') === '') errors.push(required('data[%s][ssh-privatekey]'));
      return;
    case 'kubernetes.io/tls':
      for (const key of ['tls.crt', 'tls.key']) {
        if (data[key] === undefined) errors.push(required(`data[${key}]`));
      }
      return;
    default:
  }
}

function validateJson(data: Readonly<Record<string, string>>, key: string, errors: FieldError[]): void {
  const value = data[key];
  const path = `data[${key}]`;
  if (value === undefined) {
    errors.push(required(path));
    return;
  }
  const problem = jsonObjectProblem(Buffer.from(value, 'base64').toString());
  if (problem !== undefined) errors.push(invalid(path, REDACTED, problem));
}

/** Worded as Go's decoder words it, without the contents: they are secret. */
function jsonObjectProblem(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return goSyntaxProblem(text) ?? 'unexpected end of JSON input';
  }
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
  const got = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${got} into Go value of type map[string]interface {}`;
}
