import type { FieldSchema, Schema, SchemaRegistry } from '@kubernetes-mesos/api-types';

/** Adds, in place, the fields that are always written to those that an object has. */
export type PresenceFiller = (object: Record<string, unknown>) => void;

/**
 * Some fields are written even when they are empty (`resources: {}`, a name that is `""`). What is read from the store
 * has them, so what is to be compared with it must have them too. Fields that are written as `null` when absent are left
 * out: those two are equal.
 */
export class AlwaysPresent {
  readonly #schemas: SchemaRegistry;
  readonly #fillers = new Map<string, PresenceFiller>();

  constructor(schemas: SchemaRegistry) {
    this.#schemas = schemas;
  }

  fillerOf(typeName: string): PresenceFiller {
    let filler = this.#fillers.get(typeName);
    if (filler === undefined) {
      // A recursive type finds this one while its own is being compiled.
      let compiled: PresenceFiller = () => undefined;
      filler = (object) => compiled(object);
      this.#fillers.set(typeName, filler);
      compiled = this.#compile(typeName);
    }
    return filler;
  }

  #compile(typeName: string): PresenceFiller {
    const steps = this.#schemas.get(typeName).fields.flatMap((field) => this.#step(field) ?? []);
    return (object) => {
      for (const step of steps) step(object);
    };
  }

  #step(field: FieldSchema): PresenceFiller | undefined {
    const { name, schema } = field;
    const absent = field.presence === 'always' ? zeroOf(schema) : undefined;
    const inside = this.#inside(schema);
    if (absent === undefined && inside === undefined) return undefined;
    return (object) => {
      let value = object[name];
      if (value === undefined || value === null) {
        if (absent === undefined) return;
        value = absent();
        object[name] = value;
      }
      inside?.(value);
    };
  }

  #inside(schema: Schema): ((value: unknown) => void) | undefined {
    switch (schema.type) {
      case 'ref': {
        if (!this.#needsFilling(schema.name, new Set())) return undefined;
        const fill = this.fillerOf(schema.name);
        return (value) => fill(value as Record<string, unknown>);
      }
      case 'array': {
        const inside = this.#inside(schema.items);
        if (inside === undefined) return undefined;
        return (value) => {
          for (const item of value as unknown[]) inside(item);
        };
      }
      case 'map': {
        const inside = this.#inside(schema.values);
        if (inside === undefined) return undefined;
        return (value) => {
          for (const item of Object.values(value as Record<string, unknown>)) inside(item);
        };
      }
      default:
        return undefined;
    }
  }

  #needsFilling(typeName: string, seen: Set<string>): boolean {
    if (seen.has(typeName)) return false;
    seen.add(typeName);
    return this.#schemas
      .get(typeName)
      .fields.some(
        (field) =>
          (field.presence === 'always' && zeroOf(field.schema) !== undefined) || this.#holds(field.schema, seen),
      );
  }

  #holds(schema: Schema, seen: Set<string>): boolean {
    switch (schema.type) {
      case 'ref':
        return this.#needsFilling(schema.name, seen);
      case 'array':
        return this.#holds(schema.items, seen);
      case 'map':
        return this.#holds(schema.values, seen);
      default:
        return false;
    }
  }
}

/** What an absent field reads as once it was written; `undefined` where that is null. */
function zeroOf(schema: Schema): (() => unknown) | undefined {
  switch (schema.type) {
    case 'string':
      switch (schema.format) {
        case 'date-time':
        case 'micro-time':
          return undefined;
        case 'quantity':
          return () => '0';
        case 'int-or-string':
          return () => 0;
        default:
          return () => '';
      }
    case 'integer':
    case 'number':
      return () => 0;
    case 'boolean':
      return () => false;
    case 'ref':
      return () => ({});
    case 'array':
    case 'map':
    case 'any':
      return undefined;
  }
}
