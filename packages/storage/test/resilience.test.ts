import { silentLogger, type LogFields, type Logger } from '@kubernetes-mesos/component-base';
import {
  CompactedError,
  createStorage,
  KeyExistsError,
  StorageUnavailableError,
  type ResourceStore,
  type Storage,
  type StorageOptions,
  type WatchEvent,
} from '@kubernetes-mesos/storage';
import { eventually, freePort, TcpProxy, type EtcdFixture } from '@kubernetes-mesos/test-support';
import { etcdKinds } from './support/etcd-kinds';
import { configMap, eventText, keyOf, type ConfigMap } from './support/objects';

/** Follows a store until it is told to stop; keeps what it saw. */
class Follower {
  readonly events: WatchEvent[] = [];
  readonly #abort = new AbortController();
  readonly ended: Promise<unknown>;

  constructor(store: ResourceStore, fromRevision: number) {
    this.ended = (async () => {
      for await (const batch of store.watch({ fromRevision, signal: this.#abort.signal })) this.events.push(...batch);
      return undefined;
    })().catch((error: unknown) => error);
  }

  get texts(): string[] {
    return this.events.map(eventText);
  }

  stop(): void {
    this.#abort.abort();
  }
}

describe.each(etcdKinds)('on %s', (_, start) => {
  let etcd: EtcdFixture;
  let proxy: TcpProxy;
  const opened: Storage[] = [];
  const followers: Follower[] = [];
  let suite = 0;

  beforeAll(async () => {
    etcd = await start();
  });
  afterAll(() => etcd.stop());
  beforeEach(async () => {
    suite += 1;
    proxy = await TcpProxy.start({ port: etcd.port });
  });
  afterEach(async () => {
    followers.splice(0).forEach((follower) => follower.stop());
    await Promise.all(opened.splice(0).map((each) => each.close()));
    await proxy.close();
  });

  async function open(options: Partial<StorageOptions> = {}): Promise<Storage> {
    const storage = await createStorage({
      endpoints: [`http://${proxy.address}`],
      prefix: `/resilience-${suite}`,
      logger: silentLogger,
      compactionIntervalMs: 0,
      callTimeoutMs: 1_000,
      ...options,
    });
    opened.push(storage);
    return storage;
  }

  function follow(store: ResourceStore, fromRevision = store.currentRevision): Follower {
    const follower = new Follower(store, fromRevision);
    followers.push(follower);
    return follower;
  }

  test('a watch goes on over cuts and restarts, nothing lost or repeated', async () => {
    const storage = await open();
    await storage.ready();
    const store = storage.resource('', 'configmaps');
    const other = await open({ endpoints: [etcd.endpoint] });
    await other.ready();
    const direct = other.resource('', 'configmaps');
    const follower = follow(store);
    const wanted: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      if (round % 2 === 0) proxy.cut();
      else proxy.refuse();
      for (let index = 0; index < 3; index += 1) {
        const name = `r${round}-${index}`;
        const { revision } = await direct.create(keyOf(name), configMap(name, '1'));
        wanted.push(`ADDED ${name}=1@${revision}`);
      }
      proxy.accept();
      await eventually(() => follower.events.length >= wanted.length);
    }
    await etcd.kill();
    await etcd.restart();
    await eventually(async () => (await other.health()).healthy, { deadlineMs: 20_000 });
    const { revision } = await direct.create(keyOf('after'), configMap('after', '1'));
    wanted.push(`ADDED after=1@${revision}`);
    await eventually(() => follower.events.length >= wanted.length, { deadlineMs: 20_000 });
    expect(follower.texts).toEqual(wanted);
    expect((await store.list()).items).toHaveLength(wanted.length);
  }, 60_000);

  test('a write whose answer is lost is neither lost, nor doubled, nor blamed on somebody else', async () => {
    const storage = await open({ requestTimeoutMs: 20_000 });
    await storage.ready();
    const store = storage.resource('', 'configmaps');
    const follower = follow(store);

    async function withLostAnswer<T>(write: () => Promise<T>): Promise<T> {
      proxy.pause('toClient');
      const writing = write();
      writing.catch(() => undefined);
      // Another client sees that it has happened; only then is the connection cut.
      const before = follower.events.length;
      const observer = await open({ endpoints: [etcd.endpoint] });
      await observer.ready();
      await eventually(() => observer.resource('', 'configmaps').currentRevision > store.currentRevision);
      expect(follower.events.length).toBe(before);
      proxy.cut();
      proxy.resume();
      return writing;
    }

    const created = await withLostAnswer(() => store.create(keyOf('a'), configMap('a', '1')));
    expect(created.object).toMatchObject({ data: { value: '1' } });
    const updated = await withLostAnswer(() => store.update(keyOf('a'), created.revision, configMap('a', '2')));
    const deleted = await withLostAnswer(() => store.delete(keyOf('a'), updated.revision));
    expect(deleted.object).toEqual(updated);
    await eventually(() => follower.events.length >= 3);
    expect(follower.texts).toEqual([
      `ADDED a=1@${created.revision}`,
      `MODIFIED a=2@${updated.revision}`,
      `DELETED a=2@${deleted.revision}`,
    ]);
  }, 60_000);

  test('a lost answer does not hide that somebody else was first', async () => {
    const storage = await open({ requestTimeoutMs: 20_000 });
    await storage.ready();
    const store = storage.resource('', 'configmaps');
    const other = await open({ endpoints: [etcd.endpoint] });
    await other.ready();
    const direct = other.resource('', 'configmaps');
    proxy.pause('toServer');
    const writing = store.create(keyOf('a'), configMap('a', 'mine')).catch((error: unknown) => error);
    await direct.create(keyOf('a'), configMap('a', 'theirs'));
    proxy.cut();
    proxy.resume();
    expect(await writing).toBeInstanceOf(KeyExistsError);
    expect((await store.get(keyOf('a')))?.object).toMatchObject({ data: { value: 'theirs' } });
  });

  test('writers on bad connections: every success is there once, every refusal is not', async () => {
    const storage = await open({ requestTimeoutMs: 20_000 });
    await storage.ready();
    const store = storage.resource('', 'configmaps');
    const follower = follow(store);
    let cutting = true;
    const cutter = (async () => {
      while (cutting) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        proxy.cut();
      }
    })();
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_each, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 8));
        return store.create(keyOf(`w${index}`), configMap(`w${index}`, '1')).then(
          ({ key }) => ({ name: key.name, outcome: 'created' as const }),
          (error: unknown) => ({ name: `w${index}`, outcome: error }),
        );
      }),
    );
    cutting = false;
    await cutter;
    const listed = (await store.list()).items.map(({ key }) => key.name);
    expect(outcomes.filter(({ outcome }) => outcome === 'created').length).toBeGreaterThan(30);
    for (const { name, outcome } of outcomes) {
      if (outcome === 'created') expect(listed).toContain(name);
      else expect(outcome).toBeInstanceOf(StorageUnavailableError);
    }
    await eventually(() => follower.events.length >= listed.length);
    expect(follower.events.map(({ type, object }) => `${type} ${object.key.name}`).sort()).toEqual(
      listed.map((name) => `ADDED ${name}`).sort(),
    );
  }, 60_000);

  test('a connection that has gone silent is given up for another', async () => {
    const storage = await open({ keepalive: { timeMs: 500, timeoutMs: 500 }, requestTimeoutMs: 20_000 });
    await storage.ready();
    const store = storage.resource('', 'configmaps');
    const follower = follow(store);
    const other = await open({ endpoints: [etcd.endpoint] });
    await other.ready();
    const { accepted } = proxy;
    proxy.pause('toClient');
    const { revision } = await other.resource('', 'configmaps').create(keyOf('a'), configMap('a', '1'));
    const reading = store.get(keyOf('a'));
    await eventually(() => proxy.accepted > accepted);
    proxy.resume();
    expect((await reading)?.revision).toBe(revision);
    await eventually(() => follower.events.length > 0);
    expect(follower.texts).toEqual([`ADDED a=1@${revision}`]);
  }, 60_000);

  test('a server that starts after a compaction goes on with watches from where the compaction ended', async () => {
    const first = await open({ endpoints: [etcd.endpoint] });
    await first.ready();
    const writer = first.resource('', 'configmaps');
    const a = await writer.create(keyOf('a'), configMap('a', '1'));
    await writer.create(keyOf('b'), configMap('b', '1'));
    const listed = (await writer.list()).revision;
    const c = await writer.create(keyOf('c'), configMap('c', '1'));
    const d = await writer.create(keyOf('d'), configMap('d', '1'));
    await first.compact(listed);
    const second = await open({ endpoints: [etcd.endpoint] });
    await second.ready();
    const store = second.resource('', 'configmaps');
    const follower = follow(store, listed);
    await eventually(() => follower.events.length === 2);
    expect(follower.texts).toEqual([`ADDED c=1@${c.revision}`, `ADDED d=1@${d.revision}`]);
    expect(await follow(store, a.revision).ended).toBeInstanceOf(CompactedError);
  }, 60_000);

  test('what was compacted during an absence ends watches with CompactedError, and reads go on', async () => {
    const storage = await open({ replayRevisions: 0 });
    await storage.ready();
    const store = storage.resource('', 'configmaps');
    const a = await store.create(keyOf('a'), configMap('a', '1'));
    const b = await store.create(keyOf('b'), configMap('b', '1'));
    const follower = follow(store);
    const other = await open({ endpoints: [etcd.endpoint] });
    await other.ready();
    const direct = other.resource('', 'configmaps');
    proxy.refuse();
    await direct.update(keyOf('a'), a.revision, configMap('a', '2'));
    const { revision } = await direct.delete(keyOf('b'), b.revision);
    const c = await direct.create(keyOf('c'), configMap('c', '1'));
    await other.compact(c.revision);
    proxy.accept();
    expect(await follower.ended).toBeInstanceOf(CompactedError);
    expect(follower.texts).toEqual([]);
    const listed = await store.list();
    expect(listed.items.map(({ object }) => (object as ConfigMap).data?.['value'])).toEqual(['2', '1']);
    expect(listed.revision).toBeGreaterThan(revision);
    const next = follow(store, listed.revision);
    const d = await store.create(keyOf('d'), configMap('d', '1'));
    await eventually(() => next.events.length > 0);
    expect(next.texts).toEqual([`ADDED d=1@${d.revision}`]);
  }, 60_000);

  test('an etcd that is not there yet is waited for, and named in one line', async () => {
    const port = await freePort();
    const lines: [string, LogFields | undefined][] = [];
    const logger: Logger = {
      ...silentLogger,
      warn: (message, fields) => void lines.push([message, fields]),
      child: () => logger,
    };
    const storage = await open({ endpoints: [`http://127.0.0.1:${port}`], requestTimeoutMs: 300, logger });
    const store = storage.resource('', 'configmaps');
    await expect(store.get(keyOf('a'))).rejects.toThrow(StorageUnavailableError);
    await expect(store.list({ consistency: { kind: 'any' } })).rejects.toThrow(StorageUnavailableError);
    await expect(store.create(keyOf('a'), configMap('a', '1'))).rejects.toThrow(StorageUnavailableError);
    expect(await storage.health()).toMatchObject({ healthy: false });
    await eventually(() => lines.length > 0);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.[1]?.['etcd']).toBe(`http://127.0.0.1:${port}`);
  });

  test('becomes ready when etcd comes', async () => {
    proxy.refuse();
    const storage = await open();
    const ready = storage.ready();
    await eventually(() => proxy.accepted > 2);
    proxy.accept();
    await ready;
    expect((await storage.resource('', 'configmaps').list()).items).toEqual([]);
  });

  test('serves from the cache what may be old while etcd is away, and says when it must be new', async () => {
    const storage = await open({ requestTimeoutMs: 300 });
    await storage.ready();
    const store = storage.resource('', 'configmaps');
    const a = await store.create(keyOf('a'), configMap('a', '1'));
    proxy.refuse();
    expect(await store.get(keyOf('a'), { kind: 'any' })).toBe(a);
    expect((await store.list({ consistency: { kind: 'atLeast', revision: a.revision } })).items).toEqual([a]);
    await expect(store.get(keyOf('a'))).rejects.toThrow(StorageUnavailableError);
    await eventually(async () => !(await storage.health()).healthy);
  });
});
