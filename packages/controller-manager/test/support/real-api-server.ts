import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiserverFlags, apiserverRole } from '@kubernetes-mesos/apiserver';
import { parseFlags, silentLogger, systemClock } from '@kubernetes-mesos/component-base';
import { createTempDir, eventually, freePort, startEtcd } from '@kubernetes-mesos/test-support';

/** The API server as users run it, in this process, on a real etcd of its own. */
export interface RealApiServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  stop(): Promise<void>;
}

export async function startRealApiServer(): Promise<RealApiServer> {
  const etcd = await startEtcd();
  const dir = await createTempDir('km-controllers-');
  const port = await freePort();
  const keyFile = join(dir.path, 'accounts.key');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const argv = [
    `--etcd_servers=${etcd.endpoint}`,
    '--portal_net=10.10.10.0/24',
    `--port=${port}`,
    '--secure_port=0',
    '--read_only_port=0',
    `--cert_dir=${dir.path}`,
    `--service_account_key_file=${keyFile}`,
    '--admission_control=NamespaceLifecycle,LimitRanger,StorageObjectInUseProtection,ResourceQuota',
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
  let failure: unknown;
  running.catch((error: unknown) => (failure = error));
  const address = `127.0.0.1:${port}`;
  const end = async (): Promise<void> => {
    stop.abort();
    await running.catch(() => undefined);
    await etcd.stop();
    await dir.dispose();
  };
  try {
    await eventually(
      async () => {
        if (failure !== undefined) throw new Error('the API server ended', { cause: failure });
        const answer = await fetch(`http://${address}/api/v1/namespaces/default/services/kubernetes`).catch(
          () => undefined,
        );
        return answer?.status === 200;
      },
      { deadlineMs: 20_000, what: 'the API server is ready' },
    );
  } catch (error) {
    await end();
    throw error;
  }
  return { address, stop: end };
}
