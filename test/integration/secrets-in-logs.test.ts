import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, eventually, freePort, startEtcd, startProcess } from '@kubernetes-mesos/test-support';
import { askSecurely } from '../support/ask-securely';
import { KM_BUNDLE } from '../support/local-cluster';

const runnable = existsSync(KM_BUNDLE);
if (!runnable) process.stderr.write('skipped: needs the bundle that `make` builds\n');

const TOKEN = 'tok-5ecr3t-t0ken';
const PASSWORD = 'pa55-5ecr3t-w0rd';
const DATA = 'd4ta-5ecr3t-v4lue';
/** Whatever they are wrapped in. */
const FORBIDDEN = [TOKEN, PASSWORD, DATA].flatMap((text) => [
  text,
  ...[0, 1, 2].map((shift) =>
    Buffer.from(`${' '.repeat(shift)}${text}`)
      .toString('base64')
      .slice(4, -4),
  ),
]);

(runnable ? test : test.skip)(
  'the API server writes no secrets into its log, however much it logs and whatever goes wrong',
  async () => {
    const etcd = await startEtcd();
    const dir = await createTempDir('km-secrets-');
    const port = await freePort();
    await writeFile(join(dir.path, 'tokens'), `${TOKEN},admin,1,system:masters\n`, { mode: 0o600 });
    await writeFile(join(dir.path, 'passwords'), `${PASSWORD},basil,2\n`, { mode: 0o600 });
    const server = await startProcess(KM_BUNDLE, [
      'apiserver',
      '--v=10',
      '--port=0',
      '--read_only_port=0',
      `--secure_port=${port}`,
      `--etcd_servers=${etcd.endpoint}`,
      '--portal_net=10.10.10.0/24',
      `--cert_dir=${dir.path}`,
      `--token_auth_file=${join(dir.path, 'tokens')}`,
      `--basic_auth_file=${join(dir.path, 'passwords')}`,
    ]);
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const ask = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
      askSecurely(port, path, { method, headers: { ...headers, ...more }, ...(body === undefined ? {} : { body }) });
    const secrets = '/api/v1/namespaces/default/secrets';
    const secret = { kind: 'Secret', apiVersion: 'v1', metadata: { name: 's' }, stringData: { a: DATA } };
    try {
      await eventually(async () => (await ask('GET', '/readyz')).status === 200, { what: 'the API server is ready' });
      expect((await ask('POST', secrets, secret)).status).toBe(201);
      expect(
        (
          await ask('PATCH', `${secrets}/s?fieldManager=t&force=true`, secret, {
            'content-type': 'application/apply-patch+yaml',
          })
        ).status,
      ).toBe(200);
      // Everything that is refused, for reasons of all kinds.
      const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
      const refused = [
        await ask('POST', secrets, { ...secret, data: { b: DATA } }),
        await ask('POST', secrets, { ...secret, stringData: [DATA] }),
        await ask('POST', secrets, DATA),
        await ask('POST', secrets, secret),
        await ask('POST', `/api/v1beta1/secrets`, {
          kind: 'Secret',
          apiVersion: 'v1beta1',
          id: 't',
          data: { a: DATA },
        }),
        await ask('POST', secrets, `a: [${DATA}`, { 'content-type': 'application/yaml' }),
        await ask('PATCH', `${secrets}/s`, [{ op: 'test', path: '/data/a', value: DATA }], {
          'content-type': 'application/json-patch+json',
        }),
        await ask('POST', `/api/v1/namespaces/default/pods/nope/exec?command=${DATA}`),
        await ask('GET', '/api/v1/pods', undefined, { authorization: basic(`basil:${PASSWORD}x`) }),
        await ask('GET', '/api/v1/pods', undefined, { authorization: `Bearer ${TOKEN}x` }),
        await ask('GET', '/api/v1/pods', undefined, { authorization: `Bearer a.${TOKEN}.b` }),
        await ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: `${TOKEN}y` } }),
      ];
      expect(refused.every(({ status }) => status < 500)).toBe(true);
      expect(
        (await askSecurely(port, '/api/v1/pods', { headers: { authorization: basic(`basil:${PASSWORD}`) } })).status,
      ).toBe(200);
      // And while the store is away.
      await etcd.kill();
      const failed = await ask('POST', secrets, { ...secret, metadata: { name: 'late' } });
      expect(failed.status).toBeGreaterThanOrEqual(500);
      await etcd.restart();
      await eventually(async () => (await ask('GET', `${secrets}/s`)).status === 200, { what: 'the store is back' });
    } finally {
      await server.kill('SIGTERM');
      await etcd.stop();
      await dir.dispose();
    }
    const log = server.output();
    expect(log).toContain('request failed');
    for (const text of FORBIDDEN) expect(log).not.toContain(text);
    expect(log).not.toMatch(/authorization/i);
  },
  120_000,
);
