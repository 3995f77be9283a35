import type { Schema, SchemaRegistry, TypeSchema } from '@kubernetes-mesos/api-types';
import type { SwaggerModel } from './swagger-models';

const CORE = 'io.k8s.api.core.v1.';

/** The type of a kind of v1; `undefined` when there is none. */
export function schemaOfKind(schemas: SchemaRegistry, kind: string): TypeSchema | undefined {
  return schemas.find(`${CORE}${kind}`);
}

/** The swagger 1.2 models of some types of v1 and of all types that they are made of, by name. */
export function schemaModels(roots: readonly TypeSchema[], schemas: SchemaRegistry): Record<string, SwaggerModel> {
  const models = new Map<string, SwaggerModel>();
  const waiting = [...roots];
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    const id = modelName(type.name);
    if (models.has(id)) continue;
    const required = type.fields.filter((field) => field.required === true).map(({ name }) => name);
    for (const { schema } of type.fields) waiting.push(...typesIn(schema).map((name) => schemas.get(name)));
    models.set(id, {
      id,
      ...(required.length === 0 ? {} : { required }),
      properties: Object.fromEntries(
        type.fields.map(({ name, schema, description }) => [name, { ...propertyOf(schema), description }]),
      ),
    });
  }
  return Object.fromEntries([...models].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `io.k8s.api.core.v1.Pod` and `io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta` are `v1.Pod` and `v1.ObjectMeta`. */
function modelName(name: string): string {
  return name.split('.').slice(-2).join('.');
}

function propertyOf(schema: Schema): object {
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'number':
      return { type: schema.type };
    case 'integer':
      return { type: 'integer', format: schema.format };
    case 'array':
      return { type: 'array', items: { $ref: itemName(schema.items) } };
    case 'ref':
      return { $ref: modelName(schema.name) };
    case 'map':
    case 'any':
      return { type: 'any' };
  }
}

/** Swagger of then refers to plain types by name, too. */
function itemName(items: Schema): string {
  return items.type === 'ref' ? modelName(items.name) : items.type === 'map' ? 'any' : items.type;
}

function typesIn(schema: Schema): string[] {
  switch (schema.type) {
    case 'ref':
      return [schema.name];
    case 'array':
      return typesIn(schema.items);
    default:
      return [];
  }
}
