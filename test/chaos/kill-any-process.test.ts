import { existsSync } from 'node:fs';
import { eventually } from '@kubernetes-mesos/test-support';
import { KM_BUNDLE, LocalCluster } from '../support/local-cluster';

/** kill -9 of any one process while pods run, then its restart: pods kept, nothing doubled. */

const runnable = existsSync(KM_BUNDLE);
if (!runnable) process.stderr.write('skipped: killing processes needs the bundle that `make` builds\n');

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly { readonly containerID?: string }[];
  };
}

(runnable ? describe : describe.skip)('kill -9', () => {
  const cluster = new LocalCluster();

  const pods = async (): Promise<readonly Pod[]> =>
    ((await cluster.get('/api/v1/namespaces/default/pods'))['items'] ?? []) as readonly Pod[];
  const identity = (list: readonly Pod[]) =>
    list
      .map(
        (pod) =>
          `${pod.metadata.name} ${pod.metadata.uid} ${pod.spec.nodeName ?? ''} ${pod.status.containerStatuses?.[0]?.containerID ?? ''}`,
      )
      .sort();
  const allRunning = (list: readonly Pod[]) => list.length === 3 && list.every((pod) => pod.status.phase === 'Running');
  const webServersAnswer = async (): Promise<boolean> => {
    const second = cluster.host.replace(/\d+$/, '2');
    const answers = await Promise.all(
      [`http://${cluster.host}:31001/`, `http://${second}:31001/`].map(async (url) => (await fetch(url)).ok),
    );
    return answers.every(Boolean);
  };

  beforeAll(async () => {
    await cluster.up();
  }, 180_000);
  afterAll(async () => {
    await cluster.down();
  }, 90_000);

  test.each(['etcd', 'apiserver', 'controller-manager', 'scheduler', 'mesos-master', 'mesos-agent-1'])(
    'of the %s: pods are kept, nothing is doubled',
    async (name) => {
      const before = identity(await pods());
      expect(before).toHaveLength(3);
      process.kill(cluster.pid(name), 'SIGKILL');
      await cluster.up();
      await eventually(async () => allRunning(await pods()) && (await webServersAnswer()), { deadlineMs: 60_000 });
      expect(identity(await pods())).toEqual(before);
      // A pod made now runs: every part is back at work.
      const probe = `after-${name}`;
      await create(cluster.server, probe);
      await eventually(
        async () => (await pods()).some((pod) => pod.metadata.name === probe && pod.status.phase === 'Running'),
        {
          deadlineMs: 60_000,
        },
      );
      await fetch(`${cluster.server}/api/v1/namespaces/default/pods/${probe}?gracePeriodSeconds=0`, {
        method: 'DELETE',
      });
      await eventually(async () => (await pods()).length === 3, { deadlineMs: 60_000 });
      expect(identity(await pods())).toEqual(before);
    },
    180_000,
  );
});

async function create(server: string, name: string): Promise<void> {
  const response = await fetch(`${server}/api/v1/namespaces/default/pods`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '3600'] }] },
    }),
  });
  if (response.status !== 201) throw new Error(`create answered ${response.status}: ${await response.text()}`);
}
