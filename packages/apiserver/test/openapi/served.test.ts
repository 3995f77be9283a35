import { startTestServer, type TestServer } from '../support/server';

const PROTOBUF_2 = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const PROTOBUF_3 = 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf';

describe('OpenAPI documents of a running server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop());

  test('version 2: JSON unless protobuf is asked for, with the content types of old', async () => {
    const json = await server.call('GET', '/openapi/v2');
    expect(json.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(json.body).toMatchObject({ swagger: '2.0', info: { title: 'Kubernetes' } });
    const protobuf = await server.call('GET', '/openapi/v2', undefined, { accept: PROTOBUF_2 });
    expect(protobuf.status).toBe(200);
    expect(protobuf.headers.get('content-type')).toBe('application/octet-stream');
    const head = await server.call('HEAD', '/openapi/v2');
    expect([head.status, head.text]).toEqual([200, '']);
    const refused = await server.call('GET', '/openapi/v2', undefined, { accept: 'text/html' });
    expect([refused.status, refused.body.kind]).toEqual([406, 'Status']);
  });

  test('a client that has a document gets none, whatever the encoding', async () => {
    for (const accept of ['application/json', PROTOBUF_2]) {
      const first = await server.call('GET', '/openapi/v2', undefined, { accept, 'accept-encoding': 'identity' });
      const etag = first.headers.get('etag') ?? '';
      const packed = await server.call('GET', '/openapi/v2', undefined, { accept, 'accept-encoding': 'gzip' });
      expect(packed.headers.get('content-encoding')).toBe('gzip');
      expect([packed.text, packed.headers.get('etag')]).toEqual([first.text, etag]);
      const again = await server.call('GET', '/openapi/v2', undefined, { accept, 'if-none-match': `"x", ${etag}` });
      expect([again.status, again.text]).toEqual([304, '']);
      const other = await server.call('GET', '/openapi/v2', undefined, { accept, 'if-none-match': '"x"' });
      expect(other.status).toBe(200);
    }
  });

  test('version 3: an index of documents by group version', async () => {
    const { body, headers } = await server.call('GET', '/openapi/v3');
    expect(headers.get('content-type')).toBe('application/json');
    expect(Object.keys(body.paths as object).sort()).toEqual([
      'api/v1',
      'apis/authentication.k8s.io/v1',
      'apis/authorization.k8s.io/v1',
    ]);
    for (const { serverRelativeURL } of Object.values(body.paths as Record<string, { serverRelativeURL: string }>)) {
      const document = await server.call('GET', serverRelativeURL);
      expect(document.body.openapi).toBe('3.0.0');
      expect(document.headers.get('cache-control')).toContain('immutable');
    }
    const protobuf = await server.call('GET', '/openapi/v3/api/v1', undefined, { accept: PROTOBUF_3 });
    expect(protobuf.headers.get('content-type')).toBe('application/com.github.proto-openapi.spec.v3.v1.0+protobuf');
    expect(protobuf.headers.get('cache-control')).toBe('no-cache, private');
  });

  test('an old hash leads to the document there is', async () => {
    const response = await fetch(`${server.url}/openapi/v3/api/v1?hash=OLD`, { redirect: 'manual' });
    expect(response.status).toBe(301);
    expect(response.headers.get('location')).toMatch(/^\/openapi\/v3\/api\/v1\?hash=[0-9A-F]{40}$/);
    const missing = await server.call('GET', '/openapi/v3/apis/nope/v1');
    expect([missing.status, missing.body.paths]).toEqual([404, expect.arrayContaining(['/openapi/v2', '/openapi/v3'])]);
  });

  test('fields that a patch brought are checked as the document says', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    await server.call('POST', path, { metadata: { name: 'checked' } });
    for (const media of ['application/merge-patch+json', 'application/strategic-merge-patch+json']) {
      const patch = (validation: string) =>
        server.call('PATCH', `${path}/checked?fieldValidation=${validation}`, { bogus: 1 }, { 'content-type': media });
      const strict = await patch('Strict');
      expect([strict.status, strict.body.reason]).toEqual([422, 'Invalid']);
      expect(strict.body.message).toContain('strict decoding error: unknown field "bogus"');
      const warned = await patch('Warn');
      expect([warned.status, warned.headers.get('warning')]).toEqual([200, '299 - "unknown field \\"bogus\\""']);
      const ignored = await patch('Ignore');
      expect([ignored.status, ignored.headers.get('warning')]).toEqual([200, null]);
    }
  });
});
