import { startEmbeddedEtcd as start } from '@kubernetes-mesos/embedded-etcd';
import type { EtcdFixture } from './etcd';
import { createTempDir } from './temp-dir';

/**
 * The embedded etcd within the test's own process, in a temporary directory. `kill` closes it (its data is on disk
 * before anything is acknowledged, so that nothing depends on the way it ends).
 */
export async function startEmbeddedEtcd(): Promise<EtcdFixture> {
  const dir = await createTempDir('km-embedded-etcd-');
  let etcd = await start({ dataDir: dir.path });
  const endpoint = etcd.endpoints[0] ?? '';
  const port = Number(new URL(endpoint).port);
  return {
    endpoint,
    port,
    kill: () => etcd.close(),
    async restart() {
      await etcd.close();
      etcd = await start({ dataDir: dir.path, listen: [{ host: '127.0.0.1', port }] });
    },
    async stop() {
      await etcd.close();
      await dir.dispose();
    },
  };
}
