import type { Pod, ReplicationController } from '@kubernetes-mesos/api-types';
import { ApiServerUnavailableError, PODS, REPLICATION_CONTROLLERS } from '@kubernetes-mesos/client';
import fc from 'fast-check';
import { decideReplication, decideStatus } from '../src/replication/decide';
import { ownerReferenceTo, podFromTemplate } from '../src/replication/pod-from-template';
import { ReplicationManager } from '../src/replication/reconcile';
import { controller, failure, Harness, pod, readyStatus } from './support';

const NOW = Date.UTC(2024, 0, 1);
const rc: ReplicationController = {
  ...controller('web', 2, { app: 'web' }),
  metadata: { name: 'web', namespace: 'default', uid: 'rc-1', generation: 3 },
};
const owned = (name: string, parts: Partial<Pod> = {}): Pod =>
  pod(name, {
    ...parts,
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      labels: { app: 'web' },
      ownerReferences: [ownerReferenceTo(rc)],
      ...parts.metadata,
    },
  });

describe('decisions', () => {
  test('too few: the difference is created; the finished and the ending do not count', () => {
    const pods = [
      owned('a'),
      owned('done', { status: { phase: 'Succeeded' } }),
      owned('ending', { metadata: { deletionTimestamp: '2024-01-01T00:00:00Z' } }),
    ];
    expect(decideReplication(rc, pods, NOW)).toMatchObject({ create: 1, remove: [] });
  });

  test('too many: the unassigned go first, then the pending, the unready, the youngest', () => {
    const bound = { containers: [], nodeName: 'n' };
    const running = { phase: 'Running' };
    const pods = [
      owned('old', { spec: bound, status: readyStatus('2024-01-01T00:00:00Z') }),
      owned('new', { spec: bound, status: readyStatus('2024-01-01T01:00:00Z') }),
      owned('unready', { spec: bound, status: running }),
      owned('pending', { spec: bound, status: { phase: 'Pending' } }),
      owned('unassigned', { status: running }),
    ];
    const order = (replicas: number) =>
      decideReplication({ ...rc, spec: { ...rc.spec, replicas } }, pods, NOW).remove.map((one) => one.metadata.name);
    expect(order(0)).toEqual(['unassigned', 'pending', 'unready', 'new', 'old']);
    expect(order(4)).toEqual(['unassigned']);
  });

  test('a free pod that matches is adopted and counts, one that stopped matching is released', () => {
    const free = pod('free', { labels: { app: 'web' } });
    const left = owned('left', { metadata: { labels: { app: 'other' } } });
    const foreign = owned('foreign', { metadata: { ownerReferences: [{ ...ownerReferenceTo(rc), uid: 'rc-2' }] } });
    const plan = decideReplication(rc, [free, left, foreign], NOW);
    expect(plan.adopt).toEqual([free]);
    expect(plan.release).toEqual([left]);
    expect(plan.create).toBe(1);
  });

  test('one that is being deleted does nothing any more', () => {
    const ending = { ...rc, metadata: { ...rc.metadata, deletionTimestamp: '2024-01-01T00:00:00Z' } };
    expect(decideReplication(ending, [pod('free', { labels: { app: 'web' } })], NOW)).toMatchObject({
      adopt: [],
      create: 0,
      remove: [],
    });
  });

  test('the status counts, and is the same object when nothing changed', () => {
    const pods = [owned('a', { status: readyStatus('2024-01-01T00:00:00Z') }), owned('b')];
    const status = decideStatus(rc, pods, undefined, NOW);
    expect(status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 1,
      availableReplicas: 1,
      observedGeneration: 3,
    });
    const same = { ...rc, status };
    expect(decideStatus(same, pods, undefined, NOW)).toBe(same.status);
  });

  test('available is ready for long enough', () => {
    const patient = { ...rc, spec: { ...rc.spec, minReadySeconds: 30 } };
    const pods = [owned('a', { status: readyStatus('2023-12-31T23:59:50Z') }), owned('b')];
    expect(decideStatus(patient, pods, undefined, NOW)).not.toHaveProperty('availableReplicas');
    expect(decideReplication(patient, pods, NOW).lookAgainMs).toBe(20_000);
    expect(decideStatus(patient, pods, undefined, NOW + 20_000)).toMatchObject({ availableReplicas: 1 });
  });

  test('a pod is what the template says, named by the server', () => {
    const long = { ...rc, metadata: { ...rc.metadata, name: 'x'.repeat(80) } };
    expect(podFromTemplate(rc)).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        generateName: 'web-',
        namespace: 'default',
        labels: { app: 'web' },
        ownerReferences: [ownerReferenceTo(rc)],
      },
      spec: { containers: [{ name: 'c' }] },
    });
    expect(podFromTemplate(long).metadata.generateName).toHaveLength(58);
  });

  test('whatever is there, the plan leads to the number that is wanted', () => {
    const arbitraryPod = fc.record({
      phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed'),
      ours: fc.boolean(),
      matches: fc.boolean(),
      ending: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(arbitraryPod, { maxLength: 20 }), fc.nat(12), (shapes, replicas) => {
        const pods = shapes.map((shape, index) => {
          const built = shape.ours ? owned(`p${index}`) : pod(`p${index}`, { metadata: { uid: `p${index}` } });
          built.metadata.labels = shape.matches ? { app: 'web' } : {};
          if (shape.ending) built.metadata.deletionTimestamp = '2024-01-01T00:00:00Z';
          built.status = { phase: shape.phase };
          return built;
        });
        const plan = decideReplication({ ...rc, spec: { ...rc.spec, replicas } }, pods, NOW);
        const counted = shapes.filter(
          ({ phase, matches, ending }) => matches && !ending && (phase === 'Pending' || phase === 'Running'),
        ).length;
        expect(counted + plan.create - plan.remove.length).toBe(replicas);
        expect(plan.create === 0 || plan.remove.length === 0).toBe(true);
        for (const removed of plan.remove) expect(removed.metadata.labels).toEqual({ app: 'web' });
      }),
    );
  });
});

