import { LEGACY_VERSIONS } from '@kubernetes-mesos/api-types';
import { swaggerModels } from '../../src/legacy/swagger-models';

test.each(Object.values(LEGACY_VERSIONS).map((version) => [version.name, version] as const))(
  'every type that %s refers to is described',
  (_, version) => {
    const models = swaggerModels(version.kinds.map(({ shape }) => shape));
    const references = [...JSON.stringify(models).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
    const primitive = new Set(['string', 'integer', 'boolean', 'any']);
    const missing = references.filter((name) => !primitive.has(name) && models[name] === undefined);
    expect(missing).toEqual([]);
    expect(Object.keys(models)).toContain(version.layout === 'flat' ? 'v1beta1.Pod' : 'v1beta3.Pod');
  },
);
