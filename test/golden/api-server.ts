import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger, parseFlags, systemClock } from '@kubernetes-mesos/component-base';
import { apiserverFlags, apiserverRole } from '@kubernetes-mesos/apiserver';
import { createTempDir, eventually, freePort, startEtcd, type EtcdFixture } from '@kubernetes-mesos/test-support';

/** An API server on an etcd of its own. */
export interface ApiServerFixture {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `km apiserver` in this process with flags as a user would give them, and waits until it is ready. */
export async function startApiServerRole(
  flags: readonly string[],
  startStore: () => Promise<EtcdFixture> = startEtcd,
): Promise<ApiServerFixture> {
  const etcd = await startStore();
  const dir = await createTempDir('km-apiserver-');
  const port = await freePort();
  const keyFile = join(dir.path, 'service-accounts.key');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const argv = [
    `--etcd_servers=${etcd.endpoint}`,
    '--portal_net=10.10.10.0/24',
    `--port=${port}`,
    `--secure_port=${await freePort()}`,
    '--read_only_port=0',
    `--cert_dir=${dir.path}`,
    `--service_account_key_file=${keyFile}`,
    ...flags,
  ];
  const { values } = parseFlags(apiserverFlags, argv, { usage: 'km apiserver', description: '' });
  const stop = new AbortController();
  const running = apiserverRole.run(values, {
    logger: silentLogger,
    clock: systemClock,
    signal: stop.signal,
    kmPath: '/nonexistent/km',
    argv,
  });
  const end = async (): Promise<void> => {
    stop.abort();
    await running.catch(() => undefined);
    await etcd.stop();
    await dir.dispose();
  };
  const url = `http://127.0.0.1:${port}`;
  let failure: Error | undefined;
  running.catch((error: unknown) => (failure = error instanceof Error ? error : new Error(String(error))));
  try {
    await eventually(
      async () => {
        if (failure !== undefined) throw failure;
        const services = await fetch(`${url}/api/v1/namespaces/default/endpoints/kubernetes`).catch(() => undefined);
        return services?.status === 200;
      },
      { deadlineMs: 20_000, what: 'the API server is ready' },
    );
  } catch (error) {
    await end();
    throw error;
  }
  return { url, stop: end };
}
