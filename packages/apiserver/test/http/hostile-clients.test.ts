import { connect } from 'node:net';
import { startListener } from '../../src/http/listeners';
import { DEFAULT_LIMITS } from '../../src/http/limits';
import type { Dispatcher } from '../../src/http/dispatcher';
import { startTestServer, type TestServer } from '../support/server';

const MIB = 1024 * 1024;

/** What the server says to these bytes until it ends the connection, or is quiet after an answer. */
function talk(port: number, parts: readonly string[], keepsOpen = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The server may have ended it while something was still on its way.
      if (error.code === 'EPIPE' || error.code === 'ECONNRESET') resolve(text);
      else reject(error);
    });
    socket.on('close', () => resolve(text));
    for (const part of parts) socket.write(part, 'latin1');
    if (!keepsOpen) socket.end();
  });
}

const statusLine = (answer: string): string => answer.split('\r\n', 1)[0] ?? '';

describe('clients that send too much, too slowly or nonsense', () => {
  let server: TestServer;
  let port: number;
  beforeAll(async () => {
    server = await startTestServer({ requestTimeoutMs: 500 });
    port = Number(new URL(server.url).port);
  });
  afterEach(async () => {
    // Whatever was sent, the next one is served.
    expect((await server.call('GET', '/api/v1/namespaces/default')).status).toBe(200);
  });
  afterAll(() => server.stop());

  const post = (headers: string): string =>
    `POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\n${headers}`;

  test('a body that says to be too long is refused before it is sent', async () => {
    const answer = await talk(port, [post(`Content-Length: ${4 * MIB}\r\n\r\n`)], true);
    expect(statusLine(answer)).toBe('HTTP/1.1 413 Payload Too Large');
    expect(answer).toContain('"reason":"RequestEntityTooLarge"');
    expect(answer).toMatch(/connection: close/i);
  });

  test('a body that becomes too long is refused then', async () => {
    const chunk = `100000\r\n${'x'.repeat(MIB)}\r\n`;
    const answer = await talk(port, [post('Transfer-Encoding: chunked\r\n\r\n'), chunk, chunk, chunk, chunk], true);
    expect(statusLine(answer)).toBe('HTTP/1.1 413 Payload Too Large');
  });

  test('a body that stops coming is not waited for', async () => {
    const answer = await talk(port, [post('Content-Length: 100\r\n\r\n{"metadata":')], true);
    expect(statusLine(answer)).toBe('HTTP/1.1 504 Gateway Timeout');
    expect(answer).toMatch(/connection: close/i);
  });

  test('a URL that is too long', async () => {
    const path = `/api/v1/pods?labelSelector=${'a'.repeat(DEFAULT_LIMITS.urlChars)}`;
    const answer = await server.call('GET', path);
    expect(answer.status).toBe(414);
    expect(answer.body).toMatchObject({ kind: 'Status', code: 414 });
    const old = await server.call('GET', path.replace('v1', 'v1beta1'));
    expect(old.status).toBe(414);
  });

  test('headers that are too long', async () => {
    const answer = await talk(port, [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(300_000)}\r\n\r\n`], true);
    expect(statusLine(answer)).toBe('HTTP/1.1 431 Request Header Fields Too Large');
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['two lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['a length and chunks', post('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')],
    ['a chunk without a length', post('Transfer-Encoding: chunked\r\n\r\nzz\r\n')],
    ['a header of two lines', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n'],
  ])('%s', async (_name, bytes) => {
    expect(statusLine(await talk(port, [bytes]))).toMatch(/^HTTP\/1\.1 400 Bad Request$|^$/);
  });

  test.each([
    ['{"metadata":{"name":"x"},"data":', 400],
    [`{"metadata":${'['.repeat(600)}${']'.repeat(600)}}`, 400],
    [
      JSON.stringify({
        metadata: { name: 'x' },
        data: Object.fromEntries(Array.from({ length: 20_000 }, (_each, index) => [`k${index}`, ''])),
      }),
      201,
    ],
  ])('JSON %#', async (text, status) => {
    expect((await server.call('POST', '/api/v1/namespaces/default/configmaps', text)).status).toBe(status);
  });
});

test('headers that do not come are not waited for', async () => {
  const dispatcher = { onRequest: () => undefined, onUpgrade: () => undefined } as unknown as Dispatcher;
  const limits = { ...DEFAULT_LIMITS, headersMs: 200 };
  const listener = await startListener({ address: '127.0.0.1', port: 0, dispatcher, limits });
  try {
    const answer = await talk(listener.port, ['GET / HTTP/1.1\r\nHost: x\r\n'], true);
    expect(statusLine(answer)).toBe('HTTP/1.1 408 Request Timeout');
  } finally {
    await listener.close(0);
  }
});
