import { StatusError, type Pod } from '@kubernetes-mesos/api-types';
import { eventually, freePort } from '@kubernetes-mesos/test-support';
import {
  ApiServerUnavailableError,
  ClientClosedError,
  createKubeClient,
  NODES,
  PODS,
  type ClientWatchEvent,
  type KubeClient,
} from '../src';
import { ApiStub, sendJson } from './support/api-stub';

let stub: ApiStub;
let client: KubeClient;

beforeEach(async () => {
  stub = await ApiStub.start();
  client = createKubeClient({ servers: [stub.address], userAgent: 'test/1', maxAttempts: 3 });
});

afterEach(async () => {
  await client.close();
  await stub.close();
});

const pod: Pod = { metadata: { name: 'web', namespace: 'ns', resourceVersion: '5' }, spec: { containers: [] } };

describe('verbs', () => {
  test('each makes its request', async () => {
    stub.answer(200, { ...pod, kind: 'Pod', apiVersion: 'v1' });
    await client.get(PODS, { namespace: 'ns', name: 'web' });
    await client.create(PODS, pod);
    await client.update(PODS, pod);
    await client.updateStatus(PODS, pod);
    await client.patch(PODS, { namespace: 'ns', name: 'web' }, { kind: 'json', body: [] });
    await client.patch(PODS, { name: 'web' }, { kind: 'merge', body: {}, subresource: 'status' });
    await client.delete(PODS, { namespace: 'ns', name: 'web' }, { gracePeriodSeconds: 0 });
    await client.deleteCollection(PODS, { namespace: 'ns', labelSelector: 'a=b' });
    await client.subresource('POST', PODS, { namespace: 'ns', name: 'web' }, 'binding', { target: { name: 'n' } });
    expect(stub.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/v1/namespaces/ns/pods/web',
      'POST /api/v1/namespaces/ns/pods',
      'PUT /api/v1/namespaces/ns/pods/web',
      'PUT /api/v1/namespaces/ns/pods/web/status',
      'PATCH /api/v1/namespaces/ns/pods/web',
      'PATCH /api/v1/namespaces/default/pods/web/status',
      'DELETE /api/v1/namespaces/ns/pods/web',
      'DELETE /api/v1/namespaces/ns/pods?labelSelector=a%3Db',
      'POST /api/v1/namespaces/ns/pods/web/binding',
    ]);
    expect(JSON.parse(stub.seen[1]!.body)).toEqual({ ...pod, kind: 'Pod', apiVersion: 'v1' });
    expect(stub.seen[4]!.headers['content-type']).toBe('application/json-patch+json');
    expect(stub.seen[5]!.headers['content-type']).toBe('application/merge-patch+json');
    expect(JSON.parse(stub.seen[6]!.body)).toEqual({ kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 });
    expect(stub.seen[0]!.headers['user-agent']).toBe('test/1');
  });

  test('listed items look like fetched ones', async () => {
    stub.answer(200, { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items: [pod] });
    const list = await client.list(PODS, { namespace: 'ns' });
    expect(list.metadata.resourceVersion).toBe('9');
    expect(list.items).toEqual([{ ...pod, kind: 'Pod', apiVersion: 'v1' }]);
    stub.answer(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: null });
    expect((await client.list(PODS)).items).toEqual([]);
  });

  test('credentials are sent', async () => {
    stub.answer(200, {});
    const withToken = createKubeClient({ servers: [stub.address], token: 'abc' });
    await withToken.raw('/healthz');
    const withBasic = createKubeClient({ servers: [stub.address], basic: { username: 'u', password: 'p' } });
    await withBasic.raw('/healthz');
    expect(stub.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer abc', 'Basic dTpw']);
    await Promise.all([withToken.close(), withBasic.close()]);
  });
});

