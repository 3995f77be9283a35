import { silentLogger } from '@kubernetes-mesos/component-base';
import {
  CompactedError,
  createStorage,
  KeyExistsError,
  KeyNotFoundError,
  ObjectTooLargeError,
  RevisionConflictError,
  RevisionTooLargeError,
  WatchOverflowError,
  type ResourceStore,
  type Storage,
  type StorageOptions,
  type WatchEvent,
} from '@kubernetes-mesos/storage';
import { eventually, type EtcdFixture } from '@kubernetes-mesos/test-support';
import { etcdKinds } from './support/etcd-kinds';
import { configMap, eventText, keyOf, type ConfigMap } from './support/objects';

describe.each(etcdKinds)('on %s', (_, start) => {
  let etcd: EtcdFixture;
  let storage: Storage;
  let store: ResourceStore;
  let suite = 0;
  const opened: Storage[] = [];

  beforeAll(async () => {
    etcd = await start();
  });
  afterAll(() => etcd.stop());

  beforeEach(async () => {
    suite += 1;
    storage = await open();
    store = storage.resource('', 'configmaps');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
  });

  async function open(options: Partial<StorageOptions> = {}): Promise<Storage> {
    const opening = await createStorage({
      endpoints: [etcd.endpoint],
      prefix: `/registry-${suite}`,
      logger: silentLogger,
      compactionIntervalMs: 0,
      ...options,
    });
    opened.push(opening);
    await opening.ready();
    return opening;
  }

  /** Collects events until there are `count`. */
  async function take(from: ResourceStore, fromRevision: number, count: number, namespace?: string): Promise<string[]> {
    const abort = new AbortController();
    const events: WatchEvent[] = [];
    const watch = from.watch({ fromRevision, signal: abort.signal, ...(namespace === undefined ? {} : { namespace }) });
    for await (const batch of watch) {
      events.push(...batch);
      if (events.length >= count) break;
    }
    return events.map(eventText);
  }

  test('creates, reads, updates and deletes', async () => {
    const created = await store.create(keyOf('a'), configMap('a', '1'));
    expect(created.object.metadata.resourceVersion).toBe(String(created.revision));
    expect(JSON.parse(created.bytes.toString())).toEqual(created.object);
    expect(created.bytes.toString()).toContain(`"uid":"uid-a","resourceVersion":"${created.revision}"`);
    expect(await store.get(keyOf('a'))).toBe(created);

    const updated = await store.update(keyOf('a'), created.revision, {
      ...created.object,
      data: { value: '2' },
    } as ConfigMap);
    expect(updated.revision).toBeGreaterThan(created.revision);
    expect(updated.object).toEqual({
      ...configMap('a', '2'),
      metadata: { ...configMap('a', '2').metadata, resourceVersion: String(updated.revision) },
    });
    expect(JSON.parse(updated.bytes.toString())).toEqual(updated.object);

    const deleted = await store.delete(keyOf('a'), updated.revision);
    expect(deleted.object).toBe(updated);
    expect(deleted.revision).toBeGreaterThan(updated.revision);
    expect(await store.get(keyOf('a'))).toBeUndefined();
    expect(store.currentRevision).toBeGreaterThanOrEqual(deleted.revision);
  });

  test('refuses what does not fit, with what is there', async () => {
    const created = await store.create(keyOf('a'), configMap('a', '1'));
    await expect(store.create(keyOf('a'), configMap('a', '2'))).rejects.toThrow(KeyExistsError);
    await expect(store.update(keyOf('b'), created.revision, configMap('b', '1'))).rejects.toThrow(KeyNotFoundError);
    await expect(store.delete(keyOf('b'), created.revision)).rejects.toThrow(KeyNotFoundError);
    const updated = await store.update(keyOf('a'), created.revision, configMap('a', '2'));
    const conflict = await store
      .update(keyOf('a'), created.revision, configMap('a', '3'))
      .catch((error: unknown) => error);
    expect(conflict).toBeInstanceOf(RevisionConflictError);
    expect((conflict as RevisionConflictError).current).toBe(updated);
    await expect(store.delete(keyOf('a'), created.revision)).rejects.toThrow(RevisionConflictError);
    await expect(store.create(keyOf('big'), configMap('big', 'x'.repeat(3_000_000)))).rejects.toThrow(
      ObjectTooLargeError,
    );
    await expect(store.create({ namespace: 'a', name: 'b/c' }, configMap('b', '1'))).rejects.toThrow(RangeError);
  });

  test('of concurrent writers exactly one wins each time', async () => {
    const other = (await open()).resource('', 'configmaps');
    const creations = await Promise.allSettled(
      [store, other, store, other].map((each, index) => each.create(keyOf('a'), configMap('a', '0', `uid-${index}`))),
    );
    expect(creations.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    async function increment(on: ResourceStore): Promise<void> {
      for (;;) {
        const current = await on.get(keyOf('a'));
        const value = Number((current?.object as ConfigMap).data?.['value']) + 1;
        try {
          await on.update(keyOf('a'), current?.revision ?? 0, configMap('a', String(value)));
          return;
        } catch (error) {
          if (!(error instanceof RevisionConflictError)) throw error;
        }
      }
    }
    await Promise.all(Array.from({ length: 20 }, (_each, index) => increment(index % 2 === 0 ? store : other)));
    expect((await store.get(keyOf('a')))?.object).toMatchObject({ data: { value: '20' } });
  });

  test('a read sees what another server has acknowledged', async () => {
    const other = (await open()).resource('', 'configmaps');
    for (let index = 0; index < 20; index += 1) {
      const created = await store.create(keyOf(`a${index}`), configMap(`a${index}`, '1'));
      expect((await other.get(keyOf(`a${index}`)))?.revision).toBe(created.revision);
      const listed = await other.list({ consistency: { kind: 'atLeast', revision: created.revision } });
      expect(listed.items).toHaveLength(index + 1);
    }
  });

  test('lists in key order, by namespace, and exactly at an old revision', async () => {
    const revisions: number[] = [];
    for (const [namespace, name] of [
      ['b', '2'],
      ['a', '9'],
      ['a', '1'],
      ['b-c', '1'],
      ['b', '1'],
    ] as const) {
      revisions.push((await store.create({ namespace, name }, configMap(name, namespace))).revision);
    }
    const names = (items: readonly { key: { namespace: string; name: string } }[]) =>
      items.map(({ key }) => `${key.namespace}/${key.name}`);
    const all = await store.list();
    expect(names(all.items)).toEqual(['a/1', 'a/9', 'b-c/1', 'b/1', 'b/2']);
    expect(names((await store.list({ namespace: 'b' })).items)).toEqual(['b/1', 'b/2']);
    expect(names((await store.list({ namespace: 'c' })).items)).toEqual([]);
    await store.delete({ namespace: 'a', name: '9' }, revisions[1]!);
    expect(names(all.items)).toHaveLength(5);
    const exact = await store.list({ consistency: { kind: 'exact', revision: all.revision } });
    expect(exact).toEqual(all);
    const early = await store.list({ consistency: { kind: 'exact', revision: revisions[2]! } });
    expect([names(early.items), early.revision]).toEqual([['a/1', 'a/9', 'b/2'], revisions[2]]);
    const old = await store.get({ namespace: 'a', name: '9' }, { kind: 'exact', revision: all.revision });
    expect(old?.revision).toBe(revisions[1]);
  });

  test('resources do not mix, whatever their names', async () => {
    await storage.resource('apps', 'deployments').create(keyOf('x'), configMap('x', 'apps'));
    await storage.resource('', 'deployments').create(keyOf('x'), configMap('x', 'core'));
    await storage.resource('', 'nodes').create({ namespace: '', name: 'n' }, configMap('n', '1'));
    expect((await storage.resource('apps', 'deployments').list()).items[0]?.object).toMatchObject({
      data: { value: 'apps' },
    });
    expect((await storage.resource('', 'deployments').list()).items).toHaveLength(1);
    expect((await storage.resource('', 'nodes').list()).items[0]?.key).toEqual({ namespace: '', name: 'n' });
    expect(storage.resource('', 'nodes')).toBe(storage.resource('', 'nodes'));
  });

  test('a watch delivers every change once, in order, from any revision', async () => {
    const start = store.currentRevision;
    const a = await store.create(keyOf('a'), configMap('a', '1'));
    const b = await store.create(keyOf('b', 'other'), configMap('b', '1'));
    const a2 = await store.update(keyOf('a'), a.revision, configMap('a', '2'));
    const gone = await store.delete(keyOf('b', 'other'), b.revision);
    const wanted = [
      `ADDED a=1@${a.revision}`,
      `ADDED b=1@${b.revision}`,
      `MODIFIED a=2@${a2.revision}`,
      `DELETED b=1@${gone.revision}`,
    ];
    expect(await take(store, start, 4)).toEqual(wanted);
    expect(await take(store, a.revision, 3)).toEqual(wanted.slice(1));
    expect(await take(store, start, 2, 'other')).toEqual([wanted[1], wanted[3]]);
    const live = take(store, gone.revision, 1);
    const c = await store.create(keyOf('c'), configMap('c', '1'));
    expect(await live).toEqual([`ADDED c=1@${c.revision}`]);
  });

  test('a deletion shows the last state under the revision of the deletion', async () => {
    const a = await store.create(keyOf('a'), configMap('a', '1'));
    const { revision } = await store.delete(keyOf('a'), a.revision);
    const watch = store.watch({ fromRevision: a.revision, signal: new AbortController().signal });
    for await (const [event] of watch) {
      expect(event).toMatchObject({ type: 'DELETED', revision, previous: a });
      expect(event?.object.object.metadata.resourceVersion).toBe(String(revision));
      expect(JSON.parse(String(event?.object.bytes))).toEqual(event?.object.object);
      break;
    }
  });

  test('a watch ends when its signal aborts, also while it waits', async () => {
    const abort = new AbortController();
    const ended = (async () => {
      for await (const batch of store.watch({ fromRevision: store.currentRevision, signal: abort.signal })) {
        throw new Error(`unexpected: ${batch.map(eventText).join()}`);
      }
      return 'ended';
    })();
    setImmediate(() => abort.abort());
    expect(await ended).toBe('ended');
  });

  test('a watch ends when the storage is closed', async () => {
    const ended = take(store, store.currentRevision, 1);
    await new Promise((resolve) => setImmediate(resolve));
    await storage.close();
    expect(await ended).toEqual([]);
  });

  test('a slow watch is dropped, others go on', async () => {
    const small = (await open({ historyLimit: 4, replayRevisions: 0 })).resource('', 'configmaps');
    const start = small.currentRevision;
    const slow = small.watch({ fromRevision: start, signal: new AbortController().signal })[Symbol.asyncIterator]();
    const first = slow.next();
    const fast = take(small, start, 7);
    for (let index = 0; index < 7; index += 1) await small.create(keyOf(`a${index}`), configMap(`a${index}`, '1'));
    expect((await first).value).toHaveLength(1);
    await expect(slow.next()).rejects.toThrow(WatchOverflowError);
    expect((await slow.next()).done).toBe(true);
    expect(await fast).toHaveLength(7);
    await expect(take(small, start, 1)).rejects.toThrow(CompactedError);
    await expect(small.list({ consistency: { kind: 'exact', revision: start } })).rejects.toThrow(CompactedError);
  });

  test('a revision in the future is refused after a while', async () => {
    const revision = store.currentRevision + 1_000;
    await expect(store.get(keyOf('a'), { kind: 'atLeast', revision })).rejects.toThrow(RevisionTooLargeError);
  });

  test('history from before a start can be watched', async () => {
    const a = await store.create(keyOf('a'), configMap('a', '1'));
    const a2 = await store.update(keyOf('a'), a.revision, configMap('a', '2'));
    const { revision } = await store.delete(keyOf('a'), a2.revision);
    const later = (await open()).resource('', 'configmaps');
    expect(await take(later, a.revision, 2)).toEqual([`MODIFIED a=2@${a2.revision}`, `DELETED a=2@${revision}`]);
  });

  test('many objects are read in pages', async () => {
    const count = 1_203;
    const names = Array.from({ length: count }, (_each, index) => `o${String(index).padStart(5, '0')}`);
    for (let from = 0; from < count; from += 200) {
      await Promise.all(names.slice(from, from + 200).map((name) => store.create(keyOf(name), configMap(name, '1'))));
    }
    const later = (await open({ replayRevisions: 0 })).resource('', 'configmaps');
    expect((await later.list()).items.map(({ key }) => key.name)).toEqual(names);
  });

  test('an object with a time to live disappears by itself', async () => {
    const start = store.currentRevision;
    await Promise.all(['a', 'b'].map((name) => store.create(keyOf(name), configMap(name, '1'), { ttlSeconds: 1 })));
    const events = await take(store, start, 4);
    expect(
      events
        .slice(2)
        .map((text) => text.split('@')[0])
        .sort(),
    ).toEqual(['DELETED a=1', 'DELETED b=1']);
    expect((await store.list()).items).toEqual([]);
  });

  test('compaction of etcd leaves those who follow alone', async () => {
    const a = await store.create(keyOf('a'), configMap('a', '1'));
    await storage.compact(a.revision);
    await storage.compact(a.revision);
    const a2 = await store.update(keyOf('a'), a.revision, configMap('a', '2'));
    expect(await take(store, a.revision, 1)).toEqual([`MODIFIED a=2@${a2.revision}`]);
    const later = (await open()).resource('', 'configmaps');
    await expect(take(later, 1, 1)).rejects.toThrow(CompactedError);
  });

  test('is healthy, and says so', async () => {
    expect(await storage.health()).toEqual({ healthy: true, message: 'ok' });
    await eventually(async () => (await storage.health()).healthy);
  });
});
