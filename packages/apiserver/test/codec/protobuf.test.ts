import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSchemaRegistry, deepEqual, StatusError } from '@kubernetes-mesos/api-types';
import { goldensFolder } from '@kubernetes-mesos/test-support';
import fc from 'fast-check';
import { ProtobufCodec } from '../../src/codec/protobuf';

type Json = Record<string, unknown>;

const schemas = createSchemaRegistry();
const codec = new ProtobufCodec(schemas);
/** Recorded answers of real servers; without them those tests are skipped. */
const goldens = goldensFolder();
const withGoldens = goldens === undefined ? test.skip : test;

/** As kubectl 1.35 sent it. */
const CONFIG_MAP = Buffer.from(
  'k8s\0\n\x0f\n\x02v1\x12\tConfigMap\x12\x15\n\x13\n\x03lit\x12\0\x1a\0"\0*\x002\x008\0B\0\x1a\0"\0',
  'latin1',
);

test('a body of kubectl: what Go writes although it says nothing is left out', () => {
  expect(codec.decode(CONFIG_MAP)).toEqual({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    data: { metadata: { name: 'lit' } },
  });
});

test('values that JSON writes plainly are messages in protobuf', () => {
  const pod = {
    metadata: {
      name: 'p',
      creationTimestamp: '2024-01-02T03:04:05Z',
      labels: { a: '1' },
      managedFields: [{ manager: 'm', operation: 'Apply', fieldsV1: { 'f:spec': {} } }],
    },
    spec: {
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 's', secret: { secretName: 'x', defaultMode: 420 } },
      ],
      containers: [
        {
          name: 'c',
          image: 'i',
          command: ['a', ''],
          ports: [{ containerPort: 80, hostPort: 31000 }],
          env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 'x', key: 'k', optional: false } } }],
          resources: { limits: { cpu: '500m' } },
          livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
          readinessProbe: { tcpSocket: { port: 80 } },
          lifecycle: { preStop: { exec: { command: ['x'] } } },
          securityContext: { runAsUser: 0, privileged: false },
        },
      ],
      hostNetwork: true,
      terminationGracePeriodSeconds: 0,
    },
  };
  const bytes = codec.encode('io.k8s.api.core.v1.Pod', 'v1', 'Pod', pod);
  expect(codec.decode(bytes)).toEqual({ kind: 'Pod', apiVersion: 'v1', data: pod });
});

test('binary data, micro times, lists in maps, negative numbers', () => {
  const round = (type: string, apiVersion: string, kind: string, object: Json): unknown =>
    codec.decode(codec.encode(type, apiVersion, kind, object)).data;
  const secret = { metadata: { name: 's' }, data: { k: Buffer.from([0, 255]).toString('base64') }, type: 'Opaque' };
  expect(round('io.k8s.api.core.v1.Secret', 'v1', 'Secret', secret)).toEqual(secret);
  const event = { metadata: { name: 'e' }, eventTime: '2024-01-02T03:04:05.000123Z', count: -3 };
  expect(round('io.k8s.api.core.v1.Event', 'v1', 'Event', event)).toEqual(event);
  const review = { spec: { user: 'u', extra: { scopes: ['a', 'b'] } } };
  const type = 'io.k8s.api.authorization.v1.SubjectAccessReview';
  expect(round(type, 'authorization.k8s.io/v1', 'SubjectAccessReview', review)).toEqual(review);
});

test.each([
  ['no magic', Buffer.from('{}')],
  ['nothing after the magic', Buffer.from('k8s\0', 'latin1')],
  ['an unknown kind', codecBytes('v1', 'Nope', Buffer.alloc(0))],
  ['cut off', CONFIG_MAP.subarray(0, 30)],
  ['a length beyond the end', codecBytes('v1', 'ConfigMap', Buffer.from([0x0a, 0x7f]))],
])('refused with 400: %s', (_name, body) => {
  expect(() => codec.decode(body)).toThrow(StatusError);
});

test('whatever comes, it is data or a 400', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 80 }),
      fc.constantFrom('Pod', 'ConfigMap', 'Service', 'Status'),
      (bytes, kind) => {
        for (const body of [codecBytes('v1', kind, bytes), Buffer.concat([Buffer.from('k8s\0', 'latin1'), bytes])]) {
          try {
            codec.decode(body);
          } catch (error) {
            expect(error).toBeInstanceOf(StatusError);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});

withGoldens('every recorded object survives', () => {
  let objects = 0;
  for (const object of recordedObjects(join(goldens ?? '', 'v1-1.20'))) {
    const { kind, apiVersion } = object as { kind: string; apiVersion: string };
    const type = codec.typeOf(apiVersion, kind);
    if (type === undefined) continue;
    const expected = schemas.codec(type).decode(structuredClone(object));
    const { data } = codec.decode(codec.encode(type, apiVersion, kind, expected));
    const back = schemas.codec(type).decode({ ...data, kind, apiVersion });
    if (!deepEqual(withoutEmpty(back), withoutEmpty(expected))) expect(back).toEqual(expected);
    objects += 1;
  }
  expect(objects).toBeGreaterThan(100);
});

withGoldens('every body that kubectl 1.35 sent is read', () => {
  let bodies = 0;
  for (const text of protobufBodies(join(goldens ?? '', 'kubectl-1.35'))) {
    const { data, kind } = codec.decode(Buffer.from(text, 'latin1'));
    expect(kind).not.toBe('');
    expect(Object.keys(data)).not.toEqual([]);
    bodies += 1;
  }
  expect(bodies).toBeGreaterThan(3);
});

function codecBytes(apiVersion: string, kind: string, raw: Uint8Array): Buffer {
  const part = (tag: number, bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
  const type = Buffer.concat([part(0x0a, Buffer.from(apiVersion)), part(0x12, Buffer.from(kind))]);
  return Buffer.concat([Buffer.from('k8s\0', 'latin1'), part(0x0a, type), part(0x12, raw)]);
}

function* cases(suite: string): Generator<Json> {
  for (const scenario of readdirSync(suite, { withFileTypes: true })) {
    if (!scenario.isDirectory()) continue;
    for (const file of readdirSync(join(suite, scenario.name))) {
      yield JSON.parse(readFileSync(join(suite, scenario.name, file), 'utf8')) as Json;
    }
  }
}

/** Objects in answers, with the recordings' placeholders made values. */
function* recordedObjects(suite: string): Generator<Json> {
  for (const one of cases(suite)) {
    const body = (one['response'] as Json | undefined)?.['body'] as Json | null | undefined;
    if (typeof body?.['kind'] !== 'string' || typeof body['apiVersion'] !== 'string') continue;
    const text = JSON.stringify(body)
      .replace(/<time[^>]*>/g, '2024-01-02T03:04:05Z')
      .replace(/"<(?:rvn|port)[^>]*>"/g, '7')
      .replace(/<rv[^>]*>/g, '7');
    if (!text.includes('<any>')) yield JSON.parse(text) as Json;
  }
}

function* protobufBodies(suite: string): Generator<string> {
  for (const one of cases(suite)) {
    for (const call of (one['wire'] as Json[] | undefined) ?? []) {
      const { contentType, body } = call;
      // Bytes above 0x7f did not survive the recording.
      if (String(contentType).includes('protobuf') && typeof body === 'string' && !body.includes('\ufffd')) yield body;
    }
  }
}

/** Zeros, and structs that Go holds by value, are the same whether they are written or not. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, withoutEmpty(member)] as const);
  return Object.fromEntries(entries.filter(([, member]) => !isEmpty(member)));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === null || value === 0 || value === '' || value === false;
}
