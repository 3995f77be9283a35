/** What clients of release 0.14 do to objects that have more to them than such clients know. */
import { request, type IncomingMessage } from 'node:http';
import { startTestServer, type TestServer } from '../support/server';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ admissionControl: ['AlwaysAdmit'] });
});

afterAll(() => server.stop());

const PODS = '/api/v1/namespaces/default/pods';

function pod(name: string, extra: object = {}): object {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, ...extra },
    spec: { containers: [{ name: 'a', image: 'img', args: ['--x'], env: [{ name: 'N', value: '1' }] }] },
  };
}

test('a PUT through v1beta1 keeps what v1beta1 cannot say', async () => {
  await server.call('POST', PODS, pod('kept'));
  const seen = await server.call('GET', '/api/v1beta1/pods/kept');
  seen.body.labels = { touched: 'yes' };
  expect((await server.call('PUT', '/api/v1beta1/pods/kept', seen.body)).status).toBe(200);
  const { body } = await server.call('GET', `${PODS}/kept`);
  expect(body.metadata.labels).toEqual({ touched: 'yes' });
  expect(body.spec.containers[0].args).toEqual(['--x']);
  expect(body.spec.containers[0].terminationMessagePolicy).toBe('File');
});

test('a PATCH through v1beta3 keeps what v1beta3 cannot say', async () => {
  await server.call('POST', PODS, pod('patched'));
  const patch = { metadata: { labels: { a: 'b' } } };
  const answer = await server.call('PATCH', '/api/v1beta3/namespaces/default/pods/patched', patch);
  expect(answer.status).toBe(200);
  const { body } = await server.call('GET', `${PODS}/patched`);
  expect(body.metadata.labels).toEqual({ a: 'b' });
  expect(body.spec.containers[0].args).toEqual(['--x']);
});

test('a DELETE through v1beta1 does not pass over finalizers', async () => {
  const secrets = '/api/v1/namespaces/default/secrets';
  const metadata = { name: 'held', finalizers: ['example.com/keep'] };
  await server.call('POST', secrets, { kind: 'Secret', apiVersion: 'v1', metadata });
  expect((await server.call('DELETE', '/api/v1beta1/secrets/held')).status).toBe(200);
  expect((await server.call('GET', `${secrets}/held`)).body.metadata.deletionTimestamp).toBeDefined();
});

test('pods outlive their replication controller', async () => {
  const controllers = '/api/v1/namespaces/default/replicationcontrollers';
  const made = await server.call('POST', controllers, {
    kind: 'ReplicationController',
    apiVersion: 'v1',
    metadata: { name: 'rc' },
    spec: {
      replicas: 0,
      selector: { app: 'x' },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'a', image: 'img' }] } },
    },
  });
  const owner = { apiVersion: 'v1', kind: 'ReplicationController', name: 'rc', uid: made.body.metadata.uid as string };
  await server.call('POST', PODS, pod('owned', { ownerReferences: [{ ...owner, controller: true }] }));
  const deleted = await server.call('DELETE', '/api/v1beta1/replicationControllers/rc');
  expect(deleted.body).toMatchObject({ kind: 'Status', status: 'Success' });
  expect((await server.call('GET', `${controllers}/rc`)).status).toBe(404);
  const { status, body } = await server.call('GET', `${PODS}/owned`);
  expect(status).toBe(200);
  expect(body.metadata.ownerReferences).toBeUndefined();
});

const OLD_POD = {
  kind: 'Pod',
  apiVersion: 'v1beta1',
  desiredState: { manifest: { version: 'v1beta1', containers: [{ name: 'a', image: 'img' }] } },
};

test('a change that changes nothing is written all the same', async () => {
  const made = await server.call('POST', '/api/v1beta1/pods', { ...OLD_POD, id: 'same' });
  const put = await server.call('PUT', '/api/v1beta1/pods/same', made.body);
  expect(put.body.resourceVersion).toBeGreaterThan(made.body.resourceVersion as number);
  const patched = await server.call('PATCH', '/api/v1beta2/pods/same', {});
  expect(patched.body.resourceVersion).toBeGreaterThan(put.body.resourceVersion as number);
});

