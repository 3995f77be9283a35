import { silentLogger } from '@kubernetes-mesos/component-base';
import {
  createStorage,
  KeyExistsError,
  RevisionConflictError,
  type ResourceStore,
  type Storage,
} from '@kubernetes-mesos/storage';
import type { EtcdFixture } from '@kubernetes-mesos/test-support';
import { etcdRevisionOf } from '../src/codec/revision';
import { readSlot, writeSlot, WriteIds, NO_SLOT } from '../src/codec/write-id';
import { etcdKinds } from './support/etcd-kinds';
import { configMap, eventText, keyOf } from './support/objects';

describe.each(etcdKinds)('writes at the same time on %s', (_, start) => {
  let etcd: EtcdFixture;
  const opened: Storage[] = [];
  beforeAll(async () => {
    etcd = await start();
  });
  afterAll(() => etcd.stop());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
  });

  async function open(prefix: string): Promise<ResourceStore> {
    const options = { endpoints: [etcd.endpoint], prefix, logger: silentLogger, compactionIntervalMs: 0 };
    const storage = await createStorage(options);
    opened.push(storage);
    await storage.ready();
    return storage.resource('', 'configmaps');
  }

  /** What a client sees that was cut off after the event at `fromRevision`, up to and with the one at `last`. */
  async function resume(store: ResourceStore, fromRevision: number, last: number): Promise<string[]> {
    await store.get(keyOf('none'), { kind: 'atLeast', revision: last });
    const texts: string[] = [];
    if (fromRevision >= last) return texts;
    const abort = new AbortController();
    for await (const batch of store.watch({ fromRevision, signal: abort.signal })) {
      texts.push(...batch.map(eventText));
      if ((batch.at(-1)?.revision ?? 0) >= last) break;
    }
    return texts;
  }

  /** 40 objects are created, and then changed, deleted and refused in mixed groups. @returns revisions answered */
  async function writeMuch(store: ResourceStore): Promise<number[]> {
    const answered: number[] = [];
    const names = Array.from({ length: 40 }, (_each, index) => `n${String(index).padStart(2, '0')}`);
    const created = await Promise.all(names.map((name) => store.create(keyOf(name), configMap(name, '1'))));
    answered.push(...created.map(({ revision }) => revision));
    const settled = await Promise.allSettled(
      created.flatMap(({ key, revision }, index): Promise<{ readonly revision: number }>[] => {
        const second = configMap(key.name, '2');
        switch (index % 4) {
          case 0:
            return [store.delete(key, revision), store.create(keyOf(`x${key.name}`), configMap(`x${key.name}`, '1'))];
          case 1:
            return [store.update(key, revision, second), store.update(key, revision, configMap(key.name, '3'))];
          case 2:
            return [store.create(key, second), store.delete(key, revision)];
          default:
            return [store.update(key, revision, second)];
        }
      }),
    );
    for (const each of settled) {
      if (each.status === 'fulfilled') answered.push(each.value.revision);
      else if (!(each.reason instanceof KeyExistsError || each.reason instanceof RevisionConflictError))
        throw each.reason;
    }
    return answered.sort((a, b) => a - b);
  }

  test('a client that was cut off after any event goes on with the next one, here, elsewhere and after a restart', async () => {
    const prefix = '/cut';
    const store = await open(prefix);
    const elsewhere = await open(prefix);
    const begin = store.currentRevision;
    const answered = await writeMuch(store);
    const last = answered.at(-1) ?? 0;
    expect(new Set(answered).size).toBe(answered.length);
    expect(new Set(answered.map(etcdRevisionOf)).size).toBeLessThan(answered.length / 2);
    const history = await resume(store, begin, last);
    expect(history.map((text) => Number(text.split('@')[1]))).toEqual(answered);
    const restarted = await open(prefix);
    for (const each of [store, elsewhere, restarted]) {
      for (const [index, revision] of answered.entries()) {
        expect(await resume(each, revision, last)).toEqual(history.slice(index + 1));
      }
    }
  }, 60_000);

  test('every state has the same revision after a restart, and can be written on from it', async () => {
    const prefix = '/states';
    const store = await open(prefix);
    await writeMuch(store);
    const before = await store.list();
    // A server that has not seen the writes happen knows the states from etcd's range alone.
    const storage = await createStorage({
      endpoints: [etcd.endpoint],
      prefix,
      logger: silentLogger,
      compactionIntervalMs: 0,
      replayRevisions: 0,
    });
    opened.push(storage);
    await storage.ready();
    const restarted = storage.resource('', 'configmaps');
    const after = await restarted.list();
    expect(after.items.map(({ revision, bytes }) => [revision, bytes.toString()])).toEqual(
      before.items.map(({ revision, bytes }) => [revision, bytes.toString()]),
    );
    const [first] = after.items;
    if (first === undefined) throw new Error('nothing was listed');
    const wrongSlot = store.update(first.key, first.revision + 1, configMap(first.key.name, '8'));
    await expect(wrongSlot).rejects.toThrow(RevisionConflictError);
    const next = await restarted.update(first.key, first.revision, configMap(first.key.name, '9'));
    expect(next.revision).toBeGreaterThan(after.revision);
  }, 60_000);

  test('one large write among many fails alone', async () => {
    const store = await open('/large');
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_each, index) =>
        store.create(keyOf(`n${index}`), configMap(`n${index}`, index === 4 ? 'x'.repeat(2 * 1024 * 1024) : '1')),
      ),
    );
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(results.map((_each, index) => index !== 4));
    expect((await store.list()).items).toHaveLength(9);
  });
});

test('a slot is in the white space behind the id and reads back', () => {
  const value = Buffer.from(`{}${new WriteIds().next()}${NO_SLOT}`);
  for (const slot of [0, 1, 63, 64, 255]) {
    writeSlot(value, slot);
    expect(readSlot(value)).toBe(slot);
    expect(JSON.parse(value.toString())).toEqual({});
  }
  expect(readSlot(Buffer.from('{"a":"b"}'))).toBeUndefined();
  expect(readSlot(Buffer.from(`{}${' '.repeat(8)}`))).toBeUndefined();
});
