import { silentLogger } from '@kubernetes-mesos/component-base';
import { createStorage, StorageUnavailableError, type ResourceStore, type Storage } from '@kubernetes-mesos/storage';
import { eventually } from '@kubernetes-mesos/test-support';
import { startEtcdCluster, type EtcdCluster } from './support/etcd-cluster';
import { configMap, keyOf } from './support/objects';

let cluster: EtcdCluster;
let storage: Storage;
let store: ResourceStore;

beforeAll(async () => {
  cluster = await startEtcdCluster();
  storage = await createStorage({
    endpoints: cluster.members.map(({ endpoint }) => endpoint),
    logger: silentLogger,
    compactionIntervalMs: 0,
    callTimeoutMs: 2_000,
    keepalive: { timeMs: 1_000, timeoutMs: 1_000 },
    requestTimeoutMs: 20_000,
  });
  await storage.ready();
  store = storage.resource('', 'configmaps');
});
afterAll(async () => {
  await storage.close();
  await cluster.stop();
});

test('any one of three members may fail or hang, and nothing is lost, doubled or seen twice', async () => {
  const seen: string[] = [];
  const abort = new AbortController();
  const following = (async () => {
    for await (const batch of store.watch({ fromRevision: store.currentRevision, signal: abort.signal })) {
      seen.push(...batch.map(({ type, object }) => `${type} ${object.key.name}`));
    }
  })();
  const acknowledged: string[] = [];
  const doubtful: string[] = [];
  let count = 0;
  const write = async (): Promise<boolean> => {
    const name = `w${String(count).padStart(4, '0')}`;
    count += 1;
    try {
      await store.create(keyOf(name), configMap(name, '1'));
      acknowledged.push(name);
      return true;
    } catch (error) {
      if (!(error instanceof StorageUnavailableError)) throw error;
      doubtful.push(name);
      return false;
    }
  };
  let writing = true;
  const writers = Array.from({ length: 4 }, async () => {
    while (writing) {
      await write();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  const progress = async (): Promise<void> => {
    const target = acknowledged.length + 8;
    await eventually(() => acknowledged.length >= target);
    await store.get(keyOf(acknowledged[0]!));
  };
  for (const member of cluster.members) {
    await progress();
    await member.kill();
    await progress();
    await member.start();
    await progress();
    member.pause();
    await progress();
    member.resume();
  }
  await progress();
  writing = false;
  await Promise.all(writers);
  const listed = (await store.list()).items.map(({ key }) => key.name);
  expect(listed).toEqual(expect.arrayContaining(acknowledged));
  expect(listed.filter((name) => !acknowledged.includes(name) && !doubtful.includes(name))).toEqual([]);
  await eventually(() => seen.length >= listed.length);
  expect([...seen].sort()).toEqual(listed.map((name) => `ADDED ${name}`).sort());
  abort.abort();
  await following;
}, 240_000);
