import type { OwnerReference, ReplicationController } from '@kubernetes-mesos/api-types';
import { CONFIG_MAPS, NODES, PODS, REPLICATION_CONTROLLERS, type ResourceRef } from '@kubernetes-mesos/client';
import { decideDependent, decideOwner, type OwnerState } from '../src/garbage/decide-owners';
import { excessTerminatedPods } from '../src/garbage/decide-pods';
import { OwnerCollector } from '../src/garbage/owner-collector';
import { PodCollector } from '../src/garbage/pod-collector';
import { controller, Harness, names, pod } from './support';

const owner = (uid: string, name = 'web'): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});

describe('decisions about owners', () => {
  const dependent = pod('p', { metadata: { ownerReferences: [owner('a'), owner('b')] } });
  const states = (...all: OwnerState[]) => all.map((state, index) => ({ reference: owner('ab'[index]!), state }));

  test.each([
    [states('present', 'present'), { kind: 'keep' }],
    [states('absent', 'absent'), { kind: 'delete', propagation: 'Background' }],
    [states('absent', 'present'), { kind: 'drop-references', uids: ['a'] }],
    [states('waiting-for-dependents', 'present'), { kind: 'drop-references', uids: ['a'] }],
    [states('waiting-for-dependents', 'absent'), { kind: 'delete', propagation: 'Foreground' }],
  ])('%#', (owners, expected) => {
    expect(decideDependent(dependent, owners)).toEqual(expected);
  });

  test('an ending owner waits for what its finalizer says', () => {
    const ending = (finalizers: string[]) => ({
      metadata: { name: 'web', uid: 'a', deletionTimestamp: '2024-01-01T00:00:00Z', finalizers },
    });
    const free = pod('q', { metadata: { ownerReferences: [{ ...owner('a'), blockOwnerDeletion: false }] } });
    expect(decideOwner(ending(['orphan']), [dependent])).toEqual({ kind: 'orphan' });
    expect(decideOwner(ending(['orphan']), [])).toEqual({ kind: 'remove-finalizer', finalizer: 'orphan' });
    expect(decideOwner(ending(['foregroundDeletion']), [dependent, free]).kind).toBe('delete-dependents');
    expect(decideOwner(ending(['foregroundDeletion']), [free]).kind).toBe('remove-finalizer');
    expect(decideOwner(ending(['mine']), [dependent])).toEqual({ kind: 'keep' });
    expect(decideOwner({ metadata: { uid: 'a', finalizers: ['orphan'] } }, [])).toEqual({ kind: 'keep' });
  });
});

test('of the finished pods the oldest go', () => {
  const finished = (name: string, creationTimestamp: string) =>
    pod(name, { metadata: { name, creationTimestamp }, status: { phase: 'Succeeded' } });
  const pods = [finished('new', '2024-01-02T00:00:00Z'), pod('running'), finished('old', '2024-01-01T00:00:00Z')];
  expect(excessTerminatedPods(pods, 1).map((one) => one.metadata.name)).toEqual(['old']);
  expect(excessTerminatedPods(pods, 0)).toEqual([]);
});

