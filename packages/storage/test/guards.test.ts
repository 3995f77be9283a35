import { silentLogger } from '@kubernetes-mesos/component-base';
import {
  createStorage,
  etcdRevisionOf,
  GuardMovedError,
  KeyExistsError,
  type Storage,
} from '@kubernetes-mesos/storage';
import type { EtcdFixture } from '@kubernetes-mesos/test-support';
import { etcdKinds } from './support/etcd-kinds';
import { configMap, keyOf } from './support/objects';

describe.each(etcdKinds)('guards of writes on %s', (_, start) => {
  let etcd: EtcdFixture;
  const opened: Storage[] = [];
  beforeAll(async () => {
    etcd = await start();
  });
  afterAll(() => etcd.stop());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
  });

  async function open(prefix: string): Promise<Storage> {
    const options = { endpoints: [etcd.endpoint], prefix, logger: silentLogger, compactionIntervalMs: 0 };
    const storage = await createStorage(options);
    opened.push(storage);
    await storage.ready();
    return storage;
  }

  test('a write happens only while its guard is where it was, and moves it where it should', async () => {
    const storage = await open('/a');
    const store = storage.resource('', 'configmaps');
    const create = (name: string, revision: number, moves: boolean) =>
      store.create(keyOf(name), configMap(name, '1'), { guards: [{ name: 'g', revision, moves }] });
    expect(await storage.guardRevision('g')).toBe(0);
    await create('held', 0, false);
    expect(await storage.guardRevision('g')).toBe(0);
    const moved = await create('moving', 0, true);
    const here = etcdRevisionOf(moved.revision);
    expect(await storage.guardRevision('g')).toBe(here);
    await expect(create('late', 0, true)).rejects.toThrow(GuardMovedError);
    expect(await store.get(keyOf('late'))).toBeUndefined();
    await create('next', here, false);
    await expect(create('next', here, false)).rejects.toThrow(KeyExistsError);
    expect(await storage.moveGuard('g')).toBeGreaterThan(here);
    await expect(create('last', here, false)).rejects.toThrow(GuardMovedError);
    const guards = [{ name: 'g', revision: here, moves: false }];
    await expect(store.update(keyOf('moving'), moved.revision, configMap('moving', '2'), { guards })).rejects.toThrow(
      GuardMovedError,
    );
    // Nothing of it is an object.
    expect((await store.list()).items.map(({ key }) => key.name)).toEqual(['held', 'moving', 'next']);
  });

  test('of two storages that decide from the same, one writes', async () => {
    const [one, other] = [await open('/b'), await open('/b')];
    for (let round = 0; round < 20; round++) {
      const revision = await one.guardRevision('g');
      const results = await Promise.allSettled(
        [one, other].map((storage, index) => {
          const name = `n${round}-${index}`;
          const guards = [{ name: 'g', revision, moves: true }];
          return storage.resource('', 'configmaps').create(keyOf(name), configMap(name, '1'), { guards });
        }),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });
});
