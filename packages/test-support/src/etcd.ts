import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { startProcess, type TestProcess } from './child-process';
import { eventually } from './eventually';
import { freePort } from './free-port';
import { createTempDir } from './temp-dir';

/** An etcd of the test's own, real or embedded; the same data and port over restarts. */
export interface EtcdFixture {
  /** `http://127.0.0.1:port` */
  readonly endpoint: string;
  readonly port: number;
  /** Ends it like `kill -9` where it is a process; data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port after `kill`; waits until it answers. */
  restart(): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

export interface EtcdOptions {
  /** Default `/usr/bin/etcd`, or `ETCD_BIN`. */
  readonly binary?: string;
  /** More arguments, e.g. `--quota-backend-bytes=...`. */
  readonly args?: readonly string[];
}

const BINARY = process.env['ETCD_BIN'] ?? '/usr/bin/etcd';

/** The etcd that is installed here; `undefined` when there is none. */
export function etcdBinary(): string | undefined {
  return existsSync(BINARY) ? BINARY : undefined;
}

/** A real single-member etcd in a temporary directory, answering when this returns. */
export async function startEtcd(options: EtcdOptions = {}): Promise<EtcdFixture> {
  const dir = await createTempDir('km-etcd-');
  const port = await freePort();
  const peerPort = await freePort();
  const binary = options.binary ?? BINARY;
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const args = [
    ...['--name', 'test', '--data-dir', join(dir.path, 'data')],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `test=${peer}`],
    ...['--logger', 'zap', '--log-level', 'error', ...(options.args ?? [])],
  ];
  const start = async (): Promise<TestProcess> => {
    const child = await startProcess(binary, args, { cwd: dir.path });
    let exit: string | undefined;
    void child.exited.then(({ code, signal }) => (exit = `etcd ended (${code ?? signal}): ${child.output()}`));
    await eventually(
      async () => {
        if (exit !== undefined) throw new Error(exit);
        return (await accepts(port)) && (await healthy(client));
      },
      { deadlineMs: 20_000, what: `etcd answers on ${client}` },
    );
    return child;
  };
  let child = await start().catch(async (error: unknown) => {
    await dir.dispose();
    throw error;
  });
  return {
    endpoint: client,
    port,
    kill: () => child.kill(),
    async restart() {
      await child.kill();
      child = await start();
    },
    async stop() {
      await child.kill();
      await dir.dispose();
    },
  };
}

async function healthy(endpoint: string): Promise<boolean> {
  const response = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2_000) });
  return (await response.text()).includes('true');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