describe('the loops', () => {
  let harness: Harness;
  const resources: readonly ResourceRef[] = [PODS, REPLICATION_CONTROLLERS, CONFIG_MAPS];
  const owners = () =>
    new OwnerCollector({ client: harness.api, informers: harness.informers, logger: harness.logger, resources });
  const pods = (threshold = 0) =>
    new PodCollector({
      client: harness.api,
      informers: harness.informers,
      clock: harness.clock,
      logger: harness.logger,
      threshold,
    });

  beforeEach(() => {
    harness = new Harness();
  });
  afterEach(async () => {
    await harness.stop();
    expect(harness.errors).toEqual([]);
  });

  async function rcWithPods(...podNames: string[]): Promise<ReplicationController> {
    const rc = await harness.api.create(REPLICATION_CONTROLLERS, controller('web', 2, { app: 'web' }));
    for (const name of podNames) {
      await harness.api.create(
        PODS,
        pod(name, { metadata: { name, namespace: 'default', ownerReferences: [owner(rc.metadata.uid!)] } }),
      );
    }
    return rc;
  }

  test('in the background: dependents go after their owner, also when nobody was there to see it', async () => {
    await rcWithPods('a', 'b');
    await harness.api.create(PODS, pod('free'));
    await harness.start(owners());
    expect(names(harness.api.all(PODS))).toEqual(['a', 'b', 'free']);
    await harness.api.delete(REPLICATION_CONTROLLERS, { name: 'web' }, { propagationPolicy: 'Background' });
    await harness.settle();
    expect(names(harness.api.all(PODS))).toEqual(['free']);
    await harness.api.create(
      PODS,
      pod('late', { metadata: { name: 'late', namespace: 'default', ownerReferences: [owner('gone')] } }),
    );
    await harness.restart();
    await harness.start(owners());
    expect(names(harness.api.all(PODS))).toEqual(['free']);
  });

  test('a new owner of the same name is another one', async () => {
    await rcWithPods('a');
    await harness.api.delete(REPLICATION_CONTROLLERS, { name: 'web' });
    await harness.api.create(REPLICATION_CONTROLLERS, controller('web', 2, { app: 'web' }));
    await harness.start(owners());
    expect(harness.api.all(PODS)).toEqual([]);
  });

  test('orphaned: dependents stay and forget their owner', async () => {
    await rcWithPods('a', 'b');
    await harness.start(owners());
    await harness.api.delete(REPLICATION_CONTROLLERS, { name: 'web' }, { propagationPolicy: 'Orphan' });
    await harness.advance(1000);
    expect(harness.api.all(REPLICATION_CONTROLLERS)).toEqual([]);
    expect(harness.api.all(PODS).map((one) => one.metadata.ownerReferences)).toEqual([[], []]);
  });

  test('in the foreground: the owner goes last', async () => {
    await rcWithPods('a');
    const running = pod('slow', { spec: { containers: [], nodeName: 'n1' } });
    const [rc] = harness.api.all(REPLICATION_CONTROLLERS);
    await harness.api.create(PODS, {
      ...running,
      metadata: { name: 'slow', namespace: 'default', ownerReferences: [owner(rc!.metadata.uid!)] },
    });
    await harness.start(owners());
    await harness.api.delete(REPLICATION_CONTROLLERS, { name: 'web' }, { propagationPolicy: 'Foreground' });
    await harness.advance(1000);
    expect(
      harness.api.all(PODS).map((one) => [one.metadata.name, one.metadata.deletionTimestamp !== undefined]),
    ).toEqual([['slow', true]]);
    expect(harness.api.all(REPLICATION_CONTROLLERS)).toHaveLength(1);
    await harness.api.delete(PODS, { name: 'slow' }, { gracePeriodSeconds: 0 });
    await harness.advance(1000);
    expect(harness.api.all(REPLICATION_CONTROLLERS)).toEqual([]);
  });

  test('an owner of a kind that is not known keeps its dependents', async () => {
    const reference = { ...owner('x'), kind: 'Deployment', apiVersion: 'apps/v1' };
    await harness.api.create(
      PODS,
      pod('a', { metadata: { name: 'a', namespace: 'default', ownerReferences: [reference] } }),
    );
    await harness.start(owners());
    expect(harness.api.all(PODS)).toHaveLength(1);
  });

  test('pods of nodes that are gone, and pods deleted before they had one', async () => {
    await harness.api.create(NODES, { metadata: { name: 'n1' } });
    const on = (name: string, nodeName: string) => pod(name, { spec: { containers: [], nodeName } });
    await harness.api.create(PODS, on('kept', 'n1'));
    await harness.api.create(PODS, on('lost', 'n2'));
    const ending = pod('ending', {
      metadata: { name: 'ending', namespace: 'default', deletionTimestamp: '2024-01-01T00:00:00Z' },
    });
    await harness.api.create(PODS, ending);
    await harness.start(pods());
    expect(names(harness.api.all(PODS))).toEqual(['kept', 'lost']);
    await harness.advance(20_000);
    expect(names(harness.api.all(PODS))).toEqual(['kept', 'lost']);
    await harness.advance(20_000);
    expect(names(harness.api.all(PODS))).toEqual(['kept']);
  });

  test('finished pods above the threshold', async () => {
    for (const name of ['a', 'b', 'c']) {
      await harness.api.create(PODS, pod(name, { status: { phase: 'Failed' } }));
      await harness.clock.advance(1000);
    }
    await harness.start(pods(1));
    expect(names(harness.api.all(PODS))).toEqual(['c']);
  });
});
