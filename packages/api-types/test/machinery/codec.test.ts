import * as fc from 'fast-check';
import {
  createSchemaRegistry,
  DecodeError,
  deepCopy,
  encodeAny,
  encodeString,
  findDuplicateFields,
  findUnknownFields,
  SchemaRegistry,
  strictDecodingText,
} from '../../src';
import { JsonWriter } from '../../src/machinery/json-writer';

const registry = createSchemaRegistry();
const pods = registry.codec('io.k8s.api.core.v1.Pod');
const events = registry.codec('io.k8s.api.core.v1.Event');

describe('decoding', () => {
  test('drops what is unknown, null or empty, and orders members', () => {
    const decoded = pods.decode({
      bogus: 1,
      spec: {
        containers: [{ image: 'i', name: 'c', extra: {}, ports: [], env: null }],
        hostNetwork: false,
        nodeSelector: {},
      },
      metadata: { labels: { b: '2', a: '1' }, name: 'p', creationTimestamp: null },
      kind: 'Pod',
    });
    expect(JSON.stringify(decoded)).toBe(
      '{"kind":"Pod","metadata":{"name":"p","labels":{"b":"2","a":"1"}},"spec":{"containers":[{"name":"c","image":"i"}]}}',
    );
  });

  test('keeps what was said by a pointer', () => {
    const spec = { terminationGracePeriodSeconds: 0, automountServiceAccountToken: false, containers: [] };
    expect(pods.decode({ spec })).toEqual({ spec });
  });

  test('makes amounts and times canonical', () => {
    const decoded = pods.decode({
      metadata: { creationTimestamp: '2020-01-02T04:04:05.5+01:00' },
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: 0.5, memory: '1024Mi' } } }] },
    });
    expect(decoded).toEqual({
      metadata: { creationTimestamp: '2020-01-02T03:04:05Z' },
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
    });
    expect(events.decode({ eventTime: '2020-01-02T03:04:05.1234567Z' })).toEqual({
      eventTime: '2020-01-02T03:04:05.123456Z',
    });
  });

  test('field names are case-sensitive', () => {
    expect(pods.decode({ Kind: 'Pod', metadata: { Name: 'x' } })).toEqual({ metadata: {} });
  });

  test.each([
    [
      { metadata: { name: 1 } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      { spec: { containers: [{ stdin: 'yes' }] } },
      'json: cannot unmarshal string into Go struct field Container.spec.containers.stdin of type bool',
    ],
    [
      { spec: { activeDeadlineSeconds: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64',
    ],
    [
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [[], 'json: cannot unmarshal array into Go value of type v1.Pod'],
    [
      { spec: { containers: [{ resources: { limits: { cpu: '1x' } } }] } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ])('refuses %j', (data, message) => {
    expect(() => pods.decode(data)).toThrow(new DecodeError(message));
  });

  test('refuses broken base64 where it breaks', () => {
    const secrets = registry.codec('io.k8s.api.core.v1.Secret');
    expect(() => secrets.decode({ data: { a: '!!!!' } })).toThrow('illegal base64 data at input byte 0');
    expect(secrets.decode({ data: { a: 'aGVs\nbG8=' } })).toEqual({ data: { a: 'aGVsbG8=' } });
  });

  test('a member named __proto__ is data', () => {
    const decoded = pods.decode(JSON.parse('{"metadata":{"labels":{"__proto__":null}}}'));
    expect(JSON.stringify(decoded)).toBe('{"metadata":{"labels":{"__proto__":""}}}');
  });
});

describe('encoding', () => {
  test('writes what is always written', () => {
    expect(pods.encode({}).toString()).toBe(
      '{"metadata":{"creationTimestamp":null},"spec":{"containers":null},"status":{}}',
    );
    expect(events.encode({ metadata: { name: 'e' }, involvedObject: {} }).toString()).toBe(
      '{"metadata":{"name":"e","creationTimestamp":null},"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":null,"eventTime":null,"reportingComponent":"","reportingInstance":""}',
    );
  });

  test('sorts maps by bytes and escapes as Go does', () => {
    const labels = { b: '<&>', 'a\u2028': '"\\\n\b', 10: 'x', 9: 'y' };
    expect(encodeAny(labels)).toBe('{"10":"x","9":"y","a\\u2028":"\\"\\\\\\n\\u0008","b":"\\u003c\\u0026\\u003e"}');
    expect(encodeString('\ud800')).toBe('"\ufffd"');
    expect(encodeAny({ '\u{10000}': 1, '\uffff': 2 })).toBe('{"\uffff":2,"\u{10000}":1}');
  });

  test('a writer has the bytes of what was written, whatever went before', () => {
    const writer = new JsonWriter();
    const unit = fc.constantFrom('a', '~', '\x7f', '"', '\\', '<', '\u0000', '\n', 'ü', '\u2028', '\ud800', '💧');
    const lengths = fc.constantFrom(3, 130, 40_000);
    fc.assert(
      fc.property(fc.array(lengths.chain((maxLength) => fc.string({ unit, maxLength }))), (texts) => {
        writer.clear();
        for (const text of texts) {
          writer.string(text);
          writer.byte(0x2c);
          writer.ascii('null');
          writer.text(encodeAny({ [text]: text }));
        }
        const expected = texts.map((text) => `${encodeString(text)},null${encodeAny({ [text]: text })}`).join('');
        expect(writer.copy().toString('utf8')).toBe(expected);
      }),
    );
  });

  test('what was copied stays when something else is written', () => {
    const [first, second] = [pods.encode({ metadata: { name: 'a' } }), pods.encode({ metadata: { name: 'b' } })];
    expect(JSON.parse(first.toString())).toMatchObject({ metadata: { name: 'a' } });
    expect(JSON.parse(second.toString())).toMatchObject({ metadata: { name: 'b' } });
  });

  test('what is written is read as the same', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(text, text), fc.array(text), (labels, args) => {
        const pod = { metadata: { labels: deepCopy(labels) }, spec: { containers: [{ name: 'c', args }] } };
        const once = pods.encode(pods.decode(deepCopy(pod))).toString();
        expect(pods.encode(pods.decode(JSON.parse(once))).toString()).toBe(once);
        expect((JSON.parse(once) as typeof pod).metadata.labels ?? {}).toEqual(labels);
      }),
    );
  });
});

describe('strict decoding', () => {
  test('finds unknown fields wherever they are', () => {
    const data = { spec: { containers: [{ name: 'c' }, { nam: 'd', env: [{ valu: 1 }] }], x: 1 }, y: {} };
    expect(findUnknownFields(data, 'io.k8s.api.core.v1.Pod', registry)).toEqual([
      'unknown field "spec.containers[1].nam"',
      'unknown field "spec.containers[1].env[0].valu"',
      'unknown field "spec.x"',
      'unknown field "y"',
    ]);
  });

  test('finds members that are there twice', () => {
    expect(findDuplicateFields('{"a":1,"b":[{"c":1,"c":{"x":"\\"}","x":2}}], "a":[]}')).toEqual([
      'duplicate field "b[0].c"',
      'duplicate field "b[0].c.x"',
      'duplicate field "a"',
    ]);
    expect(strictDecodingText(['unknown field "a"', 'duplicate field "b"'])).toBe(
      'strict decoding error: unknown field "a", duplicate field "b"',
    );
  });

  test('finds nothing twice in what JSON.stringify wrote', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(findDuplicateFields(JSON.stringify(value))).toEqual([])));
  });
});

test('every type that a schema refers to is there', () => {
  const missing: string[] = [];
  const visit = (schema: { type: string; name?: string; items?: unknown; values?: unknown }): void => {
    if (schema.type === 'ref' && registry.find(schema.name ?? '') === undefined) missing.push(schema.name ?? '');
    if (schema.items !== undefined) visit(schema.items as never);
    if (schema.values !== undefined) visit(schema.values as never);
  };
  for (const type of registry) for (const field of type.fields) visit(field.schema);
  expect(missing).toEqual([]);
  expect(() => new SchemaRegistry().codec('x')).toThrow('no schema is named x');
});
