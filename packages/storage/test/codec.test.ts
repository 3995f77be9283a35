import fc from 'fast-check';
import type { KubeObject } from '@kubernetes-mesos/api-types';
import { decodeObject, encodeObject, fromEncoded } from '../src/codec/object-codec';
import { findSplicePoint } from '../src/codec/resource-version-splice';
import { WriteIds } from '../src/codec/write-id';

const encoder = { encode: (object: KubeObject) => JSON.stringify(object) };
const key = { namespace: 'a', name: 'b' };

/** Any JSON, with text that would confuse a careless scanner. */
const nasty = fc.constantFrom('', '"', '\\', '\\"', '}', '{"metadata":{', ',', '\u2028', 'ä', '"resourceVersion":"1"');
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const text = fc.oneof(nasty, fc.string());
const metadata = fc.record(
  {
    name: text,
    generateName: text,
    namespace: text,
    selfLink: text,
    uid: text,
    resourceVersion: fc.constant('7'),
    generation: fc.nat(),
    labels: fc.dictionary(text, text),
    annotations: fc.dictionary(text, text),
  },
  { requiredKeys: [] },
);
const before = fc.dictionary(
  text.filter((each) => each !== 'metadata' && each !== '__proto__'),
  json,
);
const object = fc.tuple(before, metadata, before).map(([first, meta, last]) => ({ ...first, metadata: meta, ...last }));

function expected(value: KubeObject, revision: number): KubeObject {
  const plain = JSON.parse(JSON.stringify(value)) as KubeObject;
  return { ...plain, metadata: { ...plain.metadata, resourceVersion: String(revision) } };
}

test('bytes, object and what etcd gives back are the same, for any object', () => {
  const ids = new WriteIds();
  fc.assert(
    fc.property(
      object,
      fc.integer({ min: 1, max: 2 ** 40 }),
      fc.integer({ min: 1, max: 2 ** 40 }),
      (each, first, second) => {
        const encoded = encodeObject(encoder, each, ids.next());
        const own = fromEncoded(key, encoded, first);
        const read = decodeObject(key, encoded.value, first);
        expect(own.object).toEqual(expected(each, first));
        expect(JSON.parse(own.bytes.toString())).toEqual(own.object);
        expect(read.object).toEqual(own.object);
        expect(read.bytes.equals(own.bytes)).toBe(true);
        const later = read.atRevision(second);
        expect(later.object).toEqual(expected(each, second));
        expect(JSON.parse(later.bytes.toString())).toEqual(later.object);
        expect(JSON.parse(encoded.value.toString())).not.toHaveProperty('metadata.resourceVersion');
        expect(later.atRevision(first).bytes.equals(own.bytes)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('resourceVersion stands where Kubernetes writes it', () => {
  const shown = (metadata: KubeObject['metadata']) =>
    fromEncoded(key, encodeObject(encoder, { kind: 'Pod', metadata }, ''), 5).bytes.toString();
  expect(shown({ name: 'a', uid: 'u', generation: 1 })).toBe(
    '{"kind":"Pod","metadata":{"name":"a","uid":"u","resourceVersion":"5","generation":1}}',
  );
  expect(shown({ name: 'a', namespace: 'b' })).toBe(
    '{"kind":"Pod","metadata":{"name":"a","namespace":"b","resourceVersion":"5"}}',
  );
  expect(shown({ labels: {} })).toBe('{"kind":"Pod","metadata":{"resourceVersion":"5","labels":{}}}');
  expect(shown({})).toBe('{"kind":"Pod","metadata":{"resourceVersion":"5"}}');
});

test('what is not an object with metadata is refused', () => {
  for (const wrong of [
    '',
    '[]',
    '"x"',
    '{}',
    '{"metadata":[]}',
    '{"metadata":null}',
    '{"a":1',
    '{"metadata":{"name":"x',
    'k8s\0',
  ]) {
    expect(() => findSplicePoint(Buffer.from(wrong))).toThrow(SyntaxError);
  }
  expect(() => decodeObject(key, Buffer.from('{"metadata":{"labels":{}}trailing'), 1)).toThrow(SyntaxError);
  expect(() => findSplicePoint(Buffer.from('{"metadata":{"resourceVersion":"1"}}'))).toThrow(SyntaxError);
});

test('ids of writes differ, between processes too', () => {
  const one = new WriteIds();
  const two = new WriteIds();
  const ids = Array.from({ length: 1_000 }, (_each, index) => (index % 2 === 0 ? one : two).next());
  expect(new Set(ids).size).toBe(1_000);
  expect(ids.every((id) => id.trim() === '' && id.length === 32)).toBe(true);
});
