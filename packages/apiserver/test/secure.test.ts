import { request } from 'node:https';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { basicAuthFileAuthenticator } from '../src/authentication/basic-auth-file';
import { tokenFileAuthenticator } from '../src/authentication/token-file';
import { abacAuthorizer } from '../src/authorization/abac';
import { selfSignedCertificate } from '../src/http/self-signed';
import { startTestServer, type TestServer } from './support/server';

describe('the secure port', () => {
  let dir: string;
  let server: TestServer;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'km-secure-'));
    await writeFile(join(dir, 'tokens'), 'tok-admin,admin,1,"system:masters"\ntok-reader,reader,2\n');
    await writeFile(join(dir, 'passwords'), 'secret,basil,3\n');
    await writeFile(
      join(dir, 'policy'),
      '{"user":"admin"}\n{"user":"reader","readonly":true,"resource":"pods"}\n{"user":"basil","ns":"default"}\n',
    );
    const names = { commonName: '127.0.0.1', alternatives: ['127.0.0.1', 'localhost'] };
    server = await startTestServer({
      secure: {
        address: '127.0.0.1',
        port: 0,
        tls: await selfSignedCertificate(dir, names, Date.now()),
        authenticators: [
          await tokenFileAuthenticator(join(dir, 'tokens')),
          await basicAuthFileAuthenticator(join(dir, 'passwords')),
        ],
        allowAnonymous: false,
      },
      authorizer: await abacAuthorizer(join(dir, 'policy')),
    });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  });

  function ask(path: string, authorization?: string, method = 'GET'): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: server.securePort,
          path,
          method,
          rejectUnauthorized: false,
          headers: authorization === undefined ? {} : { authorization },
        },
        (answer) => {
          let text = '';
          answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
  }
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  test.each([
    ['nobody', undefined, '/api/v1/pods', 401],
    ['a wrong token', 'Bearer nope', '/api/v1/pods', 401],
    ['a wrong password', basic('basil:wrong'), '/api/v1/namespaces/default/pods', 401],
    ['somebody unknown', basic('nobody:secret'), '/api/v1/pods', 401],
    ['nobody, about health', undefined, '/healthz', 200],
    ['nobody, about a path that is none', undefined, '/nope', 401],
    ['the administrator', 'Bearer tok-admin', '/api/v1/pods', 200],
    ['a reader', 'Bearer tok-reader', '/api/v1/pods', 200],
    ['a reader, about secrets', 'Bearer tok-reader', '/api/v1/secrets', 403],
    ['by password, at home', basic('basil:secret'), '/api/v1/namespaces/default/pods', 200],
    ['by password, elsewhere', basic('basil:secret'), '/api/v1/namespaces/kube-system/pods', 403],
  ])('%s', async (_name, authorization, path, status) => {
    expect((await ask(path, authorization)).status).toBe(status);
  });

  test('a refusal says who may not do what', async () => {
    const { text } = await ask('/api/v1/namespaces/default/pods/x', 'Bearer tok-reader', 'DELETE');
    expect(JSON.parse(text)).toMatchObject({
      reason: 'Forbidden',
      message:
        'pods "x" is forbidden: User "reader" cannot delete resource "pods" in API group "" in the namespace "default": No policy matched.',
    });
  });

  test('TLS before 1.2 is not spoken', async () => {
    const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
    const spoken = await Promise.all(
      versions.map(
        (version) =>
          new Promise((resolve) => {
            const options = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
            const socket = connect({
              host: '127.0.0.1',
              port: server.securePort,
              rejectUnauthorized: false,
              ...options,
            });
            socket.once('secureConnect', () => {
              resolve(socket.getProtocol());
              socket.destroy();
            });
            socket.once('error', () => resolve('refused'));
          }),
      ),
    );
    expect(spoken).toEqual(['refused', 'refused', 'TLSv1.2', 'TLSv1.3']);
  });

  test('files of the self-made certificate are for their owner only, and are kept', async () => {
    for (const name of ['apiserver.crt', 'apiserver.key']) {
      expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
    }
    const names = { commonName: '127.0.0.1', alternatives: ['127.0.0.1'] };
    const again = await selfSignedCertificate(dir, names, Date.now());
    const other = await selfSignedCertificate(dir, { ...names, alternatives: ['10.0.0.9'] }, Date.now());
    expect(other.cert).not.toEqual(again.cert);
  });
});

test('requests past the limit are told to come back', async () => {
  const server = await startTestServer({ maxRequestsInFlight: { reading: 1, mutating: 1 } });
  try {
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.call('GET', '/api/v1/pods')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect(answers.some(({ status }) => status === 200)).toBe(true);
  } finally {
    await server.stop();
  }
}, 60_000);
