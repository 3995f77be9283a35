import fc from 'fast-check';
import { coreV1Resources, createSchemaRegistry } from '@kubernetes-mesos/api-types';
import { describeResource } from '../../src/endpoints/served-resource';
import { Formats } from '../../src/formats/formats';
import { indentJson } from '../../src/formats/json-text';
import { yamlOfJson } from '../../src/formats/yaml-text';
import { negotiate } from '../../src/http/negotiate';
import { bytesOf } from '../support/list-body';

const schemas = createSchemaRegistry();
const definition = coreV1Resources({ allowPrivileged: true }).find(({ names }) => names.kind === 'ConfigMap');
if (definition === undefined) throw new Error('there are no config maps');
const resource = describeResource(definition);
const formats = new Formats(schemas, () => 0);
const NO_QUERY = new URLSearchParams();

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    '',
    ' a',
    'a\n\nb\n',
    '  two\n lines',
    '- x: y',
    '{}',
    '"',
    '\t',
    'true',
    '1e3',
    '<&>',
    '# no',
    'x'.repeat(9_000),
  ),
);
const configMap = fc.record({ name: text, data: fc.dictionary(text, text, { maxKeys: 3 }) }).map(({ name, data }) => {
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, resourceVersion: '5' }, data };
  return { object: object, bytes: schemas.codec(resource.definition.schema).encode(object) };
});
const lists = fc.record({
  items: fc.array(configMap, { maxLength: 6 }),
  continueToken: fc.option(fc.constantFrom('abc'), { nil: undefined }),
});

function listed(
  accept: string,
  pretty: boolean,
  { items, continueToken }: { items: unknown[]; continueToken: string | undefined },
) {
  const more = continueToken === undefined ? {} : { continueToken, remainingItemCount: 3 };
  const format = formats.choose(negotiate(accept), NO_QUERY, pretty);
  return bytesOf(format.list(resource, { revision: 9, items: items as never, ...more })).toString();
}

test.each([
  ['application/json;as=Table;v=v1;g=meta.k8s.io'],
  ['application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'],
  ['application/json'],
])('%s is the same list in every style, however it is cut', (accept) => {
  fc.assert(
    fc.property(lists, (list) => {
      const compact = listed(accept, false, list);
      expect(compact.endsWith('}\n')).toBe(true);
      expect(JSON.parse(compact) as { items?: unknown; rows?: unknown[] }).toMatchObject({
        metadata: { resourceVersion: '9' },
      });
      expect(listed(accept, true, list)).toBe(indentJson(compact.trimEnd()));
      expect(listed(accept.replace('json', 'yaml'), false, list)).toBe(yamlOfJson(compact));
    }),
  );
});

test('a list is made in pieces, each when it is asked for', () => {
  let made = 0;
  const bytes = Buffer.from(
    `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"a":"${'x'.repeat(1_000)}"}}`,
  );
  const item = {
    object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } },
    get bytes() {
      made += 1;
      return bytes;
    },
  };
  const items = Array.from({ length: 500 }, () => item) as never;
  for (const [accept, pretty] of [
    ['application/json', true],
    ['application/yaml', false],
  ] as const) {
    const body = formats.choose(negotiate(accept), NO_QUERY, pretty).list(resource, { revision: 9, items });
    if (!('pieces' in body)) throw new Error('the list is one piece');
    let before = made;
    for (const piece of body.pieces) {
      void piece;
      expect(made - before).toBeLessThanOrEqual(40);
      before = made;
    }
    expect(made).toBeGreaterThanOrEqual(500);
    made = 0;
  }
});
