import type { Namespace } from '@kubernetes-mesos/api-types';
import { CONFIG_MAPS, NAMESPACES, PODS } from '@kubernetes-mesos/client';
import { decideNamespace } from '../src/namespaces/decide';
import { NamespaceController } from '../src/namespaces/reconcile';
import { failure } from './support/memory-api';
import { Harness, pod } from './support';

const ended = '2024-01-01T00:00:00Z';
const namespace = (finalizers: string[], deletionTimestamp?: string): Namespace => ({
  metadata: { name: 'work', ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
  spec: { finalizers },
});

test.each([
  [namespace(['kubernetes']), 'leave'],
  [namespace(['kubernetes'], ended), 'empty'],
  [namespace(['kubernetes', 'mine'], ended), 'empty'],
  [namespace(['mine'], ended), 'leave'],
  [namespace([], ended), 'remove'],
])('%j: %s', (subject, kind) => {
  expect(decideNamespace(subject).kind).toBe(kind);
});

describe('the loop', () => {
  let harness: Harness;
  const controller = () =>
    new NamespaceController({
      client: harness.api,
      informers: harness.informers,
      clock: harness.clock,
      logger: harness.logger,
      resyncMs: 300_000,
    });

  beforeEach(async () => {
    harness = new Harness();
    await harness.api.create(NAMESPACES, namespace(['kubernetes']));
    await harness.api.create(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'work' } });
    await harness.api.create(CONFIG_MAPS, { metadata: { name: 'b', namespace: 'other' } });
  });
  afterEach(async () => {
    await harness.stop();
    expect(harness.errors).toEqual([]);
  });

  test('content goes first, the namespace when the last pod has ended', async () => {
    const running = pod('web', { spec: { containers: [], nodeName: 'n1' } });
    await harness.api.create(PODS, { ...running, metadata: { name: 'web', namespace: 'work' } });
    await harness.start(controller());
    expect(harness.api.calls.filter((call) => call.verb === 'delete')).toEqual([]);
    await harness.api.delete(NAMESPACES, { name: 'work' });
    await harness.settle();
    expect(harness.api.all(CONFIG_MAPS).map((one) => one.metadata.namespace)).toEqual(['other']);
    expect(harness.api.all(PODS)).toHaveLength(1);
    expect(harness.api.all(NAMESPACES)).toHaveLength(1);
    await harness.api.delete(PODS, { namespace: 'work', name: 'web' }, { gracePeriodSeconds: 0 });
    await harness.advance(5000);
    expect(harness.api.all(NAMESPACES)).toEqual([]);
  });

  test('what holds it is said in its conditions, and not written again while nothing changes', async () => {
    await harness.api.create(CONFIG_MAPS, { metadata: { name: 'held', namespace: 'work', finalizers: ['mine/too'] } });
    await harness.start(controller());
    await harness.api.delete(NAMESPACES, { name: 'work' });
    await harness.settle();
    const saying = () =>
      (harness.api.all(NAMESPACES)[0]?.status?.conditions ?? [])
        .filter(({ status }) => status === 'True')
        .map(({ reason, message }) => `${reason}: ${message}`);
    expect(saying()).toEqual([
      'SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
      'SomeFinalizersRemain: Some content in the namespace has finalizers remaining: mine/too in 1 resource instances',
    ]);
    await harness.advance(10_000);
    expect(harness.count('updateStatus', NAMESPACES)).toBe(1);
    await harness.api.patch(
      CONFIG_MAPS,
      { namespace: 'work', name: 'held' },
      { kind: 'merge', body: { metadata: { finalizers: null } } },
    );
    await harness.advance(2000);
    expect(harness.api.all(NAMESPACES)).toEqual([]);
  });

  test('what cannot be deleted is said, and does not keep the rest', async () => {
    await harness.api.create(PODS, { ...pod('free'), metadata: { name: 'free', namespace: 'work' } });
    let refusing = true;
    harness.api.interceptor = ({ verb, resource }) =>
      refusing && verb === 'delete' && resource === 'pods' ? failure(403, 'Forbidden', 'not you') : undefined;
    await harness.start(controller());
    await harness.api.delete(NAMESPACES, { name: 'work' });
    await harness.settle();
    const [namespaced] = harness.api.all(NAMESPACES);
    expect(namespaced?.status?.conditions?.find(({ status }) => status === 'True')).toMatchObject({
      type: 'NamespaceDeletionContentFailure',
      reason: 'ContentDeletionFailed',
      message: 'Failed to delete all resource types, 1 remaining: pods.: not you',
    });
    expect(harness.api.all(CONFIG_MAPS).map((one) => one.metadata.namespace)).toEqual(['other']);
    refusing = false;
    await harness.advance(10_000);
    expect(harness.api.all(NAMESPACES)).toEqual([]);
  });

  test('the end of the last pod ends the namespace at once', async () => {
    const running = pod('web', { spec: { containers: [], nodeName: 'n1' } });
    await harness.api.create(PODS, { ...running, metadata: { name: 'web', namespace: 'work' } });
    await harness.start(controller());
    await harness.api.delete(NAMESPACES, { name: 'work' });
    await harness.settle();
    await harness.api.delete(PODS, { namespace: 'work', name: 'web' }, { gracePeriodSeconds: 0 });
    await harness.settle();
    expect(harness.api.all(NAMESPACES)).toEqual([]);
  });

  test("another's finalizer keeps it", async () => {
    const [current] = harness.api.all(NAMESPACES);
    await harness.api.update(NAMESPACES, { ...current!, spec: { finalizers: ['kubernetes', 'mine'] } });
    await harness.start(controller());
    await harness.api.delete(NAMESPACES, { name: 'work' });
    await harness.settle();
    expect(harness.api.all(NAMESPACES).map((one) => one.spec?.finalizers)).toEqual([['mine']]);
  });

  test('a discovery that fails stops everything: a part is not taken for the whole', async () => {
    const raw = harness.api.raw.bind(harness.api);
    let away = true;
    harness.api.raw = async (path) => (away ? { status: 503, body: '' } : raw(path));
    await harness.start(controller());
    await harness.api.delete(NAMESPACES, { name: 'work' });
    await harness.settle();
    expect(harness.api.all(NAMESPACES)).toHaveLength(1);
    expect(harness.api.all(CONFIG_MAPS)).toHaveLength(2);
    harness.errors.length = 0;
    away = false;
    await harness.advance(2000);
    expect(harness.api.all(NAMESPACES)).toEqual([]);
  });
});
