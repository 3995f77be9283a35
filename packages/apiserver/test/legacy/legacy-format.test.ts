import fc from 'fast-check';
import { LEGACY_VERSIONS, type KubeObject, type LegacyVersion } from '@kubernetes-mesos/api-types';
import type { StoredObject } from '@kubernetes-mesos/storage';
import { LegacyFormat } from '../../src/legacy/legacy-format';
import { bytesOf } from '../support/list-body';

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });

const secret = fc
  .record({ name: text, annotations: fc.dictionary(text, text, { maxKeys: 3 }), type: text })
  .map(({ name, annotations, type }): KubeObject & { type: string } => ({
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name, namespace: 'ns', annotations, creationTimestamp: '2024-01-02T03:04:05Z', resourceVersion: '3' },
    type,
  }));

function stored(object: KubeObject): StoredObject {
  return { key: { namespace: 'ns', name: object.metadata.name ?? '' }, revision: 3, object, bytes: Buffer.alloc(0) };
}

describe.each(Object.keys(LEGACY_VERSIONS) as LegacyVersion[])('%s', (name) => {
  const version = LEGACY_VERSIONS[name];
  const resource = version.resourceOf('secrets')!;
  const links = { resource, subresource: '', acrossNamespaces: false, namespace: 'ns', ownNamespace: 'default' };

  test('a list put together of remembered texts is the list written at once', () => {
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 4 }), (objects) => {
        const format = new LegacyFormat(version, links, undefined);
        const body = (): string =>
          bytesOf(format.list(undefined, { items: objects.map(stored), revision: 9 })).toString();
        const items = objects.map((object) => ({
          ...object,
          metadata: {
            ...object.metadata,
            selfLink: version.selfLink({ resource, namespace: 'ns', name: object.metadata.name ?? '' }),
          },
        }));
        const selfLink = version.selfLink({ resource, namespace: 'ns' });
        const whole = JSON.stringify(version.encodeList(resource, { items, selfLink, resourceVersion: '9' }), null, 2);
        expect(unescaped(body())).toBe(whole);
        expect(body()).toBe(body());
      }),
    );
  });
});

test('an object with a time to live shows when it expires', () => {
  const version = LEGACY_VERSIONS.v1beta1;
  const resource = version.resourceOf('events')!;
  const links = { resource, subresource: '', acrossNamespaces: false, namespace: '', ownNamespace: 'default' };
  const event = {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name: 'e', namespace: 'ns', creationTimestamp: '2024-01-02T03:04:05Z' },
    involvedObject: {},
  };
  const body = new LegacyFormat(version, links, 3600).object(undefined, { object: event }).toString();
  expect(JSON.parse(body)).toMatchObject({ deletionTimestamp: '2024-01-02T04:04:05Z' });
});

/** What Go escapes beside what JSON must. */
function unescaped(json: string): string {
  return json.replace(/\\u(003c|003e|0026|2028|2029)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