test('a write that takes longer than it may is answered so, and may be done', async () => {
  const late = await server.call('POST', '/api/v1beta1/pods?timeout=1ns', { ...OLD_POD, id: 'late' });
  expect(late.status).toBe(504);
  expect(late.body).toMatchObject({
    reason: 'Timeout',
    message: 'Timeout: request did not complete within allowed duration',
    details: {},
  });
  expect((await server.call('POST', '/api/v1beta1/pods?timeout=soon', { ...OLD_POD, id: 'soon' })).status).toBe(201);
  expect((await server.call('GET', '/api/v1beta1/pods/soon?timeout=1ns')).status).toBe(200);
});

test.each([
  ['proxy/pods/nope/', 'pods "nope" not found'],
  ['proxy/services/nope/', 'endpoints "nope" not found'],
  ['proxy/minions/nope/', 'minion "nope" not found'],
])('%s', async (path, message) => {
  const answer = await server.call('GET', `/api/v1beta1/${path}`);
  expect(answer.status).toBe(404);
  expect(answer.body.message).toBe(message);
});

test('a PUT makes endpoints that are not there, and nothing else', async () => {
  const endpoints = { kind: 'Endpoints', apiVersion: 'v1beta1', id: 'put', subsets: [] };
  expect((await server.call('PUT', '/api/v1beta1/endpoints/put', endpoints)).status).toBe(201);
  const limits = { kind: 'LimitRange', apiVersion: 'v1beta1', id: 'put', spec: { limits: [] } };
  expect((await server.call('PUT', '/api/v1beta1/limitRanges/put', limits)).status).toBe(404);
  const event = { kind: 'Event', apiVersion: 'v1beta1', id: 'put', involvedObject: { namespace: 'default' } };
  expect((await server.call('PUT', '/api/v1beta1/events/put', event)).status).toBe(404);
});

test('a patch that is nested without end is no patch', async () => {
  await server.call('POST', '/api/v1beta1/pods', { ...OLD_POD, id: 'nested' });
  const body = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const answer = await fetch(`${server.url}/api/v1beta1/pods/nested`, { method: 'PATCH', body });
  expect(answer.status).toBe(500);
  expect(await answer.json()).toMatchObject({ message: 'Invalid JSON Patch' });
});

test.each([
  ['/api/v1beta1//pods', '/api/v1beta1/pods'],
  ['/api/v1beta3/namespaces/./default//pods?x=1', '/api/v1beta3/namespaces/default/pods?x=1'],
])('%s leads to the path without', async (path, location) => {
  const { port } = new URL(server.url);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path }, resolve).on('error', reject).end();
  });
  answer.resume();
  expect([answer.statusCode, answer.headers.location]).toEqual([301, location]);
});

test('a redirect to a service finds its only port, named or not', async () => {
  const endpoints = {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { name: 'named' },
    subsets: [{ addresses: [{ ip: '10.0.0.7' }], ports: [{ name: 'http', port: 8080 }] }],
  };
  await server.call('POST', '/api/v1/namespaces/default/endpoints', endpoints);
  const locationOf = async (service: string) =>
    (await fetch(`${server.url}/api/v1beta1/redirect/services/${service}`, { redirect: 'manual' })).headers.get(
      'location',
    );
  expect(await locationOf('named')).toBe('http://10.0.0.7:8080');
  expect(await locationOf('named:http')).toBe('http://10.0.0.7:8080');
  expect(await locationOf('named:other')).toBeNull();
});

describe('with today’s admission', () => {
  let strict: TestServer;
  beforeAll(async () => {
    strict = await startTestServer();
  });
  afterAll(() => strict.stop());

  test('objects are put into namespaces that do not exist, by the older versions only', async () => {
    expect((await strict.call('POST', '/api/v1beta1/pods?namespace=nowhere', { ...OLD_POD, id: 'a' })).status).toBe(
      201,
    );
    expect((await strict.call('POST', '/api/v1/namespaces/nowhere/pods', pod('b'))).status).toBe(404);
  });

  test('nothing is put into a namespace that is ending', async () => {
    await strict.call('POST', '/api/v1beta1/namespaces', { kind: 'Namespace', apiVersion: 'v1beta1', id: 'ending' });
    await strict.call('DELETE', '/api/v1beta1/namespaces/ending');
    const refused = await strict.call('POST', '/api/v1beta1/pods?namespace=ending', { ...OLD_POD, id: 'a' });
    expect(refused.status).toBe(403);
    expect(refused.body.message).toBe('Pod "a" is forbidden: Namespace ending is terminating');
  });
});
