import { freePort } from '@kubernetes-mesos/test-support';
import { inFlightFilter } from '../src/filters/in-flight';
import type { Exchange } from '../src/http/exchange';
import { nonResourceInfo, type RequestInfo } from '../src/http/request-info';
import { startTestServer, type TestServer } from './support/server';

describe('calls from browsers', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ corsAllowedOrigins: ['^http://good\\.example$', 'localhost'] });
  });
  afterAll(() => server.stop());

  const ask = (method: string, origin?: string): Promise<Response> =>
    fetch(`${server.url}/api/v1/pods`, { method, headers: origin === undefined ? {} : { origin } });

  test('of an origin that is allowed are told so, and asked for before are answered 204', async () => {
    const asked = await ask('OPTIONS', 'http://good.example');
    expect(asked.status).toBe(204);
    const answer = await ask('GET', 'http://good.example');
    expect(answer.status).toBe(200);
    for (const { headers } of [asked, answer]) {
      expect(headers.get('access-control-allow-origin')).toBe('http://good.example');
      expect(headers.get('access-control-allow-methods')).toContain('PUT');
      expect(headers.get('access-control-allow-headers')).toContain('Authorization');
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('vary')).toContain('Origin');
    }
    expect((await ask('GET', 'https://localhost:3000')).headers.get('access-control-allow-origin')).toBe(
      'https://localhost:3000',
    );
  });

  test.each(['http://good.example.evil.test', 'http://evil.test', undefined])(
    'of %s are told nothing',
    async (origin) => {
      const answer = await ask('GET', origin);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect((await ask('OPTIONS', origin)).status).toBe(405);
    },
  );
});

test('the read-only port reads, and no faster than it may', async () => {
  const port = await freePort();
  const server = await startTestServer({ readOnly: { address: '127.0.0.1', port, rate: 0.001, burst: 5 } });
  try {
    const ask = (method: string): Promise<Response> => fetch(`http://127.0.0.1:${port}/api/v1beta1/pods`, { method });
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await ask(method);
      expect([answer.status, await answer.text()]).toEqual([403, 'This is a read-only endpoint.']);
    }
    for (let count = 0; count < 5; count++) expect((await ask('GET')).status).toBe(200);
    const answer = await ask('GET');
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.text()).toBe('Rate limit is 0.001 QPS or a burst of 5');
  } finally {
    await server.stop();
  }
});

describe('requests under way', () => {
  const exchange = (method: string): Exchange => ({ method }) as Exchange;
  const plain = nonResourceInfo('GET', '/');
  const watch: RequestInfo = { ...plain, isResource: true, verb: 'watch' };

  test('reading and changing have limits of their own, and streams have none', async () => {
    const filter = inFlightFilter({ reading: 2, mutating: 1 });
    const leave = await filter(exchange('POST'), plain);
    expect(() => filter(exchange('DELETE'), plain)).toThrow('Too many requests, please try again later.');
    expect(await filter(exchange('GET'), plain)).toBeInstanceOf(Function);
    expect(await filter(exchange('GET'), plain)).toBeInstanceOf(Function);
    expect(() => filter(exchange('GET'), plain)).toThrow();
    expect(await filter(exchange('GET'), watch)).toBe('pass');
    if (typeof leave === 'function') leave();
    expect(await filter(exchange('PUT'), plain)).toBeInstanceOf(Function);
  });

  test('0 is no limit', async () => {
    const filter = inFlightFilter({ reading: 0, mutating: 0 });
    for (let count = 0; count < 1_000; count++) expect(await filter(exchange('POST'), plain)).toBe('pass');
  });
});