describe('failures', () => {
  test('a Status becomes a StatusError', async () => {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'pods "web" not found',
      reason: 'NotFound',
      details: { name: 'web', kind: 'pods' },
      code: 404,
    };
    stub.answer(404, status);
    const error = await client.get(PODS, { name: 'web' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StatusError);
    expect((error as StatusError).status).toEqual(status);
  });

  test('so does an answer of somebody else', async () => {
    stub.handler = (_request, response) => response.writeHead(502).end('<html>bad gateway</html>');
    await expect(client.get(PODS, { name: 'web' })).rejects.toMatchObject({
      code: 502,
      message: 'the server answered 502: <html>bad gateway</html>',
    });
  });

  test('no server at all', async () => {
    const port = await freePort();
    const lonely = createKubeClient({ servers: [`127.0.0.1:${port}`], maxAttempts: 2 });
    const error = await lonely.create(PODS, pod).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiServerUnavailableError);
    expect(error).toMatchObject({ mayHaveBeenDone: false, servers: [`http://127.0.0.1:${port}`] });
    await lonely.close();
  });

  test('another server is asked, and kept to', async () => {
    const port = await freePort();
    stub.answer(200, { metadata: { name: 'n' } });
    const several = createKubeClient({ servers: [`127.0.0.1:${port}`, stub.address] });
    await several.create(NODES, { metadata: { name: 'n' } });
    await several.get(NODES, { name: 'n' });
    expect(stub.seen).toHaveLength(2);
    await several.close();
  });

  test('a read whose connection breaks is repeated, a write is not', async () => {
    let breaks = 1;
    stub.handler = (_request, response) => {
      if (breaks > 0) {
        breaks -= 1;
        response.socket?.destroy();
      } else sendJson(response, 200, { metadata: { name: 'web' } });
    };
    await expect(client.get(PODS, { name: 'web' })).resolves.toEqual({ metadata: { name: 'web' } });
    breaks = 1;
    const seen = stub.seen.length;
    await expect(client.create(PODS, pod)).rejects.toMatchObject({
      name: 'ApiServerUnavailableError',
      mayHaveBeenDone: true,
    });
    expect(stub.seen.length - seen).toBe(1);
  });

  test('too many requests: waits as told and tries again', async () => {
    let refusals = 1;
    stub.handler = (_request, response) => {
      if (refusals > 0) {
        refusals -= 1;
        response.writeHead(429, { 'retry-after': '0' }).end();
      } else sendJson(response, 201, { metadata: { name: 'web' } });
    };
    await client.create(PODS, pod);
    expect(stub.seen).toHaveLength(2);
  });

  test('aborting ends a call with the reason', async () => {
    stub.handler = () => undefined;
    const abort = new AbortController();
    const call = client.list(PODS, { signal: abort.signal });
    await eventually(() => stub.seen.length === 1);
    abort.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });

  test('closing ends what runs and refuses what comes', async () => {
    stub.handler = () => undefined;
    const call = client.get(PODS, { name: 'web' });
    await eventually(() => stub.seen.length === 1);
    await client.close();
    await expect(call).rejects.toBeInstanceOf(ClientClosedError);
    await expect(client.get(PODS, { name: 'web' })).rejects.toBeInstanceOf(ClientClosedError);
  });
});

describe('watch', () => {
  const event = (type: string, version: number) =>
    `${JSON.stringify({ type, object: { kind: 'Pod', metadata: { name: 'web', resourceVersion: String(version) } } })}\n`;

  async function collect(events: AsyncIterable<ClientWatchEvent<Pod>>): Promise<string[]> {
    const out: string[] = [];
    for await (const one of events) {
      out.push(
        one.type === 'ERROR' ? `ERROR ${one.status.code}` : `${one.type} ${one.object.metadata.resourceVersion}`,
      );
    }
    return out;
  }

  test('delivers events in order and ends with the stream', async () => {
    stub.handler = (_request, response) => {
      const bytes = event('ADDED', 1) + event('MODIFIED', 2) + event('BOOKMARK', 3);
      response.writeHead(200);
      response.write(bytes.slice(0, 40));
      response.write(bytes.slice(40));
      response.end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410 } })}\n`);
    };
    const events = client.watch(PODS, { resourceVersion: '0', allowBookmarks: true, timeoutSeconds: 9 });
    expect(await collect(events)).toEqual(['ADDED 1', 'MODIFIED 2', 'BOOKMARK 3', 'ERROR 410']);
    expect(stub.seen[0]!.url).toBe(
      '/api/v1/pods?watch=true&resourceVersion=0&allowWatchBookmarks=true&timeoutSeconds=9',
    );
  });

  test('a refusal throws, a broken stream throws, after what came', async () => {
    stub.answer(400, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 400 });
    await expect(collect(client.watch(PODS, { resourceVersion: 'x' }))).rejects.toBeInstanceOf(StatusError);
    stub.handler = (_request, response) => {
      response.writeHead(200);
      response.write(event('ADDED', 1));
      setImmediate(() => response.socket?.destroy());
    };
    const got: string[] = [];
    const watching = (async () => {
      for await (const one of client.watch(PODS, { resourceVersion: '0' })) got.push(one.type);
    })();
    await expect(watching).rejects.toBeInstanceOf(ApiServerUnavailableError);
    expect(got).toEqual(['ADDED']);
  });

  test('aborting ends it quietly, breaking the loop closes the connection', async () => {
    let closed = 0;
    stub.handler = (_request, response) => {
      response.on('close', () => (closed += 1));
      response.writeHead(200);
      response.write(event('ADDED', 1));
    };
    const abort = new AbortController();
    for await (const one of client.watch(PODS, { resourceVersion: '0', signal: abort.signal })) {
      expect(one.type).toBe('ADDED');
      abort.abort();
    }
    for await (const one of client.watch(PODS, { resourceVersion: '0' })) {
      expect(one.type).toBe('ADDED');
      break;
    }
    await eventually(() => closed === 2);
  });
});
