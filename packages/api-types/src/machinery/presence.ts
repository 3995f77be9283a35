import type { FieldSchema, Schema } from './schema';

/** Whether a present value of a field counts as none, so that it is neither kept nor written. */
export function emptinessOf(field: FieldSchema): (value: unknown) => boolean {
  const { schema } = field;
  if (field.presence === undefined) return emptiness(schema);
  // Lists and maps have no pointers: empty ones are left out.
  const isCollection = schema.type === 'array' || schema.type === 'map';
  return field.presence === 'pointer' && isCollection ? emptiness(schema) : never;
}

function emptiness(schema: Schema): (value: unknown) => boolean {
  switch (schema.type) {
    case 'string':
      return (value) => value === '';
    case 'integer':
    case 'number':
      return (value) => value === 0;
    case 'boolean':
      return (value) => value === false;
    case 'array':
      return (value) => (value as readonly unknown[]).length === 0;
    case 'map':
      return hasNoMembers;
    case 'any':
    case 'ref':
      return never;
  }
}

function never(): boolean {
  return false;
}

function hasNoMembers(value: unknown): boolean {
  for (const key in value as object) {
    if (Object.hasOwn(value as object, key)) return false;
  }
  return true;
}
