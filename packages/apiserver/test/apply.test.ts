import { startTestServer, type TestServer } from './support/server';

const NAMESPACE = '/api/v1/namespaces/default';
const APPLY = { 'content-type': 'application/apply-patch+yaml' };

describe('writes that may create', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop());

  test('many who apply a new object at once: one creates it, all have their part in it', async () => {
    const managers = Array.from({ length: 12 }, (_, at) => `m${at}`);
    const answers = await Promise.all(
      managers.map((manager) =>
        server.call(
          'PATCH',
          `${NAMESPACE}/configmaps/shared?fieldManager=${manager}`,
          { apiVersion: 'v1', kind: 'ConfigMap', data: { [manager]: '1' } },
          APPLY,
        ),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...managers.slice(1).map(() => 200), 201]);
    const { body } = await server.call('GET', `${NAMESPACE}/configmaps/shared`);
    expect(Object.keys(body.data as object).sort()).toEqual([...managers].sort());
    expect((body.metadata.managedFields as { manager: string }[]).map(({ manager }) => manager).sort()).toEqual(
      [...managers].sort(),
    );
  });

  test('many who put what is not there at once: one creates it, the others change it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        server.call('PUT', `${NAMESPACE}/endpoints/shared`, { metadata: { name: 'shared', labels: { at: `${at}` } } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 11 }, () => 200), 201]);
  });

  test('applying what is there already in other words writes nothing', async () => {
    const path = `${NAMESPACE}/pods/words?fieldManager=m`;
    const pod = (cpu: string): object => ({
      apiVersion: 'v1',
      kind: 'Pod',
      spec: { containers: [{ name: 'a', image: 'i', resources: { limits: { cpu } } }] },
    });
    const created = await server.call('PATCH', path, pod('1'), APPLY);
    expect(created.status).toBe(201);
    const again = await server.call('PATCH', path, pod('1000m'), APPLY);
    expect([again.status, again.body.metadata]).toEqual([200, created.body.metadata]);
  });
});
