import { startTestServer, type TestServer } from '../support/server';

describe('bindings', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop());

  test.each([
    ['no name', undefined],
    ['an empty name', ''],
    ['a path', 'a/b'],
    ['a way up', '..'],
    ['a zero', 'a\u0000b'],
  ])('one whose body has %s for the pod is the client’s mistake', async (_case, name) => {
    const body = { kind: 'Binding', apiVersion: 'v1', metadata: { name }, target: { name: 'node-1' } };
    const answer = await server.call('POST', '/api/v1/namespaces/default/bindings', body);
    expect([answer.status, answer.body.reason]).toEqual([400, 'BadRequest']);
  });

  test('one for a pod that is not there is answered 404', async () => {
    const body = { kind: 'Binding', apiVersion: 'v1', metadata: { name: 'nope' }, target: { name: 'node-1' } };
    expect((await server.call('POST', '/api/v1/namespaces/default/bindings', body)).status).toBe(404);
  });
});
