import { connect } from 'node:net';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { eventually } from '@kubernetes-mesos/test-support';
import { startTestServer, type TestServer } from './support/server';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';

function configMap(name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}) {
  return { metadata: { name, labels }, data };
}

function pod(name: string) {
  return { metadata: { name }, spec: { containers: [{ name: 'a', image: 'i' }] } };
}

/** Lines of a watch as they come. */
async function watch(server: TestServer, path: string, stop: AbortSignal) {
  const events: { type: string; object: { metadata: { name: string; resourceVersion: string } } }[] = [];
  const response = await fetch(`${server.url}${path}`, { signal: stop });
  const ended = (async () => {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of response.body ?? []) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.push(JSON.parse(line) as (typeof events)[number]);
    }
  })().catch(() => undefined);
  return { events, ended, status: response.status };
}

describe('an API server on a real etcd', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop());

  test('a list is the concatenation of what single reads answer, without their type', async () => {
    for (const name of ['fmt-1', 'fmt-2', 'fmt-3']) {
      await server.call('POST', CONFIG_MAPS, configMap(name, { '9': '<&>', '10': '\u2028', z: 'ü' }, { fmt: '1' }));
    }
    const list = await server.call('GET', `${CONFIG_MAPS}?labelSelector=fmt`);
    const items = await Promise.all(
      ['fmt-1', 'fmt-2', 'fmt-3'].map(async (name) => (await server.call('GET', `${CONFIG_MAPS}/${name}`)).text),
    );
    const plain = items.map((text) => text.trimEnd().replace('{"kind":"ConfigMap","apiVersion":"v1",', '{'));
    const { resourceVersion } = list.body.metadata;
    expect(list.text).toBe(
      `{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"${resourceVersion}"},"items":[${plain.join(',')}]}\n`,
    );
    expect(plain[0]).toContain('"data":{"10":"\\u2028","9":"\\u003c\\u0026\\u003e","z":"ü"}');
    expect(list.headers.get('content-length')).toBe(String(Buffer.byteLength(list.text)));
  });

  test('pages show one state, whatever is written between them', async () => {
    for (let i = 0; i < 5; i++) await server.call('POST', CONFIG_MAPS, configMap(`page-${i}`, {}, { page: '1' }));
    const first = await server.call('GET', `${CONFIG_MAPS}?labelSelector=page&limit=2`);
    await server.call('DELETE', `${CONFIG_MAPS}/page-3`);
    await server.call('POST', CONFIG_MAPS, configMap('page-9', {}, { page: '1' }));
    const rest = await server.call('GET', `${CONFIG_MAPS}?labelSelector=page&continue=${first.body.metadata.continue}`);
    const names = [...first.body.items, ...rest.body.items].map(
      (item: { metadata: { name: string } }) => item.metadata.name,
    );
    expect(names).toEqual(['page-0', 'page-1', 'page-2', 'page-3', 'page-4']);
    expect(rest.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  test('every watcher sees every change once and in order, filtered or not', async () => {
    const stop = new AbortController();
    const from = (await server.call('GET', CONFIG_MAPS)).body.metadata.resourceVersion as string;
    const watchers = await Promise.all(
      ['', '', '&labelSelector=w%3Da', '&fieldSelector=metadata.name%3Dwatch-1'].map((filter) =>
        watch(server, `${CONFIG_MAPS}?watch=1&resourceVersion=${from}${filter}`, stop.signal),
      ),
    );
    const writes = 20;
    for (let i = 0; i < writes; i++) {
      const body = configMap(`watch-${i % 3}`, { i: String(i) }, { w: i % 2 === 0 ? 'a' : 'b' });
      await server.call(i < 3 ? 'POST' : 'PUT', i < 3 ? CONFIG_MAPS : `${CONFIG_MAPS}/watch-${i % 3}`, body);
    }
    const [all = [], twin = [], labelled = [], named = []] = watchers.map(({ events }) => events);
    await eventually(async () => all.length === writes && twin.length === writes && named.length === 7, {
      deadlineMs: 10_000,
      what: 'the watchers have seen all writes',
    });
    const revisions = all.map((event) => Number(event.object.metadata.resourceVersion));
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(new Set(revisions).size).toBe(writes);
    expect(twin).toEqual(all);
    expect(named.every((event) => event.object.metadata.name === 'watch-1')).toBe(true);
    // What carries the label is added when it begins to, and deleted when it ceases to.
    const present = new Set<string>();
    for (const { type, object } of labelled) {
      if (type === 'ADDED') expect(present.has(object.metadata.name)).toBe(false);
      else expect(present.has(object.metadata.name)).toBe(true);
      if (type === 'DELETED') present.delete(object.metadata.name);
      else present.add(object.metadata.name);
    }
    stop.abort();
    await Promise.all(watchers.map(({ ended }) => ended));
  });

  test('writers at the same time lose nothing: a counter counts', async () => {
    await server.call('POST', CONFIG_MAPS, configMap('counter'));
    await Promise.all(
      Array.from({ length: 24 }, (_, i) =>
        server.call(
          'PATCH',
          `${CONFIG_MAPS}/counter`,
          { data: { [`k${i}`]: '1' } },
          { 'content-type': 'application/merge-patch+json' },
        ),
      ),
    );
    const { body } = await server.call('GET', `${CONFIG_MAPS}/counter`);
    expect(Object.keys(body.data as object)).toHaveLength(24);
  });

  test('services at the same time never share an address or a node port', async () => {
    const created = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        server.call('POST', '/api/v1/namespaces/default/services', {
          metadata: { name: `svc-${i}` },
          spec: { type: 'NodePort', ports: [{ port: 80 }] },
        }),
      ),
    );
    expect(created.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(created.map(({ body }) => String(body.spec.clusterIP))).size).toBe(10);
    expect(new Set(created.map(({ body }) => Number(body.spec.ports[0].nodePort))).size).toBe(10);
    const full = await server.call('POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 'svc-full' },
      spec: { type: 'NodePort', ports: [{ port: 80 }] },
    });
    expect(full.status).toBe(500);
    await server.call('DELETE', '/api/v1/namespaces/default/services/svc-0');
    const again = await server.call('POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 'svc-again' },
      spec: { type: 'NodePort', ports: [{ port: 80 }] },
    });
    expect(again.body.spec.ports[0].nodePort).toBe(created[0]?.body.spec.ports[0].nodePort);
  });

  test('binding sets the node once, and merges annotations', async () => {
    await server.call('POST', PODS, { ...pod('bind'), metadata: { name: 'bind', annotations: { a: '1' } } });
    const binding = { metadata: { name: 'bind', annotations: { b: '2' } }, target: { kind: 'Node', name: 'n1' } };
    expect((await server.call('POST', '/api/v1/namespaces/default/bindings', binding)).status).toBe(201);
    expect((await server.call('POST', `${PODS}/bind/binding`, binding)).status).toBe(409);
    const { body } = await server.call('GET', `${PODS}/bind`);
    expect(body.spec.nodeName).toBe('n1');
    expect(body.metadata.annotations).toEqual({ a: '1', b: '2' });
    expect(body.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
  });

  test('logs come from the kubelet of the pod’s node; a kubelet that is gone is named', async () => {
    let asked = '';
    const kubelet: Server = createServer((request, response) => {
      asked = request.url ?? '';
      response.end('hello\n');
    });
    await new Promise<void>((resolve) => kubelet.listen(0, '127.0.0.1', resolve));
    const { port } = kubelet.address() as AddressInfo;
    await server.call('POST', '/api/v1/nodes', { metadata: { name: 'log-node' } });
    await server.call('PUT', '/api/v1/nodes/log-node/status', {
      metadata: { name: 'log-node' },
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
      },
    });
    await server.call('POST', PODS, pod('logs'));
    await server.call('POST', `${PODS}/logs/binding`, { metadata: { name: 'logs' }, target: { name: 'log-node' } });
    const answer = await server.call('GET', `${PODS}/logs/log?tailLines=3&follow=false`);
    expect([answer.status, answer.text]).toEqual([200, 'hello\n']);
    expect(asked).toBe('/containerLogs/default/logs/a?follow=false&tailLines=3');
    await new Promise((resolve) => {
      kubelet.close(resolve);
      kubelet.closeAllConnections();
    });
    const gone = await server.call('GET', `${PODS}/logs/log`);
    expect(gone.status).toBe(500);
    expect(gone.body.message).toContain('connection refused');
  });

  test('hostile requests are answered, never with a 500, and harm nobody', async () => {
    const path = fc.oneof(
      fc.constantFrom(
        '',
        '/x',
        '/x/status',
        '/x/scale',
        '/%00',
        '/%2e%2e',
        '/x/binding',
        '/x/log',
        '/__proto__',
        '/constructor',
        '?watch=0&limit=-1',
        '?continue=e30',
        '?fieldSelector=a%3D%5C',
        '?labelSelector=((',
        '?resourceVersion=-1',
        '?limit=9e9&timeoutSeconds=x',
      ),
      fc.string({ maxLength: 12 }).map((text) => `/${encodeURIComponent(text)}`),
    );
    const collection = fc.constantFrom(
      CONFIG_MAPS,
      PODS,
      '/api/v1/namespaces/default/services',
      '/api/v1/nodes',
      '/api/v1/namespaces/default/replicationcontrollers',
      '/api/v1/nothing',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    );
    const value = fc.jsonValue({ maxDepth: 4 });
    const body = fc.oneof(
      value,
      fc.record({
        metadata: fc.oneof(value, fc.record({ name: fc.constantFrom('x', '', 'A', '__proto__') })),
        spec: value,
        data: value,
      }),
      fc.constantFrom('{', '', '[]', 'null', '{"metadata":{"name":"x"},"spec":{"containers":[null]}}', '"\\ud800"'),
    );
    const media = fc.constantFrom(
      'application/json',
      'application/yaml',
      'application/merge-patch+json',
      'application/json-patch+json',
      'application/strategic-merge-patch+json',
      'application/apply-patch+yaml?',
      'text/plain',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
        collection,
        path,
        body,
        media,
        async (method, base, rest, sent, type) => {
          const hasBody = method !== 'GET' && method !== 'OPTIONS';
          const answer = await server.call(method, `${base}${rest}`, hasBody ? sent : undefined, {
            'content-type': type,
          });
          if (answer.status >= 500 || answer.status < 200) throw new Error(`${answer.status} ${answer.text}`);
        },
      ),
      { numRuns: 400 },
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await server.call('GET', '/healthz')).status).toBe(200);
  }, 60_000);

  test.each([
    ['/healthz', 200, 'ok'],
    ['/readyz/', 200, 'ok'],
    ['/livez?verbose', 200, '[+]ping ok\nlivez check passed\n'],
    ['/readyz?verbose&exclude=ping', 200, '[+]etcd ok\nreadyz check passed\n'],
    ['/healthz/etcd?verbose', 200, '[+]etcd ok\nhealthz check passed\n'],
  ])('%s', async (path, status, text) => {
    const answer = await server.call('GET', path);
    expect([answer.status, answer.headers.get('content-type'), answer.text]).toEqual([
      status,
      'text/plain; charset=utf-8',
      text,
    ]);
  });

  test('there is no other check than those that are made', async () => {
    expect((await server.call('GET', '/livez/etcd')).status).toBe(404);
    expect((await server.call('GET', '/healthz/other')).status).toBe(404);
  });

  test('what is too large is refused at once', async () => {
    const large = await server.call('POST', CONFIG_MAPS, configMap('large', { a: 'x'.repeat(4 * 1024 * 1024) }));
    expect(large.status).toBe(413);
    const nested = await server.call('POST', CONFIG_MAPS, '['.repeat(100_000));
    expect(nested.status).toBe(400);
  });

  test('what is no HTTP gets a 400 and the connection’s end', async () => {
    const { port } = new URL(server.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});
