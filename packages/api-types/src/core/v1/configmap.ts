import type { ConfigMap } from '../../generated/core-v1.types';
import { deepEqual } from '../../machinery/deep-equal';
import { forbidden, invalid, tooLong, type FieldError } from '../../machinery/field-error';
import { configMapKeyProblems } from '../../machinery/names';
import { pushInvalid } from '../../machinery/object-meta-validation';
import { defineCoreResource } from './define';
import { AGE_COLUMN, age, column, NAME_COLUMN } from './tables/columns';

/** Bytes of all values of a ConfigMap or a Secret. */
export const MAX_DATA_BYTES = 1024 * 1024;
export const IMMUTABLE_DATA_TEXT = 'field is immutable when `immutable` is set';

export const CONFIG_MAPS = defineCoreResource<ConfigMap>({
  names: { plural: 'configmaps', singular: 'configmap', kind: 'ConfigMap', shortNames: ['cm'] },
  scope: 'Namespaced',
  strategy: {
    deleteAnswers: 'status',
    updateChecks: ['metadataChange', 'change', 'metadata', 'spec'],
    validate,
    validateUpdate(configMap, old, errors) {
      if (old.immutable === true) {
        if (configMap.immutable !== true) errors.push(forbidden('immutable', IMMUTABLE_DATA_TEXT));
        if (!deepEqual(configMap.data ?? {}, old.data ?? {})) errors.push(forbidden('data', IMMUTABLE_DATA_TEXT));
        if (!deepEqual(configMap.binaryData ?? {}, old.binaryData ?? {})) {
          errors.push(forbidden('binaryData', IMMUTABLE_DATA_TEXT));
        }
      }
    },
  },
  table: {
    columns: [NAME_COLUMN, column('Data', 'How many keys there are.'), AGE_COLUMN],
    cells({ metadata, data = {}, binaryData = {} }, nowMs) {
      return [metadata.name ?? '', Object.keys(data).length + Object.keys(binaryData).length, age(metadata, nowMs)];
    },
  },
});

function validate(configMap: ConfigMap, errors: FieldError[]): void {
  const { data = {}, binaryData = {} } = configMap;
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    const path = `data[${key}]`;
    pushInvalid(errors, path, key, configMapKeyProblems(key));
    if (Object.hasOwn(binaryData, key)) errors.push(invalid(path, key, 'duplicate of key present in binaryData'));
    bytes += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    pushInvalid(errors, `binaryData[${key}]`, key, configMapKeyProblems(key));
    bytes += decodedLength(value);
  }
  // Upstream names the path of the whole object by its empty name.
  if (bytes > MAX_DATA_BYTES) errors.push(tooLong('[]', '', MAX_DATA_BYTES));
}

/** Bytes that canonical base64 stands for. */
export function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}
