import fc from 'fast-check';
import { silentLogger } from '@kubernetes-mesos/component-base';
import {
  createStorage,
  KeyExistsError,
  KeyNotFoundError,
  RevisionConflictError,
  type ResourceStore,
  type Storage,
  type WatchEvent,
} from '@kubernetes-mesos/storage';
import type { EtcdFixture } from '@kubernetes-mesos/test-support';
import { etcdKinds } from './support/etcd-kinds';
import { configMap, keyOf, type ConfigMap } from './support/objects';

/** What one client does to one of a few objects; it knows the revision that it has read, which may be stale. */
interface Step {
  readonly client: number;
  readonly op: 'create' | 'update' | 'delete' | 'read' | 'compact';
  readonly name: string;
  readonly namespace: string;
}

const step: fc.Arbitrary<Step> = fc.record({
  client: fc.nat({ max: 2 }),
  op: fc.constantFrom('create', 'create', 'update', 'update', 'update', 'delete', 'read'),
  name: fc.constantFrom('a', 'b', 'c'),
  namespace: fc.constantFrom('x', 'y'),
});

interface Written {
  readonly revision: number;
  /** `type namespace/name=value` */
  readonly text: string;
}

const CLIENTS = 3;

describe.each(etcdKinds)('on %s', (_, start) => {
  let etcd: EtcdFixture;
  let run = 0;
  beforeAll(async () => {
    etcd = await start();
  });
  afterAll(() => etcd.stop());

  test('concurrent clients see one history: the one that their writes say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }), async (steps) => {
        run += 1;
        const storages: Storage[] = [];
        try {
          for (let index = 0; index < CLIENTS; index += 1) {
            storages.push(
              await createStorage({
                endpoints: [etcd.endpoint],
                prefix: `/model-${run}`,
                logger: silentLogger,
                compactionIntervalMs: 0,
              }),
            );
          }
          await Promise.all(storages.map((each) => each.ready()));
          const stores = storages.map((each) => each.resource('', 'configmaps'));
          const first = Math.max(...stores.map((each) => each.currentRevision));
          const history = await perform(stores, steps);
          await expectHistory(stores, first, history);
        } finally {
          await Promise.all(storages.map((each) => each.close()));
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
  }, 120_000);
});

/** Each client does its steps one after the other, all clients at once. @returns what succeeded, by revision */
async function perform(stores: readonly ResourceStore[], steps: readonly Step[]): Promise<Written[]> {
  const written: Written[] = [];
  await Promise.all(
    stores.map(async (store, client) => {
      const known = new Map<string, number>();
      let value = 0;
      for (const { op, name, namespace } of steps.filter((each) => each.client === client)) {
        const key = keyOf(name, namespace);
        const id = `${namespace}/${name}`;
        value += 1;
        const content = `${client}.${value}`;
        const expected = known.get(id) ?? 1;
        try {
          switch (op) {
            case 'create': {
              const { revision } = await store.create(key, configMap(name, content));
              known.set(id, revision);
              written.push({ revision, text: `ADDED ${id}=${content}` });
              break;
            }
            case 'update': {
              const { revision } = await store.update(key, expected, configMap(name, content));
              known.set(id, revision);
              written.push({ revision, text: `MODIFIED ${id}=${content}` });
              break;
            }
            case 'delete': {
              const { revision, object } = await store.delete(key, expected);
              written.push({ revision, text: `DELETED ${id}=${valueOf(object.object)}` });
              break;
            }
            default: {
              const current = await store.get(key);
              if (current !== undefined) known.set(id, current.revision);
            }
          }
        } catch (error) {
          if (error instanceof RevisionConflictError) {
            expect(error.current.revision).toBeGreaterThan(expected);
            known.set(id, error.current.revision);
          } else if (!(error instanceof KeyExistsError || error instanceof KeyNotFoundError)) throw error;
        }
      }
    }),
  );
  return written.sort((a, b) => a.revision - b.revision);
}

async function expectHistory(
  stores: readonly ResourceStore[],
  first: number,
  history: readonly Written[],
): Promise<void> {
  const starts = [first, ...history.map(({ revision }) => revision)];
  const last = history[history.length - 1]?.revision ?? first;
  const state = new Map<string, string>();
  const states = new Map<number, Map<string, string>>([[first, new Map()]]);
  for (const { revision, text } of history) {
    const [type = '', rest = ''] = text.split(' ');
    const [id = '', value = ''] = rest.split('=');
    if (type === 'DELETED') state.delete(id);
    else state.set(id, value);
    states.set(revision, new Map(state));
  }
  for (const store of stores) {
    await store.get(keyOf('none'), { kind: 'atLeast', revision: last });
    for (const [index, from] of starts.entries()) {
      const seen = await takeUntil(store, from, last);
      expect(seen).toEqual(history.slice(index));
      const listed = await store.list({ consistency: { kind: 'exact', revision: from } });
      const wanted = [...(states.get(from) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(listed.items.map(({ key, object }) => [`${key.namespace}/${key.name}`, valueOf(object)])).toEqual(wanted);
    }
    const narrow = await takeUntil(store, first, last, 'x');
    expect(narrow).toEqual(history.filter(({ text }) => text.includes(' x/')));
  }
}

async function takeUntil(store: ResourceStore, from: number, last: number, namespace?: string): Promise<Written[]> {
  const events: WatchEvent[] = [];
  const abort = new AbortController();
  // Everything up to `last` is in the cache already, so that one batch has it all.
  if (from < last) {
    const options = { fromRevision: from, signal: abort.signal, ...(namespace === undefined ? {} : { namespace }) };
    const timer = setTimeout(() => abort.abort(), namespace === undefined ? 5_000 : 100);
    for await (const batch of store.watch(options)) {
      events.push(...batch);
      if ((batch[batch.length - 1]?.revision ?? 0) >= last) break;
    }
    clearTimeout(timer);
  }
  return events.map(({ type, revision, object: { key, object } }) => ({
    revision,
    text: `${type} ${key.namespace}/${key.name}=${valueOf(object)}`,
  }));
}

function valueOf(object: object): string {
  return (object as ConfigMap).data?.['value'] ?? '';
}