describe('the loop', () => {
  let harness: Harness;
  const manager = () =>
    new ReplicationManager({
      client: harness.api,
      informers: harness.informers,
      recorder: harness.recorder,
      clock: harness.clock,
      concurrency: 2,
    });

  beforeEach(() => {
    harness = new Harness();
  });
  afterEach(async () => {
    await harness.stop();
    expect(harness.errors).toEqual([]);
  });

  const status = () => harness.api.all(REPLICATION_CONTROLLERS)[0]?.status;
  const scale = async (replicas: number) => {
    const [current] = harness.api.all(REPLICATION_CONTROLLERS);
    await harness.api.update(REPLICATION_CONTROLLERS, { ...current!, spec: { ...current!.spec, replicas } });
  };

  test('makes as many as wanted, replaces what goes, follows the scale', async () => {
    await harness.api.create(REPLICATION_CONTROLLERS, controller('web', 5, { app: 'web' }));
    await harness.start(manager());
    expect(harness.api.all(PODS)).toHaveLength(5);
    expect(status()).toMatchObject({ replicas: 5, observedGeneration: 1 });
    expect(harness.events).toContain('web Normal SuccessfulCreate: Created pod: web-xxxx2');
    await harness.api.delete(PODS, { namespace: 'default', name: harness.api.all(PODS)[0]!.metadata.name! });
    await harness.settle();
    expect(harness.api.all(PODS)).toHaveLength(5);
    await scale(2);
    await harness.settle();
    expect(harness.api.all(PODS)).toHaveLength(2);
    expect(status()).toMatchObject({ replicas: 2 });
    expect(harness.count('create', PODS)).toBe(6);
  });

  test('a slow watch makes no surplus', async () => {
    await harness.api.create(REPLICATION_CONTROLLERS, controller('web', 3, { app: 'web' }));
    await harness.start(manager());
    harness.api.pauseWatches(PODS, true);
    for (const replicas of [4, 6, 6]) {
      await scale(replicas);
      await harness.settle();
    }
    expect(harness.api.all(PODS)).toHaveLength(6);
    await scale(5);
    await harness.settle();
    await scale(6);
    await harness.settle();
    harness.api.pauseWatches(PODS, false);
    await harness.settle();
    expect(harness.api.all(PODS)).toHaveLength(6);
    expect(harness.count('create', PODS)).toBe(7);
    expect(harness.count('delete', PODS)).toBe(1);
  });

  test('an answer that is lost makes no surplus', async () => {
    let lost = 1;
    const original = harness.api.create.bind(harness.api);
    harness.api.create = async (resource, object) => {
      const created = await original(resource, object);
      if (resource.plural === 'pods' && lost > 0) {
        lost -= 1;
        throw new ApiServerUnavailableError('connection reset', { servers: [], mayHaveBeenDone: true });
      }
      return created;
    };
    await harness.api.create(REPLICATION_CONTROLLERS, controller('web', 3, { app: 'web' }));
    await harness.start(manager());
    await harness.advance(1000);
    expect(harness.api.all(PODS)).toHaveLength(3);
    expect(harness.count('create', PODS)).toBe(3);
  });

  test('a refusal is told, tried a little, and tried again later', async () => {
    let forbidden = true;
    let refusals = 0;
    harness.api.interceptor = (call) => {
      if (!forbidden || call.verb !== 'create' || call.resource !== 'pods') return undefined;
      refusals += 1;
      return failure(403, 'Forbidden', `pods "web-${refusals}" is forbidden: exceeded quota`);
    };
    await harness.api.create(REPLICATION_CONTROLLERS, controller('web', 100, { app: 'web' }));
    await harness.start(manager());
    expect(harness.count('create', PODS)).toBeLessThanOrEqual(2);
    expect(status()?.conditions).toMatchObject([{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }]);
    expect(harness.events[0]).toBe(
      'web Warning FailedCreate: Error creating: pods "web-1" is forbidden: exceeded quota',
    );
    // Differing texts must not make it spin: it backs off.
    await harness.advance(10_000);
    expect(refusals).toBeLessThan(15);
    forbidden = false;
    await harness.advance(60_000);
    expect(harness.api.all(PODS)).toHaveLength(100);
    expect(status()?.conditions).toBeUndefined();
  });

  test('adopts what matches, releases what does not any more', async () => {
    await harness.api.create(PODS, pod('free', { labels: { app: 'web' } }));
    await harness.api.create(REPLICATION_CONTROLLERS, controller('web', 1, { app: 'web' }));
    await harness.start(manager());
    expect(harness.api.all(PODS)).toHaveLength(1);
    expect(harness.api.all(PODS)[0]!.metadata.ownerReferences?.[0]?.name).toBe('web');
    const [adopted] = harness.api.all(PODS);
    await harness.api.update(PODS, { ...adopted!, metadata: { ...adopted!.metadata, labels: { app: 'debug' } } });
    await harness.settle();
    const free = harness.api.all(PODS).find((one) => one.metadata.name === 'free');
    expect(free?.metadata.ownerReferences).toEqual([]);
    expect(harness.api.all(PODS)).toHaveLength(2);
  });

  test('killed at any call, the next process ends with exactly what is wanted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 8 }), async (dieAt, replicas) => {
        harness = new Harness();
        await harness.api.create(REPLICATION_CONTROLLERS, controller('web', replicas, { app: 'web' }));
        let calls = 0;
        // From the fatal call on nothing leaves the dying process any more.
        harness.api.interceptor = (call) => {
          calls += call.verb === 'list' ? 0 : 1;
          return calls >= dieAt && call.verb !== 'list' ? new Error('killed') : undefined;
        };
        await harness.start(manager());
        harness.errors.length = 0;
        harness.api.interceptor = undefined;
        await harness.restart();
        await harness.start(manager());
        expect(harness.api.all(PODS)).toHaveLength(replicas);
        expect(status()).toMatchObject({ replicas });
        await harness.stop();
      }),
      { numRuns: 40 },
    );
  });
});
