import type { LegacyShape, LegacyStructShape } from '@kubernetes-mesos/api-types';

/** A type as swagger 1.2 describes it. */
export interface SwaggerModel {
  readonly id: string;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
}

/** The models of some types and of all types that they are made of, by name. */
export function swaggerModels(roots: readonly LegacyStructShape[]): Record<string, SwaggerModel> {
  const models: Record<string, SwaggerModel> = {};
  const waiting = [...roots];
  for (let struct = waiting.pop(); struct !== undefined; struct = waiting.pop()) {
    if (models[struct.name] !== undefined) continue;
    const required = struct.entries.filter(({ omitEmpty }) => !omitEmpty).map(({ name }) => name);
    const properties = struct.entries.map(({ name, shape }) => {
      const inner = structIn(shape);
      if (inner !== undefined) waiting.push(inner);
      return [name, propertyOf(shape)] as const;
    });
    models[struct.name] = {
      id: struct.name,
      ...(required.length === 0 ? {} : { required }),
      properties: Object.fromEntries(properties),
    };
  }
  return Object.fromEntries(Object.entries(models).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function propertyOf(shape: LegacyShape): object {
  switch (shape.type) {
    case 'string':
    case 'base64':
    case 'time':
    case 'quantity':
    case 'intOrString':
      return { type: 'string' };
    case 'int':
      return { type: 'integer', format: 'int32' };
    case 'bool':
      return { type: 'boolean' };
    case 'list':
      return { type: 'array', items: itemOf(shape.items) };
    case 'pointer':
      return propertyOf(shape.to);
    case 'struct':
      return { $ref: shape.name };
    case 'map':
    case 'any':
      return { type: 'any' };
  }
}

function itemOf(shape: LegacyShape): object {
  const property = propertyOf(shape);
  return 'type' in property ? { $ref: property.type } : property;
}

/** The type that a field is made of, if it is one of ours. */
function structIn(shape: LegacyShape): LegacyStructShape | undefined {
  switch (shape.type) {
    case 'struct':
      return shape;
    case 'pointer':
      return structIn(shape.to);
    case 'list':
      return structIn(shape.items);
    case 'map':
      return structIn(shape.values);
    default:
      return undefined;
  }
}
