import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { freePort } from '@kubernetes-mesos/test-support';
import { DEFAULT_PLUGINS } from '../../src/admission/plugins';
import { startTestServer, type TestServer } from '../support/server';

/** What a request came to at the other end. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

describe('what is passed on: proxies, logs and streams', () => {
  let server: TestServer;
  /** Stands for a pod and for a kubelet. */
  let backend: http.Server;
  let port: number;
  let refused: number;
  const seen: Seen[] = [];
  const sockets = new Set<Duplex>();

  beforeAll(async () => {
    backend = http.createServer((request, response) => {
      void text(request).then((body) => {
        const { method = '', url = '', headers } = request;
        seen.push({ method, url, headers, body });
        answer(url, request, response);
      });
    });
    backend.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: '' });
      sockets.add(socket);
      socket.on('error', () => undefined);
      if (url.includes('/refused')) {
        socket.end('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 19\r\n\r\ncontainer not found');
        return;
      }
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${headers.upgrade}\r\n\r\n`);
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
    port = (backend.address() as AddressInfo).port;
    refused = await freePort();
    server = await startTestServer({
      allowPrivileged: true,
      admissionControl: [...DEFAULT_PLUGINS, 'DenyExecOnPrivileged'],
    });
    await node('n1', port);
    await node('gone', refused);
    await pod('p', 'n1');
    await pod('lost', 'gone');
    await pod('privileged', 'n1', { securityContext: { privileged: true } });
  }, 60_000);
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    backend.closeAllConnections();
    backend.close();
    await server.stop();
  });

  const answer = (url: string, request: IncomingMessage, response: http.ServerResponse): void => {
    const page = '<a href="/next">next</a>';
    if (url.startsWith('/redirect')) response.writeHead(302, { Location: '/login?a=1' }).end();
    else if (url.startsWith('/page')) response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
    else if (url.startsWith('/gzip')) {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }).end(gzipSync(page));
    } else if (url.includes('previous=true')) {
      response.writeHead(400, { 'Content-Type': 'text/plain' }).end('previous terminated container "c" not found\n');
    } else {
      response.setHeader('Connection', 'X-Gone');
      response.setHeader('X-Gone', 'with the connection');
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.writeHead(203).end(`${request.method} ${url}`);
    }
  };
  const node = async (name: string, kubeletPort: number): Promise<void> => {
    await server.call('POST', '/api/v1/nodes', { metadata: { name } });
    const { body } = await server.call('GET', `/api/v1/nodes/${name}`);
    body.status = {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    };
    await server.call('PUT', `/api/v1/nodes/${name}/status`, body);
  };
  const pod = async (name: string, nodeName: string, container: object = {}): Promise<void> => {
    const spec = { nodeName, containers: [{ name: 'c', image: 'i', ports: [{ containerPort: port }], ...container }] };
    await server.call('POST', '/api/v1/namespaces/default/pods', { metadata: { name }, spec });
    const { body } = await server.call('GET', `/api/v1/namespaces/default/pods/${name}`);
    body.status = { ...body.status, podIP: '127.0.0.1' };
    await server.call('PUT', `/api/v1/namespaces/default/pods/${name}/status`, body);
  };
  const send = (
    method: string,
    path: string,
    headers: http.OutgoingHttpHeaders = {},
    body = '',
  ): Promise<{ answer: IncomingMessage; body: Buffer }> =>
    new Promise((resolve, reject) => {
      const request = http.request(server.url + path, { method, headers, agent: false }, (answer) => {
        buffer(answer).then((all) => resolve({ answer, body: all }), reject);
      });
      request.once('error', reject);
      request.end(body);
    });
  const upgrade = (method: string, path: string, protocol: string): Promise<Duplex> =>
    new Promise((resolve, reject) => {
      const headers = { Connection: 'Upgrade', Upgrade: protocol, 'X-Stream-Protocol-Version': 'v4.channel.k8s.io' };
      const request = http.request(server.url + path, { method, headers, agent: false });
      request.once('upgrade', (_answer, socket) => resolve(socket));
      request.once('response', (refusal) => {
        void text(refusal).then((said) => reject(new Error(`${refusal.statusCode} ${said}`)));
      });
      request.once('error', reject);
      request.end();
    });
  const echoed = async (socket: Duplex, word: string): Promise<string> => {
    socket.write(word);
    const said = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    return said.toString();
  };

  test('a request goes on whole: method, path, query, body; headers but those of the connection and credentials', async () => {
    const { answer, body } = await send(
      'POST',
      '/api/v1/namespaces/default/pods/p/proxy/a%20b/?x=1&x=2',
      {
        Authorization: 'Bearer secret',
        Connection: 'X-Mine',
        'X-Mine': 'of the connection',
        'X-Own': 'kept',
        'X-Forwarded-For': '9.9.9.9',
        'Content-Type': 'text/plain',
      },
      'body',
    );
    expect(answer.statusCode).toBe(203);
    expect(body.toString()).toBe('POST /a%20b/?x=1&x=2');
    expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'] });
    expect(answer.headers).not.toHaveProperty('x-gone');
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    const got = seen.at(-1);
    expect(got).toMatchObject({ method: 'POST', body: 'body' });
    expect(got?.headers).toMatchObject({
      'x-own': 'kept',
      host: new URL(server.url).host,
      'x-forwarded-for': expect.stringMatching(/^9\.9\.9\.9, .*127\.0\.0\.1$/),
      'x-forwarded-host': new URL(server.url).host,
      'x-forwarded-proto': 'http',
      'x-forwarded-uri': '/api/v1/namespaces/default/pods/p/proxy/a%20b/',
    });
    for (const name of ['authorization', 'x-mine']) expect(got?.headers).not.toHaveProperty(name);
  });

  test.each([
    ['/api/v1/namespaces/default/pods/p/proxy', '/api/v1/namespaces/default/pods/p/proxy'],
    ['/api/v1/proxy/namespaces/default/pods/p', '/api/v1/proxy/namespaces/default/pods/p'],
    ['/api/v1beta3/proxy/namespaces/default/pods/p', '/api/v1beta3/proxy/namespaces/default/pods/p'],
    ['/api/v1beta1/proxy/pods/p', '/api/v1beta1/proxy/pods/p'],
  ])('%s: redirects and pages lead through the proxy', async (base, prefix) => {
    expect((await send('GET', `${base}/redirect`)).answer.headers['location']).toBe(`${prefix}/login?a=1`);
    expect((await send('GET', `${base}/page`)).body.toString()).toBe(`<a href="${prefix}/next">next</a>`);
    const zipped = await send('GET', `${base}/gzip`);
    expect(gunzipSync(zipped.body).toString()).toBe(`<a href="${prefix}/next">next</a>`);
  });

  test('what does not answer is a 503 that says why', async () => {
    const { status, body } = await server.call('GET', `/api/v1/namespaces/default/pods/p:${refused}/proxy/x`);
    expect(status).toBe(503);
    expect(body).toMatchObject({
      reason: 'ServiceUnavailable',
      message: `error trying to reach service: dial tcp 127.0.0.1:${refused}: connect: connection refused`,
    });
  });

  test.each([
    ['a pod', 'GET', () => '/api/v1/namespaces/default/pods/p/proxy/ws', 'websocket'],
    ['a node', 'POST', () => '/api/v1/nodes/n1/proxy/exec/default/p/c?output=1', 'SPDY/3.1'],
    ['a minion', 'POST', () => '/api/v1beta1/proxy/minions/n1/exec/default/p/c?output=1', 'SPDY/3.1'],
    ['exec of a pod', 'POST', () => '/api/v1/namespaces/default/pods/p/exec?command=a&stdout=true', 'SPDY/3.1'],
    ['exec of a pod', 'GET', () => '/api/v1/namespaces/default/pods/p/exec?command=a&stdout=true', 'websocket'],
  ])('%s by %s: an upgrade becomes a tunnel', async (_what, method, path, protocol) => {
    const socket = await upgrade(method, path(), protocol);
    expect(await echoed(socket, 'there and back')).toBe('there and back');
    expect(seen.at(-1)).toMatchObject({
      method,
      headers: { upgrade: protocol, 'x-stream-protocol-version': 'v4.channel.k8s.io' },
    });
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    for (const each of sockets) each.destroy();
    await ended;
  });

  test('exec: the kubelet is asked in its own words', async () => {
    const query = 'command=sh&command=-c&command=echo+%24A&container=c&stdin=true&stdout=true&stderr=true&tty=false';
    (await upgrade('POST', `/api/v1/namespaces/default/pods/p/exec?${query}`, 'SPDY/3.1')).destroy();
    const url = new URL(seen.at(-1)?.url ?? '', 'http://kubelet');
    expect(url.pathname).toBe('/exec/default/p/c');
    expect(url.searchParams.getAll('command')).toEqual(['sh', '-c', 'echo $A']);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ input: '1', output: '1', error: '1' });
  });

  test('a refused upgrade is told as the kubelet told it', async () => {
    await expect(upgrade('POST', '/api/v1/nodes/n1/proxy/refused', 'SPDY/3.1')).rejects.toThrow(
      '500 container not found',
    );
  });

  test('streams are admitted before anything is asked of a kubelet', async () => {
    const before = seen.length;
    for (const verb of ['exec', 'attach']) {
      const path = `/api/v1/namespaces/default/pods/privileged/${verb}?command=a&stdout=true`;
      await expect(upgrade('POST', path, 'SPDY/3.1')).rejects.toThrow(
        'cannot exec into or attach to a privileged container',
      );
    }
    expect(seen).toHaveLength(before);
  });

  test('a kubelet that does not answer', async () => {
    const dial = `dial tcp 127.0.0.1:${refused}: connect: connection refused`;
    const path = '/api/v1/namespaces/default/pods/lost';
    await expect(upgrade('POST', `${path}/exec?command=a&stdout=true`, 'SPDY/3.1')).rejects.toThrow(
      `error dialing backend: ${dial}`,
    );
    expect((await server.call('GET', `${path}/log`)).body).toMatchObject({
      code: 500,
      message: `Get "http://127.0.0.1:${refused}/containerLogs/default/lost/c": ${dial}`,
    });
  });

  test('logs: what the kubelet refuses is an error of the API', async () => {
    const path = '/api/v1/namespaces/default/pods/p/log';
    expect((await server.call('GET', `${path}?previous=true`)).body).toMatchObject({
      kind: 'Status',
      reason: 'BadRequest',
      message: 'previous terminated container "c" not found',
    });
    expect((await server.call('GET', `${path}?tailLines=-1`)).body).toMatchObject({
      code: 422,
      message: 'PodLogOptions "p" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    });
    expect((await server.call('GET', `${path}?sinceSeconds=0&limitBytes=0`)).body).toMatchObject({
      message:
        'PodLogOptions "p" is invalid: [limitBytes: Invalid value: 0: must be greater than 0, sinceSeconds: Invalid value: 0: must be greater than 0]',
    });
  });

  test('the server ends with streams open', async () => {
    const other = await startTestServer();
    await other.call('POST', '/api/v1/nodes', { metadata: { name: 'n2' } });
    const { body } = await other.call('GET', '/api/v1/nodes/n2');
    body.status = {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    };
    await other.call('PUT', '/api/v1/nodes/n2/status', body);
    const request = http.get(`${other.url}/api/v1/nodes/n2/proxy/x`, {
      headers: { Connection: 'Upgrade', Upgrade: 'websocket' },
      agent: false,
    });
    const socket = await new Promise<Duplex>((resolve) => request.once('upgrade', (_a, each) => resolve(each)));
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await other.stop();
    await ended;
  });
});
