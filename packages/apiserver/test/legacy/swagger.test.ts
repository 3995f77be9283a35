import { createSchemaRegistry, LEGACY_VERSIONS } from '@kubernetes-mesos/api-types';
import { swaggerModels, type SwaggerModel } from '../../src/legacy/swagger-models';
import { swaggerPaths } from '../../src/legacy/swagger-paths';
import { schemaModels, schemaOfKind } from '../../src/legacy/swagger-schemas';

/** Types that a model refers to and that are not described. */
function missing(models: Record<string, SwaggerModel>): string[] {
  const references = [...JSON.stringify(models).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
  const primitive = new Set(['string', 'integer', 'boolean', 'any']);
  return references.filter((name) => !primitive.has(name) && models[name] === undefined);
}

test.each(Object.values(LEGACY_VERSIONS).map((version) => [version.name, version] as const))(
  'every type that %s refers to is described',
  (_, version) => {
    const models = swaggerModels(version.kinds.map(({ shape }) => shape));
    expect(missing(models)).toEqual([]);
    expect(Object.keys(models)).toContain(version.layout === 'flat' ? 'v1beta1.Pod' : 'v1beta3.Pod');
  },
);

describe('v1 as kubectl of 2015 checks manifests against it', () => {
  const schemas = createSchemaRegistry();
  const roots = ['Pod', 'Service', 'Secret', 'List', 'ReplicationController'];
  const models = schemaModels(
    roots.flatMap((kind) => schemaOfKind(schemas, kind) ?? []),
    schemas,
  );

  test('every type that it refers to is described, by the name that a manifest gives with its version', () => {
    expect(missing(models)).toEqual([]);
    expect(models['v1.Pod']?.properties).toMatchObject({
      metadata: { $ref: 'v1.ObjectMeta' },
      spec: { $ref: 'v1.PodSpec' },
    });
  });

  test('fields are of the kinds that kubectl knows', () => {
    expect(models['v1.Container']?.required).toEqual(['name']);
    expect(models['v1.Container']?.properties).toMatchObject({
      command: { type: 'array', items: { $ref: 'string' } },
      ports: { type: 'array', items: { $ref: 'v1.ContainerPort' } },
    });
    expect(models['v1.ServicePort']?.properties).toMatchObject({
      port: { type: 'integer' },
      targetPort: { type: 'string' },
    });
    expect(models['v1.Secret']?.properties).toMatchObject({ data: { type: 'any' } });
  });
});

test('a resource is described by the operations that it has, and by its place', () => {
  const version = {
    name: 'v1',
    namespace: { paramType: 'path', name: 'namespace' },
    selectors: ['labelSelector'],
  } as const;
  const resource = { name: 'pods', kind: 'Pod', type: 'v1.Pod', namespaced: true };
  expect(swaggerPaths(version, { ...resource, verbs: ['create', 'get'] })).toMatchObject([
    { path: '/api/v1/namespaces/{namespace}/pods', operations: [{ method: 'POST', type: 'v1.Pod' }] },
    { path: '/api/v1/namespaces/{namespace}/pods/{name}', operations: [{ method: 'GET', nickname: 'readPod' }] },
  ]);
  expect(swaggerPaths(version, { ...resource, namespaced: false, verbs: ['list'] })).toMatchObject([
    { path: '/api/v1/pods', operations: [{ method: 'GET', parameters: [{ name: 'labelSelector' }] }] },
  ]);
});
