import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { eventually } from '@kubernetes-mesos/test-support';
import { KM_BUNDLE, LocalCluster } from '../support/local-cluster';

/**
 * kill -9 of one executor while pods run: its containers end with it and are never doubled, a controller's pods are
 * replaced, a bare pod stays and says what became of it (docs/decisions/0003).
 */

const runnable = existsSync(KM_BUNDLE) && process.platform === 'linux';
if (!runnable) process.stderr.write('skipped: killing an executor needs the bundle that `make` builds, and Linux\n');

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly reason?: string;
    readonly message?: string;
    readonly containerStatuses?: readonly { readonly state?: { readonly terminated?: object } }[];
  };
}

(runnable ? describe : describe.skip)('kill -9 of an executor', () => {
  const cluster = new LocalCluster();

  const pods = async (): Promise<readonly Pod[]> =>
    ((await cluster.get('/api/v1/namespaces/default/pods'))['items'] ?? []) as readonly Pod[];

  /** Containers of a pod that run on this machine, by their mark in the environment of each process. */
  const containersOf = (podName: string): Set<string> => {
    const found = new Set<string>();
    for (const [, environment] of processes()) {
      if (!environment.has(`HOSTNAME=${podName}`)) continue;
      for (const variable of environment) if (variable.startsWith('KM_CONTAINER_ID=')) found.add(variable);
    }
    return found;
  };

  beforeAll(async () => {
    await cluster.up();
  }, 180_000);
  afterAll(async () => {
    await cluster.down();
  }, 90_000);

  test('containers end, the controller’s pods are replaced, the bare pod is Failed', async () => {
    const before = await pods();
    const bare = before.find(({ metadata }) => metadata.name === 'nginx-id-01');
    const node = bare?.spec.nodeName ?? '';
    const lost = before.filter(({ spec }) => spec.nodeName === node);
    const kept = before.filter(({ spec }) => spec.nodeName !== node);
    expect(lost.map(({ metadata }) => metadata.name)).toContain('nginx-id-01');
    await eventually(() => before.every(({ metadata }) => containersOf(metadata.name).size === 1), {
      deadlineMs: 30_000,
    });
    const marks = new Map(kept.map(({ metadata }) => [metadata.name, [...containersOf(metadata.name)]]));

    process.kill(executorOf(cluster.pid(node.replace('agent', 'mesos-agent'))), 'SIGKILL');

    await eventually(() => lost.every(({ metadata }) => containersOf(metadata.name).size === 0), {
      deadlineMs: 20_000,
    });
    await eventually(
      async () => {
        const now = await pods();
        const running = now.filter(
          ({ metadata, status }) => /^nginxcontroller-/.test(metadata.name) && status.phase === 'Running',
        );
        const found = now.find(({ metadata }) => metadata.name === 'nginx-id-01');
        return (
          running.length === 2 &&
          running.every(({ metadata }) => metadata.deletionTimestamp === undefined) &&
          found?.status.phase === 'Failed' &&
          lost.every(
            ({ metadata }) =>
              metadata.uid === bare?.metadata.uid || now.every((pod) => pod.metadata.uid !== metadata.uid),
          )
        );
      },
      { deadlineMs: 60_000 },
    );
    const after = await pods();
    const failed = after.find(({ metadata }) => metadata.name === 'nginx-id-01');
    expect(failed?.metadata.uid).toBe(bare?.metadata.uid);
    expect(failed?.status.reason).toMatch(/^(TaskLost|NodeLost)$/);
    expect(failed?.status.message).not.toBe('');
    expect(failed?.status.containerStatuses?.[0]?.state?.terminated).toBeDefined();
    // Neither revived nor doubled; what ran elsewhere has not been touched.
    for (const { metadata, status } of after) {
      const expected = status.phase === 'Running' ? 1 : 0;
      await eventually(() => containersOf(metadata.name).size === expected, { deadlineMs: 20_000 });
    }
    for (const [name, mark] of marks) expect([...containersOf(name)]).toEqual(mark);
  }, 180_000);
});

/** Processes of this machine with their environment, as far as they may be read. */
function* processes(): Generator<[pid: number, environment: ReadonlySet<string>]> {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      yield [Number(entry), new Set(readFileSync(`/proc/${entry}/environ`, 'latin1').split('\0'))];
    } catch {
      // It has ended, or is somebody else's.
    }
  }
}

/** The executor below a Mesos agent. */
function executorOf(agentPid: number): number {
  const parents = new Map<number, number>();
  for (const [pid] of processes()) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended.
    }
  }
  for (const [pid] of parents) {
    let ancestor = parents.get(pid);
    while (ancestor !== undefined && ancestor > 1 && ancestor !== agentPid) ancestor = parents.get(ancestor);
    if (ancestor !== agentPid) continue;
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    if (words.includes('executor') && words[0] !== 'sh') return pid;
  }
  throw new Error(`agent ${agentPid} has no executor`);
}
