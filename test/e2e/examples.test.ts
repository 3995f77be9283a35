import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { eventually } from '@kubernetes-mesos/test-support';
import { KM_BUNDLE, LocalCluster } from '../support/local-cluster';

/** Every file in `examples/` is accepted as a user posts it, and what it makes runs. */

const runnable = existsSync(KM_BUNDLE);
if (!runnable) process.stderr.write('skipped: the examples need the bundle that `make` builds\n');

const EXAMPLES = resolve(__dirname, '../../examples');
const URL_NAMES: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Service: 'services',
  ReplicationController: 'replicationControllers',
};

interface Pod {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly status: {
    readonly phase: string;
    readonly hostIP?: string;
    readonly containerStatuses?: readonly { readonly ready: boolean; readonly restartCount: number }[];
  };
}

/** The DNS variant takes the place of its sibling, whose name it has. */
function filesOf(folder: string): string[] {
  return readdirSync(join(EXAMPLES, folder))
    .filter((name) => name.endsWith('.json') && !name.endsWith('-dns.json'))
    .map((name) => join(folder, name));
}

(runnable ? describe : describe.skip)('examples', () => {
  const cluster = new LocalCluster();
  const pods = async (): Promise<readonly Pod[]> =>
    ((await cluster.get('/api/v1/namespaces/default/pods'))['items'] ?? []) as readonly Pod[];
  const post = async (file: string): Promise<number> => {
    const body = readFileSync(join(EXAMPLES, file), 'utf8');
    const { kind, apiVersion } = JSON.parse(body) as { kind: string; apiVersion: string };
    const plural = URL_NAMES[kind] ?? '';
    const path = apiVersion === 'v1' ? `/api/v1/namespaces/default/${plural.toLowerCase()}` : `/api/v1beta1/${plural}`;
    // As curl -d sends it.
    const headers = { 'content-type': apiVersion === 'v1' ? 'application/json' : 'application/x-www-form-urlencoded' };
    return (await fetch(`${cluster.server}${path}`, { method: 'POST', headers, body })).status;
  };
  const clear = async (): Promise<void> => {
    for (const plural of ['replicationcontrollers', 'services', 'pods']) {
      const { items = [] } = (await cluster.get(`/api/v1/namespaces/default/${plural}`)) as { items?: Pod[] };
      for (const { metadata } of items) {
        if (/^kube|^k8sm/.test(metadata.name)) continue;
        const url = `${cluster.server}/api/v1/namespaces/default/${plural}/${metadata.name}?gracePeriodSeconds=1`;
        await fetch(url, { method: 'DELETE' });
      }
    }
    await eventually(async () => (await pods()).length === 0, { deadlineMs: 60_000 });
  };

  beforeAll(async () => {
    await cluster.up();
  }, 180_000);
  afterAll(async () => {
    await cluster.down();
  }, 90_000);
  beforeEach(clear, 90_000);

  test.each([
    ['v1beta1', ['.', 'guestbook'], 10],
    ['v1', ['v1', 'v1/guestbook'], 11],
  ] as const)(
    'in %s are accepted, and their pods run',
    async (_version, folders, expected) => {
      for (const file of folders.flatMap(filesOf)) expect([file, await post(file)]).toEqual([file, 201]);
      await eventually(
        async () => {
          const found = await pods();
          return found.length === expected && found.every(({ status }) => status.phase === 'Running');
        },
        { deadlineMs: 90_000 },
      );
      for (const { metadata, status } of await pods()) {
        expect([metadata.name, status.containerStatuses?.map(({ restartCount }) => restartCount)]).toEqual([
          metadata.name,
          status.containerStatuses?.map(() => 0),
        ]);
      }
      const front = (await pods()).find(({ metadata }) => metadata.name.startsWith('frontend-controller-'));
      const port = front?.metadata.annotations?.['k8s.mesosphere.io/port_TCP_80'] ?? '';
      const page = `http://${front?.status.hostIP ?? ''}:${port}/`;
      await eventually(async () => (await (await fetch(page)).text()).includes('Guestbook'), { deadlineMs: 30_000 });
    },
    180_000,
  );

  test('the guestbook in one pod keeps its entries', async () => {
    expect(await post('v1/guestbook/single-pod.json')).toBe(201);
    const pod = async (): Promise<Pod | undefined> => (await pods())[0];
    await eventually(async () => (await pod())?.status.containerStatuses?.every(({ ready }) => ready) === true, {
      deadlineMs: 60_000,
    });
    const call = async (query: string): Promise<unknown> => {
      const url = `http://${(await pod())?.status.hostIP ?? ''}:31080/guestbook.php?${query}`;
      return (await fetch(url)).json();
    };
    const entry = 'Grüße, from a test';
    await eventually(
      async () =>
        JSON.stringify(await call(`cmd=set&key=messages&value=${encodeURIComponent(entry)}`)) ===
        '{"message":"Updated"}',
      { deadlineMs: 30_000 },
    );
    expect(await call('cmd=get&key=messages')).toEqual({ data: entry });
  }, 120_000);
});
