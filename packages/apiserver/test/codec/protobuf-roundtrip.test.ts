import { createSchemaRegistry, deepEqual, type Schema } from '@kubernetes-mesos/api-types';
import fc from 'fast-check';
import type { MessagePlan } from '../../src/codec/proto-plan';
import { ProtobufCodec } from '../../src/codec/protobuf';

const schemas = createSchemaRegistry();
const codec = new ProtobufCodec(schemas);

const KINDS: readonly (readonly [apiVersion: string, kind: string])[] = [
  ...[
    'Binding',
    'ComponentStatus',
    'ConfigMap',
    'Endpoints',
    'Event',
    'LimitRange',
    'Namespace',
    'Node',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Pod',
    'PodTemplate',
    'ReplicationController',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
    'Status',
    'DeleteOptions',
  ].map((kind) => ['v1', kind] as const),
  ['autoscaling/v1', 'Scale'],
  ['policy/v1', 'Eviction'],
  ['authentication.k8s.io/v1', 'TokenRequest'],
  ['authentication.k8s.io/v1', 'TokenReview'],
  ['authentication.k8s.io/v1', 'SelfSubjectReview'],
  ['authorization.k8s.io/v1', 'SubjectAccessReview'],
  ['authorization.k8s.io/v1', 'SelfSubjectAccessReview'],
  ['authorization.k8s.io/v1', 'LocalSubjectAccessReview'],
  ['authorization.k8s.io/v1', 'SelfSubjectRulesReview'],
];

/** Alpha, and newer than the field numbers: a client that sends protobuf cannot set them, one that reads it does not see them. */
const NOT_CARRIED = new Set([
  'core.v1.NodeStatus.declaredFeatures',
  'core.v1.PodSpec.hostnameOverride',
  'core.v1.PodSpec.schedulingGroup',
  'core.v1.PodStatus.allocatedResources',
  'core.v1.PodStatus.extendedResourceClaimStatus',
  'core.v1.PodStatus.nodeAllocatableResourceClaimStatuses',
  'core.v1.PodStatus.resources',
  'core.v1.ResourceHealth.message',
  'core.v1.VolumeMountStatus.volumeStatus',
  'core.v1.VolumeProjection.podCertificate',
  'meta.v1.ListMeta.shardInfo',
]);

/** Values that a schema allows, none of them empty: what is empty is dropped on the way. */
function valuesOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'string':
      return textsOf(schema.format);
    case 'integer':
      return schema.format === 'int32'
        ? fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).filter((value) => value !== 0)
        : fc.maxSafeInteger().filter((value) => value !== 0);
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => value !== 0);
    case 'boolean':
      return fc.constant(true);
    case 'any':
      return fc.constant({ a: 1 });
    case 'array':
      return fc.array(valuesOf(schema.items, depth + 1), { minLength: 1, maxLength: 2 });
    case 'map':
      return fc.dictionary(fc.stringMatching(/^[a-z][a-z./]{0,5}$/), valuesOf(schema.values, depth + 1), {
        minKeys: 1,
        maxKeys: 2,
      });
    case 'ref':
      return objectsOf(schema.name, depth + 1);
  }
}

function textsOf(format: (Schema & { readonly type: 'string' })['format']): fc.Arbitrary<unknown> {
  switch (format) {
    case 'date-time':
      return fc.constantFrom('2024-01-02T03:04:05Z', '1969-12-31T23:59:59Z', '2106-02-07T06:28:16Z');
    case 'micro-time':
      return fc.constantFrom('2024-01-02T03:04:05.000123Z', '2024-01-02T03:04:05.999999Z');
    case 'byte':
      return fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('base64'));
    case 'quantity':
      return fc.constantFrom('1', '500m', '2Gi');
    case 'int-or-string':
      return fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom('http', '50%'));
    case 'duration':
      return fc.constantFrom('5s', '0.25s');
    case undefined:
      return fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !/\p{Cs}/u.test(text));
  }
}

function objectsOf(type: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  if (type.endsWith('.FieldsV1')) return fc.constant({ 'f:spec': {} });
  const carried = carriedBy(type);
  const fields = schemas.get(type).fields.filter(({ name }) => carried.has(name));
  const shallow = fields.filter(({ schema }) => depth < 6 || !['ref', 'array', 'map'].includes(schema.type));
  return fc.record(Object.fromEntries(shallow.map(({ name, schema }) => [name, valuesOf(schema, depth)])), {
    requiredKeys: [],
  });
}

test.each(KINDS)('%s %s survives the way there and back', (apiVersion, kind) => {
  const type = codec.typeOf(apiVersion, kind);
  if (type === undefined) throw new Error(`${kind} is not carried`);
  fc.assert(
    fc.property(objectsOf(type, 0), (object) => {
      const { data } = codec.decode(codec.encode(type, apiVersion, kind, object));
      if (!deepEqual(withoutEmpty(data), withoutEmpty(object))) expect(data).toEqual(object);
    }),
    { numRuns: 60 },
  );
});

test('every field that the API has is carried, but for those that are listed', () => {
  const missing: string[] = [];
  const seen = new Set<string>();
  const visit = (schema: Schema): void => {
    if (schema.type === 'array') visit(schema.items);
    else if (schema.type === 'map') visit(schema.values);
    else if (schema.type === 'ref' && !seen.has(schema.name) && !schema.name.endsWith('.FieldsV1')) {
      seen.add(schema.name);
      const carried = carriedBy(schema.name);
      for (const field of schemas.get(schema.name).fields) {
        const path = `${schema.name.split('.').slice(-3).join('.')}.${field.name}`;
        if (carried.has(field.name)) visit(field.schema);
        else if (!['kind', 'apiVersion'].includes(field.name)) missing.push(path);
      }
    }
  };
  for (const [apiVersion, kind] of KINDS) visit({ type: 'ref', name: codec.typeOf(apiVersion, kind) ?? '' });
  expect(missing.sort()).toEqual([...NOT_CARRIED].sort());
});

/** Names of a type's members that have a field number, those of inlined messages included. */
function carriedBy(type: string): ReadonlySet<string> {
  const names = (plan: MessagePlan | undefined): string[] =>
    plan === undefined
      ? []
      : [...plan.fields.map(({ name }) => name), ...plan.inline.flatMap((part) => names(part.plan))];
  return new Set(names(codec.plans.find(type)));
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, withoutEmpty(member)] as const);
  return Object.fromEntries(
    entries.filter(([, member]) => typeof member !== 'object' || member === null || Object.keys(member).length > 0),
  );
}
