import { createSchemaRegistry } from '@kubernetes-mesos/api-types';
import { openApiDocument } from '../../src/openapi/document-v3';
import { swaggerDocument } from '../../src/openapi/swagger';
import { VERSIONS } from './versions';

const schemas = createSchemaRegistry();
const swagger = swaggerDocument(schemas, VERSIONS);
const documents = VERSIONS.map((version) => openApiDocument(schemas, version, VERSIONS));
const [core] = documents;
const POD_SPEC = 'io.k8s.api.core.v1.PodSpec';

describe('documents of both versions', () => {
  test.each([
    ['2', swagger, swagger.definitions, '#/definitions/'],
    ...documents.map((document) => ['3', document, document.components.schemas, '#/components/schemas/'] as const),
  ] as const)(
    'version %s: every type that is referred to is there, and no other',
    (_version, document, types, prefix) => {
      const referred = new Set(references(document));
      expect([...referred].sort()).toEqual(
        Object.keys(types)
          .map((name) => `${prefix}${name}`)
          .sort(),
      );
    },
  );

  test('operations have ids of their own', () => {
    const ids = operations(swagger.paths).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining([
        'listCoreV1NamespacedPod',
        'listCoreV1PodForAllNamespaces',
        'readCoreV1NamespacedPod',
        'replaceCoreV1NamespacedPodStatus',
        'deleteCoreV1CollectionNamespacedPod',
        'connectCoreV1PostNamespacedPodExec',
        'connectCoreV1GetNamespacedServiceProxyWithPath',
        'createCoreV1NamespacedPodBinding',
        'patchCoreV1Node',
        'createAuthenticationV1TokenReview',
      ]),
    );
  });

  test('both describe the same paths and operations', () => {
    const pathsOf3 = Object.assign({}, ...documents.map(({ paths }) => paths)) as typeof swagger.paths;
    expect(Object.keys(pathsOf3).sort()).toEqual(Object.keys(swagger.paths).sort());
    expect(operations(pathsOf3).map(({ operationId }) => operationId)).toEqual(
      operations(swagger.paths).map(({ operationId }) => operationId),
    );
  });

  test('every parameter of a path is described', () => {
    for (const [path, { parameters }] of Object.entries(swagger.paths)) {
      const named = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect(named.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
    }
  });
});

test('kubectl sees that dry runs and checks of fields are known', () => {
  const item = '/api/v1/namespaces/{namespace}/pods/{name}';
  const patch = swagger.paths[item]?.patch;
  expect(patch?.['x-kubernetes-group-version-kind']).toEqual({ group: '', kind: 'Pod', version: 'v1' });
  expect(patch?.['x-kubernetes-action']).toBe('patch');
  const names = ['dryRun', 'fieldManager', 'fieldValidation'];
  expect(patch?.parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  expect(core?.paths[item]?.patch?.parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});

test('lists tell how they are merged', () => {
  const containers = {
    type: 'array',
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
  };
  expect(swagger.definitions[POD_SPEC]?.properties?.['containers']).toMatchObject({
    ...containers,
    items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
  });
  expect(core?.components.schemas[POD_SPEC]?.properties?.['containers']).toMatchObject({
    ...containers,
    items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
  });
  expect(swagger.definitions[POD_SPEC]?.required).toEqual(['containers']);
});

test('kinds are found by group, version and kind', () => {
  const kindOf = (name: string) => swagger.definitions[name]?.['x-kubernetes-group-version-kind'];
  expect(kindOf('io.k8s.api.core.v1.Pod')).toEqual([{ group: '', kind: 'Pod', version: 'v1' }]);
  expect(kindOf('io.k8s.api.core.v1.PodList')).toEqual([{ group: '', kind: 'PodList', version: 'v1' }]);
  expect(kindOf('io.k8s.api.autoscaling.v1.Scale')).toEqual([{ group: 'autoscaling', kind: 'Scale', version: 'v1' }]);
  expect(kindOf('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions')).toEqual([
    { group: '', kind: 'DeleteOptions', version: 'v1' },
    { group: 'authentication.k8s.io', kind: 'DeleteOptions', version: 'v1' },
  ]);
  expect(kindOf(POD_SPEC)).toBeUndefined();
});

test('nothing stands beside a reference in version 3', () => {
  const metadata = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
  expect(swagger.definitions['io.k8s.api.core.v1.Pod']?.properties?.['metadata']).toMatchObject({
    $ref: `#/definitions/${metadata}`,
    description: expect.any(String) as string,
  });
  expect(core?.components.schemas['io.k8s.api.core.v1.Pod']?.properties?.['metadata']).toMatchObject({
    allOf: [{ $ref: `#/components/schemas/${metadata}` }],
  });
});

test('quantities and ports are text or number where a version can say so', () => {
  const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
  expect(swagger.definitions[quantity]?.type).toBe('string');
  expect(core?.components.schemas[quantity]?.oneOf).toEqual([{ type: 'string' }, { type: 'number' }]);
});

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => (key === '$ref' ? [member as string] : references(member)));
}

function operations(paths: object): { operationId: string }[] {
  return Object.entries(paths)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, item]) =>
      Object.entries(item as object)
        .filter(([method]) => method !== 'parameters')
        .map(([, operation]) => operation as { operationId: string }),
    );
}
