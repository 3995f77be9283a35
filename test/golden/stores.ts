import { etcdBinary, startEmbeddedEtcd, startEtcd, type EtcdFixture } from '@kubernetes-mesos/test-support';
import { startApiServerRole } from './api-server';
import type { CaseResult } from './replay';

type Store = readonly [name: string, start: () => Promise<EtcdFixture>];

const EMBEDDED: Store = ['the embedded etcd', startEmbeddedEtcd];
const INSTALLED: Store = ['etcd', startEtcd];

/** The stores that every recorded suite is played on: the embedded etcd, and a real one where it is installed. */
export const STORES: readonly Store[] = etcdBinary() === undefined ? [EMBEDDED] : [EMBEDDED, INSTALLED];
if (STORES.length === 1) process.stderr.write('skipped: recorded cases on a real etcd, which is not installed\n');

/**
 * Plays cases on an API server over each store, by the store's name. All at the same time: most of what playing takes is
 * waiting for watches.
 */
export async function playOnEachStore(
  flags: () => Promise<readonly string[]>,
  play: (url: string) => Promise<readonly CaseResult[]>,
): Promise<ReadonlyMap<string, readonly CaseResult[]>> {
  const played = STORES.map(async ([name, start]) => {
    const server = await startApiServerRole(await flags(), start);
    try {
      return [name, await play(server.url)] as const;
    } finally {
      await server.stop();
    }
  });
  return new Map(await Promise.all(played));
}
