import type { FieldSchema, Schema, TypeSchema } from '@kubernetes-mesos/api-types';

/** The part of JSON Schema that both versions of OpenAPI share and that Kubernetes uses. */
export interface JsonSchema {
  $ref?: string;
  description?: string;
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  format?: string;
  allOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  /** Of parameters. */
  uniqueItems?: boolean;
  [extension: `x-${string}`]: unknown;
}

/** Which version of OpenAPI a schema is written in. */
export type Dialect = 'v2' | 'v3';

/** A kind, as `x-kubernetes-group-version-kind` names it. */
export interface GroupVersionKind {
  readonly group: string;
  readonly kind: string;
  readonly version: string;
}

export const META_V1 = 'io.k8s.apimachinery.pkg.apis.meta.v1';
/** What a patch's body is said to be. */
export const PATCH = `${META_V1}.Patch`;

const TIME = `${META_V1}.Time`;
const MICRO_TIME = `${META_V1}.MicroTime`;
const DURATION = `${META_V1}.Duration`;
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

/** Types that are single values in JSON, but have names in the documents. */
const VALUE_TYPES: Readonly<Record<string, (dialect: Dialect) => JsonSchema>> = {
  [TIME]: () => ({
    description: 'A point in time in RFC 3339, to the second: 2006-01-02T15:04:05Z.',
    type: 'string',
    format: 'date-time',
  }),
  [MICRO_TIME]: () => ({
    description: 'A point in time in RFC 3339, to the microsecond: 2006-01-02T15:04:05.000000Z.',
    type: 'string',
    format: 'date-time',
  }),
  [DURATION]: () => ({ description: 'A length of time with its unit: 1h5m, 90s, 300ms.', type: 'string' }),
  [QUANTITY]: (dialect) => ({
    description:
      'An amount of a resource: a number, exact to 3 decimal places, with an optional suffix. Suffixes are powers of ' +
      '1000 (n, u, m, k, M, G, T, P, E), powers of 1024 (Ki, Mi, Gi, Ti, Pi, Ei) or a decimal exponent (e3, E6). 100m ' +
      'is a tenth, 1Gi is 1073741824. Servers write it in the shortest exact form of the same family.',
    ...(dialect === 'v2' ? { type: 'string' } : { oneOf: [{ type: 'string' }, { type: 'number' }] }),
  }),
  [INT_OR_STRING]: (dialect) => ({
    description: 'Either a number or a text: a port by its number or name, an amount by its count or percentage.',
    ...(dialect === 'v2' ? { type: 'string' } : { oneOf: [{ type: 'integer' }, { type: 'string' }] }),
    format: 'int-or-string',
  }),
  [PATCH]: () => ({
    description: 'A change of an object, in one of the media types that the operation consumes.',
    type: 'object',
  }),
};

/** Writes schemas in one dialect, and tells which named types they refer to. */
export class SchemaWriter {
  readonly #dialect: Dialect;
  readonly #prefix: string;
  readonly #refersTo: (name: string) => void;

  constructor(dialect: Dialect, refersTo: (name: string) => void) {
    this.#dialect = dialect;
    this.#prefix = dialect === 'v2' ? '#/definitions/' : '#/components/schemas/';
    this.#refersTo = refersTo;
  }

  reference(name: string): JsonSchema {
    this.#refersTo(name);
    return { $ref: `${this.#prefix}${name}` };
  }

  /** A named single value; `undefined` when the name is none. */
  valueType(name: string): JsonSchema | undefined {
    return VALUE_TYPES[name]?.(this.#dialect);
  }

  /** @param kinds the group-version-kinds that objects of the type are sent as */
  type({ description, fields }: TypeSchema, kinds: readonly GroupVersionKind[]): JsonSchema {
    const required = fields.filter((field) => field.required === true).map((field) => field.name);
    const sorted = [...fields].sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      description,
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      ...(fields.length === 0
        ? {}
        : { properties: Object.fromEntries(sorted.map((field) => [field.name, this.#field(field)])) }),
      ...(kinds.length === 0 ? {} : { 'x-kubernetes-group-version-kind': kinds }),
    };
  }

  #field(field: FieldSchema): JsonSchema {
    const schema = this.#schema(field.schema);
    // In version 3 nothing may stand beside a reference.
    const wrapped = schema.$ref !== undefined && this.#dialect === 'v3' ? { allOf: [schema] } : schema;
    const { description, patchStrategy, patchMergeKey, listType, listMapKeys, mapType } = field;
    return {
      description,
      ...wrapped,
      ...(listMapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': listMapKeys }),
      ...(listType === undefined ? {} : { 'x-kubernetes-list-type': listType }),
      ...(mapType === undefined ? {} : { 'x-kubernetes-map-type': mapType }),
      ...(patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': patchMergeKey }),
      ...(patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': patchStrategy }),
    };
  }

  #schema(schema: Schema): JsonSchema {
    switch (schema.type) {
      case 'string':
        return this.#text(schema.format);
      case 'integer':
        return { type: 'integer', format: schema.format };
      case 'number':
        return { type: 'number', format: 'double' };
      case 'boolean':
        return { type: 'boolean' };
      case 'any':
        return {};
      case 'array':
        return { type: 'array', items: this.#schema(schema.items) };
      case 'map':
        return { type: 'object', additionalProperties: this.#schema(schema.values) };
      case 'ref':
        return this.reference(schema.name);
    }
  }

  #text(format: (Schema & { type: 'string' })['format']): JsonSchema {
    switch (format) {
      case undefined:
        return { type: 'string' };
      case 'byte':
        return { type: 'string', format };
      case 'date-time':
        return this.reference(TIME);
      case 'micro-time':
        return this.reference(MICRO_TIME);
      case 'duration':
        return this.reference(DURATION);
      case 'quantity':
        return this.reference(QUANTITY);
      case 'int-or-string':
        return this.reference(INT_OR_STRING);
    }
  }
}
