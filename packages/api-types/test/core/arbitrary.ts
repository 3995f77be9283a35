import fc from 'fast-check';
import { createSchemaRegistry, type Schema, type SchemaRegistry, type TypeSchema } from '../../src';

/** Depth beyond which objects are left empty; recursive types end there. */
const MAX_DEPTH = 7;

/** Words that mean something somewhere, so that more than the first check of a field is reached. */
const WORDS = [
  'a',
  'A_b',
  'Always',
  'Never',
  'OnFailure',
  'Exists',
  'In',
  'NotIn',
  'TCP',
  'None',
  'ClusterIP',
  'LoadBalancer',
  'ExternalName',
  'Local',
  'Localhost',
  'windows',
  'linux',
  'Container',
  'PersistentVolumeClaim',
  'kubernetes.io/tls',
  'kubernetes.io/dockerconfigjson',
  'metadata.name',
  "metadata.labels['a']",
  'v1',
  '10.0.0.1',
  '::1',
  '10.0.0.0/8',
  '../x',
  '/',
  ' ',
];

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.string({ maxLength: 80 }) },
);
const quantity = fc.constantFrom('0', '1', '-1', '500m', '1.5', '1Gi', '-2Mi', '1n', '3e2');
const name = fc.oneof(
  fc.constantFrom('cpu', 'memory', 'storage', 'pods', 'hugepages-2Mi', 'example.com/gpu', 'requests.cpu', '__proto__'),
  word,
);

/** JSON of a type as its schema describes it; every member may be missing. */
export function schemaShaped(
  schemaName: string,
  registry: SchemaRegistry = createSchemaRegistry(),
): fc.Arbitrary<object> {
  return ofType(registry.get(schemaName), registry, 0);
}

function ofType(type: TypeSchema, registry: SchemaRegistry, depth: number): fc.Arbitrary<object> {
  if (depth > MAX_DEPTH) return fc.constant({});
  const members = Object.fromEntries(
    type.fields.map((field) => [
      field.name,
      fc.constant(null).chain(() => ofSchema(field.schema, registry, depth + 1)),
    ]),
  );
  const keys = type.fields.map((field) => field.name);
  // Few members of many, so that objects stay small.
  return fc
    .subarray(keys, { maxLength: Math.min(keys.length, depth < 2 ? keys.length : 4) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((key) => [key, members[key] ?? fc.constant(null)]))));
}

function ofSchema(schema: Schema, registry: SchemaRegistry, depth: number): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'string':
      return ofText(schema.format);
    case 'integer':
      return fc.oneof(fc.constantFrom(0, 1, 2, -1, 80, 10_250, 30_000, 100_000), fc.integer());
    case 'number':
      return fc.integer();
    case 'boolean':
      return fc.boolean();
    case 'any':
      return fc.jsonValue({ maxDepth: 2 });
    case 'array':
      return fc.array(ofSchema(schema.items, registry, depth), { maxLength: 3 });
    case 'map':
      return fc.dictionary(name, ofSchema(schema.values, registry, depth), { maxKeys: 3 });
    case 'ref':
      return ofType(registry.get(schema.name), registry, depth);
  }
}

function ofText(format: (Schema & { type: 'string' })['format']): fc.Arbitrary<unknown> {
  switch (format) {
    case 'date-time':
      return fc.constantFrom('2015-03-04T05:06:07Z', null);
    case 'micro-time':
      return fc.constantFrom('2015-03-04T05:06:07.123456Z', null);
    case 'byte':
      return fc.constantFrom('', 'eA==', 'e30=', 'bnVsbA==');
    case 'quantity':
      return quantity;
    case 'int-or-string':
      return fc.oneof(fc.integer(), word);
    case 'duration':
    case undefined:
      return word;
  }
}
