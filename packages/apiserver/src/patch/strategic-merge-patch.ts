import { deepCopy, invalidObject, type Schema, type SchemaRegistry } from '@kubernetes-mesos/api-types';
import { goText } from './go-text';
import type { StrategicMerge } from './patches';
import { StrategicMerger } from './strategic/merge';
import { isRecord, TypeView } from './type-view';

/**
 * Strategic merge patch: lists merge by the keys that their schema declares, and `$patch`, `$retainKeys`,
 * `$setElementOrder/...` and `$deleteFromPrimitiveList/...` say what plain data cannot.
 */
export function createStrategicMerge(schemas: SchemaRegistry): StrategicMerge {
  const types = new TypeView(schemas);
  const merger = new StrategicMerger(types);
  return (current, patch, schemaName) => {
    const schema: Schema = { type: 'ref', name: schemaName };
    const result = merger.mergeObject(deepCopy(current), deepCopy(patch), schema);
    if (hasMapForList(patch, schema, types)) {
      const detail = 'cannot restore slice from map';
      throw invalidObject({ group: '', name: '' }, '', [
        { reason: 'FieldValueInvalid', field: 'patch', value: goText(patch), detail },
      ]);
    }
    return result;
  };
}

/** Whether the patch has an object where a list is declared: the one wrong type that upstream words by itself. */
function hasMapForList(value: unknown, schema: Schema | undefined, types: TypeView): boolean {
  if (Array.isArray(value)) {
    const items = schema?.type === 'array' ? schema.items : undefined;
    return value.some((item) => hasMapForList(item, items, types));
  }
  if (!isRecord(value)) return false;
  if (schema?.type === 'array') return true;
  return Object.entries(value).some(([name, member]) => hasMapForList(member, types.memberOf(schema, name), types));
}
