import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTempDir,
  eventually,
  freePort,
  startEtcd,
  startProcess,
  type EtcdFixture,
  type TempDir,
  type TestProcess,
} from '@kubernetes-mesos/test-support';
import { KM_BUNDLE } from '../support/local-cluster';
import { ResumingWatch, WriteStorm } from './write-storm';

/**
 * kill -9 of the API server and of etcd while 32 clients write: what was acknowledged is there, nothing is there twice,
 * and a watcher that goes on from the last version it saw sees every event once and in order.
 */

const runnable = existsSync(KM_BUNDLE);
if (!runnable) process.stderr.write('skipped: killing processes needs the bundle that `make` builds\n');

const KILLS = 3;
const CLIENTS = 32;

/** `km etcd` as a process of its own. */
async function startKmEtcd(): Promise<EtcdFixture> {
  const dir = await createTempDir('km-storm-etcd-');
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const start = async (): Promise<TestProcess> => {
    const child = await startProcess(KM_BUNDLE, ['etcd', '--data-dir', dir.path, '--listen-client-urls', endpoint]);
    await eventually(async () => (await fetch(`${endpoint}/health`).catch(() => undefined)) !== undefined, {
      deadlineMs: 20_000,
      what: 'the embedded etcd answers',
    });
    return child;
  };
  let child = await start();
  const kill = async (): Promise<void> => {
    await child.kill('SIGKILL');
  };
  return {
    endpoint,
    port,
    kill,
    async restart() {
      child = await start();
    },
    async stop() {
      await kill();
      await dir.dispose();
    },
  };
}

describe.each([
  ['a real etcd', () => startEtcd()],
  ['the embedded etcd', startKmEtcd],
])('a write storm over %s', (_name, startStore) => {
  const when = runnable ? test : test.skip;
  let etcd: EtcdFixture;
  let dir: TempDir;
  let server: TestProcess;
  let argv: string[];
  let url: string;

  const startServer = async (): Promise<void> => {
    server = await startProcess(KM_BUNDLE, argv);
    await eventually(async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200, {
      deadlineMs: 30_000,
      what: 'the API server is ready',
    });
  };
  const killServer = async (): Promise<void> => {
    await server.kill('SIGKILL');
  };

  beforeAll(async () => {
    if (!runnable) return;
    etcd = await startStore();
    dir = await createTempDir('km-storm-');
    const port = await freePort();
    const keyFile = join(dir.path, 'sa.key');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    url = `http://127.0.0.1:${port}`;
    argv = [
      'apiserver',
      `--etcd_servers=${etcd.endpoint}`,
      '--portal_net=10.10.10.0/24',
      `--port=${port}`,
      `--secure_port=${await freePort()}`,
      '--read_only_port=0',
      `--cert_dir=${dir.path}`,
      `--service_account_key_file=${keyFile}`,
    ];
    await startServer();
  }, 90_000);
  afterAll(async () => {
    if (!runnable) return;
    await killServer();
    await etcd.stop();
    await dir.dispose();
  }, 30_000);

  const rounds: readonly [string, () => Promise<void>][] = [
    [
      'API server',
      async () => {
        await killServer();
        await startServer();
      },
    ],
    [
      'etcd',
      async () => {
        await etcd.kill();
        await etcd.restart();
      },
    ],
  ];

  when.each(rounds)(
    'kill -9 of the %s loses nothing',
    async (name, killAndRestart) => {
      const prefix = name === 'etcd' ? 'e' : 'a';
      const watch = await ResumingWatch.start(url);
      const storm = new WriteStorm(url, prefix, CLIENTS);
      const running = storm.run();
      try {
        for (let kill = 1; kill <= KILLS; kill++) {
          const goal = kill * CLIENTS * 4;
          await eventually(() => storm.acknowledged >= goal, { deadlineMs: 60_000, what: `${goal} writes` });
          await killAndRestart();
        }
        const goal = storm.acknowledged + CLIENTS * 4;
        await eventually(() => storm.acknowledged >= goal, { deadlineMs: 60_000, what: 'writes after the last kill' });
      } finally {
        storm.stop();
        await running;
      }
      const state = await storm.stored();
      expect(storm.problems(state)).toEqual([]);
      await watch.reaches(state.resourceVersion);
      expect(watch.problems(state)).toEqual([]);
      // The kills of the server must have hit writes under way; while etcd is away the server may hold them.
      if (name === 'API server') expect(storm.unanswered).toBeGreaterThan(0);
    },
    240_000,
  );
});
