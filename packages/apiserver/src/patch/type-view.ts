import type { FieldSchema, Schema, SchemaRegistry, TypeSchema } from '@kubernetes-mesos/api-types';

/** Looks schemas up by member name; one per registry, so that each type's fields are indexed once. */
export class TypeView {
  readonly #schemas: SchemaRegistry;
  readonly #fields = new WeakMap<TypeSchema, ReadonlyMap<string, FieldSchema>>();

  constructor(schemas: SchemaRegistry) {
    this.#schemas = schemas;
  }

  /** The declared fields of a schema that names an object type; `undefined` for every other. */
  fieldsOf(schema: Schema | undefined): ReadonlyMap<string, FieldSchema> | undefined {
    if (schema?.type !== 'ref') return undefined;
    const type = this.#schemas.find(schema.name);
    if (type === undefined) return undefined;
    let fields = this.#fields.get(type);
    if (fields === undefined) {
      fields = new Map(type.fields.map((field) => [field.name, field]));
      this.#fields.set(type, fields);
    }
    return fields;
  }

  /** What a member of an object holds: its declared schema, or that of a map's values. */
  memberOf(schema: Schema | undefined, name: string): Schema | undefined {
    if (schema?.type === 'map') return schema.values;
    return this.fieldsOf(schema)?.get(name)?.schema;
  }
}

export function itemsOf(schema: Schema | undefined): Schema | undefined {
  return schema?.type === 'array' ? schema.items : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
