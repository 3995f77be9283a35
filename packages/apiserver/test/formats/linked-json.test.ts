import { coreV1Resources, createSchemaRegistry } from '@kubernetes-mesos/api-types';
import { describeResource } from '../../src/endpoints/served-resource';
import { LinkedJsonFormat } from '../../src/formats/linked-json';
import { StoredJsonFormat } from '../../src/formats/stored-json';
import { bytesOf } from '../support/list-body';
import { readsLinks } from '../../src/http/wanted-format';

const schemas = createSchemaRegistry();
const format = new LinkedJsonFormat(
  new StoredJsonFormat((resource, { object }) => Buffer.from(schemas.codec(resource.definition.schema).encode(object))),
);

function resourceOf(plural: string) {
  const definition = coreV1Resources({ allowPrivileged: false }).find(({ names }) => names.plural === plural);
  if (definition === undefined) throw new Error(`no ${plural}`);
  return describeResource(definition);
}

const configMap = (name: string) => {
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'ns' }, data: { metadata: '{}' } };
  const bytes = Buffer.from(schemas.codec(resourceOf('configmaps').definition.schema).encode(object));
  return { object, bytes, key: { namespace: 'ns', name }, revision: 7 };
};
const link = (name: string) => ({ metadata: { selfLink: `/api/v1/namespaces/ns/configmaps/${name}` } });

test('an object, an event and each item of a list carry their links, and all that they had', () => {
  const resource = resourceOf('configmaps');
  const one = configMap('a');
  expect(JSON.parse(format.object(resource, one).toString())).toMatchObject({ ...one.object, ...link('a') });
  expect(JSON.parse(format.event(resource, 'ADDED', one).toString())).toMatchObject({
    type: 'ADDED',
    object: { kind: 'ConfigMap', ...link('a') },
  });
  const text = bytesOf(format.list(resource, { revision: 9, items: [one, configMap('b')] }));
  const list = JSON.parse(text.toString()) as { items: object[] };
  expect(list).toMatchObject({ kind: 'ConfigMapList', metadata: { resourceVersion: '9' } });
  expect(list.items).toMatchObject([{ data: { metadata: '{}' }, ...link('a') }, link('b')]);
  expect(list.items[0]).not.toHaveProperty('kind');
});

test('what has no namespace is linked without one', () => {
  const node = { kind: 'Node', apiVersion: 'v1', metadata: { name: 'n' } };
  const shown = JSON.parse(format.object(resourceOf('nodes'), { object: node }).toString()) as object;
  expect(shown).toMatchObject({ metadata: { selfLink: '/api/v1/nodes/n' } });
});

test.each([
  ['kubectl/v1.0.0 (linux/amd64) kubernetes/cd82144', true],
  ['kubelet/v1.15.12 (linux/amd64) kubernetes/e2a8225', true],
  ['kubectl/v1.16.0 (linux/amd64) kubernetes/2bd9643', false],
  ['kubectl/v1.35.0 (linux/amd64) kubernetes/66452049', false],
  ['curl/7.88', false],
  ['', false],
  [undefined, false],
])('%s: links %s', (agent, reads) => {
  expect(readsLinks(agent)).toBe(reads);
});
