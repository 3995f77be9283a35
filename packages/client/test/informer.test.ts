import { objectKey, StatusError, type ConfigMap } from '@kubernetes-mesos/api-types';
import { silentLogger, type Logger } from '@kubernetes-mesos/component-base';
import { eventually, FakeClock } from '@kubernetes-mesos/test-support';
import fc from 'fast-check';
import { CONFIG_MAPS, createInformer, type Informer } from '../src';
import { VersionedStore } from './support/versioned-store';

const open: Informer<ConfigMap>[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((informer) => informer.close()));
});

function follow(store: VersionedStore, clock = new FakeClock()) {
  const informer = createInformer(store, CONFIG_MAPS, {
    clock,
    random: () => 0.5,
    indexers: { value: (object) => [object.data?.['value'] ?? ''] },
  });
  open.push(informer);
  const log: string[] = [];
  informer.subscribe({
    added: (object) => log.push(`+${object.metadata.name}=${object.data?.['value']}`),
    updated: (object, previous) =>
      log.push(`~${object.metadata.name}=${previous.data?.['value']}>${object.data?.['value']}`),
    deleted: (object) => log.push(`-${object.metadata.name}`),
  });
  return { informer, log, clock };
}

test('lists, follows, and indexes', async () => {
  const store = new VersionedStore();
  store.put('a', '1');
  const { informer, log } = follow(store);
  await informer.start();
  expect(informer.synced).toBe(true);
  store.put('a', '2');
  store.put('b', '2');
  await eventually(() => log.length === 3);
  expect(informer.lister.byIndex('value', '2').map((object) => object.metadata.name)).toEqual(['a', 'b']);
  expect(informer.lister.list('default')).toHaveLength(2);
  expect(informer.lister.list('default')).toBe(informer.lister.list('default'));
  store.remove('a');
  await eventually(() => log.length === 4);
  expect(log).toEqual(['+a=1', '~a=1>2', '+b=2', '-a']);
  expect(informer.lister.get('default/a')).toBeUndefined();
  expect(informer.lister.byIndex('value', '2')).toHaveLength(1);
});

test('who subscribes late is told what there is', async () => {
  const store = new VersionedStore();
  store.put('a', '1');
  const { informer } = follow(store);
  await informer.start();
  const names: string[] = [];
  const stop = informer.subscribe({ added: (object) => names.push(object.metadata.name ?? '') });
  expect(names).toEqual(['a']);
  stop();
  store.put('b', '1');
  await eventually(() => informer.lister.list().length === 2);
  expect(names).toEqual(['a']);
});

test('a broken watch resumes where it was, without a list', async () => {
  const store = new VersionedStore();
  store.put('a', '1');
  const { informer, log, clock } = follow(store);
  await informer.start();
  await eventually(() => store.watches === 1);
  store.dropConnections('broken');
  store.put('a', '2');
  await eventually(async () => {
    await clock.advance(1000);
    return log.length === 2;
  });
  expect(store.lists).toBe(1);
});

test('after 410 it lists again and tells the difference', async () => {
  const store = new VersionedStore();
  for (const name of ['kept', 'changed', 'gone', 'replaced']) store.put(name, '1');
  const { informer, log, clock } = follow(store);
  await informer.start();
  await eventually(() => store.watches === 1);
  log.length = 0;
  store.dropConnections('broken');
  store.put('changed', '2');
  store.remove('gone');
  store.remove('replaced');
  store.put('replaced', '2');
  store.put('new', '1');
  store.compact();
  await eventually(async () => {
    await clock.advance(1000);
    return log.length >= 5;
  });
  expect(log).toEqual(['-gone', '~changed=1>2', '-replaced', '+replaced=2', '+new=1']);
});

test('it waits for a server that is away, for ever, with growing pauses', async () => {
  const store = new VersionedStore();
  store.failLists = 8;
  const { informer, clock } = follow(store);
  const started = informer.start();
  while (store.lists < 9) await clock.advance(1000);
  await started;
  // 0.2 s doubled six times and capped at 30 s, three quarters of each.
  expect(clock.monotonic()).toBeGreaterThan(35_000);
});

test('a refused version leads to a list', async () => {
  const store = new VersionedStore();
  const clock = new FakeClock();
  let refuse = true;
  const informer = createInformer(
    {
      list: () => store.list(),
      watch: (resource, options) => {
        if (!refuse) return store.watch(resource, options);
        refuse = false;
        const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 504 } as const;
        throw new StatusError({ ...status, details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } });
      },
    },
    CONFIG_MAPS,
    { clock },
  );
  open.push(informer);
  await informer.start();
  await eventually(async () => {
    await clock.advance(1000);
    return store.lists === 2;
  });
});

test('closing before the first list rejects the start', async () => {
  const store = new VersionedStore();
  store.failLists = 1000;
  const { informer } = follow(store);
  const started = informer.start();
  await informer.close();
  await expect(started).rejects.toThrow('closed before the first list');
});

test('a handler that throws harms nobody', async () => {
  const store = new VersionedStore();
  store.put('a', '1');
  const { informer, log } = follow(store);
  informer.subscribe({
    added: () => {
      throw new Error('bug');
    },
  });
  await informer.start();
  expect(log).toEqual(['+a=1']);
});

const names = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('put' as const), name: names, value: fc.constantFrom('1', '2', '3') }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), name: names }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('broken' as const, 'ended' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail-list' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2000 }) }) },
);

test('whatever happens, the copy becomes the server and handlers see a possible history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
      const store = new VersionedStore();
      const clock = new FakeClock();
      // What a handler throws is fenced off and logged.
      const violations: unknown[] = [];
      const logger: Logger = {
        ...silentLogger,
        error: (_message, fields) => violations.push(fields?.['error']),
        child: () => logger,
      };
      const informer = createInformer(store, CONFIG_MAPS, { clock, logger, random: () => 0.5 });
      const seen = new Map<string, ConfigMap>();
      informer.subscribe({
        added(object) {
          expect(seen.has(objectKey(object))).toBe(false);
          expect(informer.lister.get(objectKey(object))).toBeDefined();
          seen.set(objectKey(object), object);
        },
        updated(object, previous) {
          expect(seen.get(objectKey(object))).toBe(previous);
          expect(object.metadata.uid).toBe(previous.metadata.uid);
          expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(Number(previous.metadata.resourceVersion));
          seen.set(objectKey(object), object);
        },
        deleted(object) {
          expect(seen.get(objectKey(object))?.metadata.uid).toBe(object.metadata.uid);
          seen.delete(objectKey(object));
        },
      });
      const started = informer.start();
      started.catch(() => undefined);
      for (const one of steps) {
        switch (one.kind) {
          case 'put':
            store.put(one.name, one.value);
            break;
          case 'remove':
            store.remove(one.name);
            break;
          case 'compact':
            store.compact();
            break;
          case 'broken':
          case 'ended':
            store.dropConnections(one.kind);
            break;
          case 'fail-list':
            store.failLists += 1;
            break;
          case 'wait':
            await clock.advance(one.ms);
            break;
        }
      }
      await clock.advance(600_000);
      const expected = [...store.objects.values()].map((object) => [objectKey(object), object] as const);
      expect(new Map(informer.lister.list().map((object) => [objectKey(object), object]))).toEqual(new Map(expected));
      expect(seen).toEqual(new Map(expected));
      expect(violations).toEqual([]);
      await informer.close();
    }),
    { numRuns: 150 },
  );
});
