import fc from 'fast-check';
import { startTestServer, type TestServer } from '../support/server';

/** What every JavaScript object has without being given it; to Kubernetes, names like others. */
const INHERITED = [
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'isPrototypeOf',
  'toLocaleString',
];
const NAMES = [...INHERITED, 'app', 'tier'];
const MAPS = '/api/v1/namespaces/default/configmaps';
const PATCHES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

const someTexts = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom('a', 'b'), { maxKeys: 4 });
const changes = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom('a', 'b', null), { maxKeys: 4 });

describe('names that objects of JavaScript have of their own', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterEach(() => {
    for (const name of ['x', 'polluted', 'a']) expect(Object.prototype).not.toHaveProperty(name);
  });
  afterAll(() => server.stop());

  const plain = (texts: Record<string, string | null>): Record<string, string | null> => JSON.parse(JSON.stringify(texts)) as Record<string, string | null>; // prettier-ignore

  test('are labels, annotations and data like others, to writes and to patches of every kind', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        someTexts,
        changes,
        fc.constantFrom(...(['merge', 'strategic', 'json', 'apply'] as const)),
        async (before, change, kind) => {
          const name = `m${count++}`;
          const metadata = { name, labels: before, annotations: before };
          const made = await server.call('POST', MAPS, { metadata, data: before });
          expect([made.status, made.body.data ?? {}]).toEqual([201, plain(before)]);
          const wanted: Record<string, string> = { ...plain(before) } as Record<string, string>;
          for (const [key, value] of Object.entries(change)) {
            if (value !== null) wanted[key] = value;
            else if (kind !== 'apply') delete wanted[key];
          }
          const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null));
          const body =
            kind === 'json'
              ? Object.entries(change).flatMap(([key, value]) => [
                  { op: 'add', path: `/data/${key}`, value: value ?? 'x' },
                  ...(value === null ? [{ op: 'remove', path: `/data/${key}` }] : []),
                ])
              : kind === 'apply'
                ? { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: given }
                : { data: change };
          if (kind === 'json')
            await server.call('PATCH', `${MAPS}/${name}`, { data: { keep: '' } }, { 'content-type': PATCHES.merge });
          const path = `${MAPS}/${name}${kind === 'apply' ? '?fieldManager=t&force=true' : ''}`;
          const patched = await server.call('PATCH', path, body, { 'content-type': PATCHES[kind] });
          expect({ status: patched.status, text: patched.status === 200 ? '' : patched.text }).toEqual({
            status: 200,
            text: '',
          });
          const data = { ...(patched.body.data as Record<string, string> | undefined) };
          delete data['keep'];
          expect(data).toEqual(wanted);
          expect(patched.body.metadata.labels ?? {}).toEqual(plain(before));
        },
      ),
      { numRuns: 120 },
    );
  });

  test('what is not there cannot be tested, removed, moved or copied', async () => {
    await server.call('POST', MAPS, { metadata: { name: 'empty' }, data: { a: 'b' } });
    for (const name of INHERITED) {
      for (const operation of [
        { op: 'remove', path: `/data/${name}` },
        { op: 'test', path: `/data/${name}`, value: 'x' },
        { op: 'move', from: `/data/${name}`, path: '/data/b' },
        { op: 'copy', from: `/data/${name}/name`, path: '/data/b' },
        { op: 'add', path: `/data/${name}/x`, value: 'polluted' },
      ]) {
        const answer = await server.call('PATCH', `${MAPS}/empty`, [operation], { 'content-type': PATCHES.json });
        expect({ operation, status: answer.status }).toEqual({ operation, status: 422 });
      }
    }
  });

  test.each(['merge', 'strategic', 'apply', 'json'] as const)('__proto__ is refused in a patch: %s', async (kind) => {
    await server.call('POST', MAPS, { metadata: { name: 'p' } });
    const inner = '{"__proto__":{"polluted":"x"},"constructor":{"prototype":{"polluted":"x"}}}';
    const body = kind === 'json' ? `[{"op":"add","path":"/data","value":${inner}}]` : `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"p"},"data":${inner}}`; // prettier-ignore
    const path = `${MAPS}/p${kind === 'apply' ? '?fieldManager=t' : ''}`;
    const answer = await server.call('PATCH', path, body, { 'content-type': PATCHES[kind] });
    expect(answer.status).toBe(400);
    const pointer = [{ op: 'add', path: '/data/__proto__/polluted', value: 'x' }];
    expect((await server.call('PATCH', `${MAPS}/p`, pointer, { 'content-type': PATCHES.json })).status).toBe(422);
  });

  test('select what has them, and nothing else', async () => {
    const pods = '/api/v1/namespaces/default/replicationcontrollers';
    await server.call('POST', MAPS, { metadata: { name: 'with', labels: { constructor: 'a' } } });
    await server.call('POST', MAPS, { metadata: { name: 'without', labels: { only: 'this' } } });
    const names = async (
      selector: string,
      prefix = '/api/v1/namespaces/default/configmaps?labelSelector=',
    ): Promise<string[]> => {
      const { body } = await server.call('GET', prefix + encodeURIComponent(selector));
      return (body.items as { metadata: { name: string } }[])
        .map(({ metadata }) => metadata.name)
        .filter((name) => name.startsWith('with'));
    };
    expect(await names('constructor')).toEqual(['with']);
    expect(await names('constructor=a')).toEqual(['with']);
    expect(await names('!constructor')).toEqual(['without']);
    expect(await names('toString')).toEqual([]);
    expect(await names('!toString,only')).toEqual(['without']);
    expect(await names('hasOwnProperty notin (a),only')).toEqual(['without']);
    // Paths and parameters of such names are nothing.
    for (const name of [...INHERITED, '__proto__']) {
      expect((await server.call('GET', `/api/v1/${name}`)).status).toBe(404);
      expect((await server.call('GET', `/api/v1/namespaces/default/pods/p/${name}`)).status).toBe(404);
      expect((await server.call('GET', `/api/v1beta3/namespaces/default/pods/p/${name}`)).status).toBe(404);
      expect((await server.call('GET', `/apis/${name}/v1`)).status).toBe(404);
      expect((await server.call('GET', `${pods}?${name}=x&fieldSelector=${name}=x`)).status).toBe(400);
    }
  });
});
