import type { PersistentVolume, PersistentVolumeClaim } from '@kubernetes-mesos/api-types';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS } from '@kubernetes-mesos/client';
import { VolumeBinder } from '../src/volumes/binder';
import { ClaimProtection } from '../src/volumes/claim-protection';
import { decideClaim } from '../src/volumes/decide-claim';
import { decideVolume } from '../src/volumes/decide-volume';
import { findVolume, mismatch } from '../src/volumes/match';
import { decideProtection, holdsClaims } from '../src/volumes/protection';
import { VolumeProtection } from '../src/volumes/volume-protection';
import { failure } from './support/memory-api';
import { Harness, names, pod } from './support';

type VolumeSpec = NonNullable<PersistentVolume['spec']>;
type ClaimSpec = NonNullable<PersistentVolumeClaim['spec']>;

const volume = (name: string, size: string, spec: VolumeSpec = {}, phase = 'Available'): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: { capacity: { storage: size }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/d' }, ...spec },
  status: { phase },
});
const claim = (name: string, size: string, spec: ClaimSpec = {}): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default', uid: `uid-${name}` },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } }, ...spec },
});

describe('matching', () => {
  const found = (wanted: PersistentVolumeClaim, volumes: PersistentVolume[]) =>
    findVolume(wanted, volumes)?.metadata.name;

  test('the smallest that is large enough; the name decides between equals', () => {
    const volumes = [volume('huge', '1Ti'), volume('b', '5Gi'), volume('a', '5120Mi'), volume('small', '1Gi')];
    expect(found(claim('c', '2Gi'), volumes)).toBe('a');
    expect(found(claim('c', '6Gi'), volumes)).toBe('huge');
    expect(found(claim('c', '2Ti'), volumes)).toBeUndefined();
  });

  test('the fewest access modes come before the size', () => {
    const many = volume('many', '1Gi', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'] });
    const few = volume('few', '9Gi');
    expect(found(claim('c', '1Gi'), [many, few])).toBe('few');
    expect(found(claim('c', '1Gi', { accessModes: ['ReadOnlyMany'] }), [many, few])).toBe('many');
  });

  test.each<[string, PersistentVolume, ClaimSpec]>([
    ['another class', volume('v', '1Gi', { storageClassName: 'fast' }), {}],
    ['no class', volume('v', '1Gi'), { storageClassName: 'fast' }],
    ['block for a file system', volume('v', '1Gi', { volumeMode: 'Block' }), {}],
    ['not available', volume('v', '1Gi', {}, 'Released'), {}],
    ['new', volume('v', '1Gi', {}, 'Pending'), {}],
    ['reserved', volume('v', '1Gi', { claimRef: { namespace: 'default', name: 'other' } }), {}],
    ['labels', volume('v', '1Gi'), { selector: { matchLabels: { disk: 'ssd' } } }],
    ['label expression', volume('v', '1Gi'), { selector: { matchExpressions: [{ key: 'disk', operator: 'Exists' }] } }],
  ])('not matched: %s', (_what, offered, spec) => {
    expect(found(claim('c', '1Gi', spec), [offered])).toBeUndefined();
  });

  test('a selector and a class that fit', () => {
    const ssd = { ...volume('ssd', '1Gi', { storageClassName: 'fast', volumeMode: 'Block' }) };
    ssd.metadata = { name: 'ssd', labels: { disk: 'ssd', zone: 'a' } };
    const spec: ClaimSpec = {
      storageClassName: 'fast',
      volumeMode: 'Block',
      selector: {
        matchLabels: { disk: 'ssd' },
        matchExpressions: [
          { key: 'zone', operator: 'In', values: ['a', 'b'] },
          { key: 'zone', operator: 'NotIn', values: ['c'] },
          { key: 'broken', operator: 'DoesNotExist' },
        ],
      },
    };
    expect(found(claim('c', '1Gi', spec), [ssd])).toBe('ssd');
  });

  test('one reserved by hand comes first, whatever its size, and only if it is large enough', () => {
    const reserved = volume('mine', '9Gi', { claimRef: { namespace: 'default', name: 'c' } });
    expect(found(claim('c', '1Gi'), [volume('fits', '1Gi'), reserved])).toBe('mine');
    expect(found(claim('c', '10Gi'), [reserved, volume('fits', '20Gi')])).toBe('fits');
  });

  test('why a named volume does not serve', () => {
    expect(mismatch(volume('v', '1Gi'), claim('c', '2Gi'))).toBe('requested PV is too small');
    expect(mismatch(volume('v', '1Gi', { storageClassName: 'x' }), claim('c', '1Gi'))).toBe(
      'storageClassName does not match',
    );
    expect(mismatch(volume('v', '1Gi', { volumeMode: 'Block' }), claim('c', '1Gi'))).toBe('incompatible volumeMode');
    expect(mismatch(volume('v', '1Gi', { accessModes: [] }), claim('c', '1Gi'))).toBe('incompatible accessMode');
    expect(mismatch(volume('v', '1Gi'), claim('c', '1Gi'))).toBeUndefined();
  });
});

describe('what becomes of a claim', () => {
  const completed = (name: string, volumeName?: string): PersistentVolumeClaim => ({
    ...claim(name, '1Gi', volumeName === undefined ? {} : { volumeName }),
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      annotations: { 'pv.kubernetes.io/bind-completed': 'yes' },
    },
  });
  const others = { namespace: 'default', name: 'other', uid: 'uid-other' };

  test.each([
    ['none named', completed('c'), undefined, 'lost ClaimLost'],
    ['the named one is gone', completed('c', 'v'), undefined, 'lost ClaimLost'],
    ['its reference was taken off', completed('c', 'v'), volume('v', '1Gi'), 'bind'],
    ['it is bound to another', completed('c', 'v'), volume('v', '1Gi', { claimRef: others }), 'lost ClaimMisbound'],
    ['asks for one that is not there yet', claim('c', '1Gi', { volumeName: 'v' }), undefined, 'pending'],
    ['asks for a free one', claim('c', '1Gi', { volumeName: 'v' }), volume('v', '1Gi'), 'bind'],
    ['asks for one too small', claim('c', '2Gi', { volumeName: 'v' }), volume('v', '1Gi'), 'pending VolumeMismatch'],
    [
      "asks for another's",
      claim('c', '1Gi', { volumeName: 'v' }),
      volume('v', '1Gi', { claimRef: others }),
      'pending FailedBinding',
    ],
    ['asks for a class', claim('c', '1Gi', { storageClassName: 'fast' }), undefined, 'pending ProvisioningFailed'],
    ['asks for any', claim('c', '1Gi'), undefined, 'pending FailedBinding'],
  ])('%s', (_what, subject, named, expected) => {
    const plan = decideClaim({ claim: subject, named, candidates: [] });
    const reason = 'news' in plan ? plan.news?.reason : undefined;
    expect([plan.kind, reason].filter((part) => part !== undefined).join(' ')).toBe(expected);
  });
});

describe('what becomes of a volume', () => {
  const claimRef = { namespace: 'default', name: 'c', uid: 'uid-c' };
  const bound = (policy?: string, phase = 'Released'): PersistentVolume =>
    volume('v', '1Gi', { claimRef, ...(policy === undefined ? {} : { persistentVolumeReclaimPolicy: policy }) }, phase);

  test('without a claim, or reserved for one that has not come: available', () => {
    expect(decideVolume(volume('v', '1Gi'), undefined)).toEqual({ kind: 'phase', phase: 'Available' });
    const reserved = volume('v', '1Gi', { claimRef: { namespace: 'default', name: 'c' } });
    expect(decideVolume(reserved, undefined)).toEqual({ kind: 'phase', phase: 'Available' });
  });

  test('its claim is gone: released first, then by its policy', () => {
    expect(decideVolume(bound('Delete', 'Bound'), undefined)).toEqual({ kind: 'phase', phase: 'Released' });
    expect(decideVolume(bound('Retain'), undefined)).toEqual({ kind: 'phase', phase: 'Released' });
    expect(decideVolume(bound('Delete'), undefined)).toEqual({
      kind: 'phase',
      phase: 'Failed',
      message: 'error getting deleter volume plugin for volume "v": no deletable volume plugin matched',
      news: 'VolumeFailedDelete',
    });
    expect(decideVolume(bound('Recycle'), undefined)).toEqual({
      kind: 'phase',
      phase: 'Failed',
      message: 'No recycler plugin found for the volume!',
      news: 'VolumeFailedRecycle',
    });
    const foreign = bound('Delete');
    foreign.metadata.annotations = { 'pv.kubernetes.io/provisioned-by': 'csi.example.com' };
    expect(decideVolume(foreign, undefined)).toEqual({ kind: 'phase', phase: 'Released' });
  });

  test('its claim: has it, will have it, has another, is of another mode', () => {
    expect(decideVolume(bound(), claim('c', '1Gi', { volumeName: 'v' }))).toEqual({ kind: 'phase', phase: 'Bound' });
    expect(decideVolume(bound(), claim('c', '1Gi'))).toEqual({ kind: 'wake-claim' });
    expect(decideVolume(bound(), claim('c', '1Gi', { volumeMode: 'Block' })).kind).toBe('mismatch');
    const byHand = decideVolume(bound(), claim('c', '1Gi', { volumeName: 'w' }));
    expect(byHand).toMatchObject({ kind: 'unbind', volume: { spec: { claimRef: { name: 'c' } } } });
    expect(byHand).not.toHaveProperty('volume.spec.claimRef.uid');
    const ours = bound();
    ours.metadata.annotations = { 'pv.kubernetes.io/bound-by-controller': 'yes' };
    const given = decideVolume(ours, claim('c', '1Gi', { volumeName: 'w' }));
    expect(given).not.toHaveProperty('volume.spec.claimRef');
    expect(given).toMatchObject({ kind: 'unbind', volume: { metadata: { annotations: {} } } });
  });
});

test('who holds a claim, and what the finalizer asks for', () => {
  const on = (nodeName: string | undefined, phase: string) =>
    holdsClaims(
      pod('p', { spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) }, status: { phase } }),
    );
  expect([on('n', 'Running'), on('n', 'Pending'), on('n', 'Succeeded'), on(undefined, 'Pending')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  const subject = (finalizers: string[], deletionTimestamp?: string) => ({
    metadata: { name: 'x', finalizers, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
  });
  expect(decideProtection(subject([]), 'f')).toEqual({ kind: 'protect', finalizers: ['f'] });
  expect(decideProtection(subject(['f']), 'f')).toEqual({ kind: 'leave' });
  expect(decideProtection(subject(['a', 'f'], 'now'), 'f')).toEqual({ kind: 'release-if-unused', finalizers: ['a'] });
  expect(decideProtection(subject(['a'], 'now'), 'f')).toEqual({ kind: 'leave' });
});

describe('the loops', () => {
  let harness: Harness;
  const start = () =>
    harness.start(
      new VolumeBinder({ ...common(), recorder: harness.recorder }),
      new ClaimProtection(common()),
      new VolumeProtection(common()),
    );
  const common = () => ({
    client: harness.api,
    informers: harness.informers,
    clock: harness.clock,
    logger: harness.logger,
  });
  const getClaim = (name: string) => harness.api.get(PERSISTENT_VOLUME_CLAIMS, { namespace: 'default', name });
  const getVolume = (name: string) => harness.api.get(PERSISTENT_VOLUMES, { name });
  const phases = () => [
    ...harness.api.all(PERSISTENT_VOLUMES).map((one) => `${one.metadata.name}=${one.status?.phase}`),
    ...harness.api.all(PERSISTENT_VOLUME_CLAIMS).map((one) => `${one.metadata.name}=${one.status?.phase}`),
  ];
  const make = async (...objects: (PersistentVolume | PersistentVolumeClaim)[]) => {
    for (const object of objects) {
      if (object.kind === 'PersistentVolume') await harness.api.create(PERSISTENT_VOLUMES, object);
      else await harness.api.create(PERSISTENT_VOLUME_CLAIMS, object);
    }
    await harness.settle();
  };
  const user = (name: string) =>
    pod(name, {
      spec: {
        containers: [],
        nodeName: 'n1',
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'c' } }],
      },
    });

  beforeEach(() => {
    harness = new Harness();
  });
  afterEach(async () => {
    await harness.stop();
    expect(harness.errors).toEqual([]);
  });

  test('a claim waits, gets its volume, and leaves it released', async () => {
    await start();
    await make(claim('c', '1Gi'));
    expect(phases()).toEqual(['c=Pending']);
    expect(harness.events).toEqual([
      'c Normal FailedBinding: no persistent volumes available for this claim and no storage class is set',
    ]);
    await make(volume('v', '2Gi', {}, 'Pending'));
    expect(phases()).toEqual(['v=Bound', 'c=Bound']);
    const bound = await getClaim('c');
    expect(bound.spec?.volumeName).toBe('v');
    expect(bound.metadata.annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    });
    expect(bound.status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' } });
    expect((await getVolume('v')).spec?.claimRef).toMatchObject({
      namespace: 'default',
      name: 'c',
      uid: bound.metadata.uid,
    });
    await harness.api.delete(PERSISTENT_VOLUME_CLAIMS, { namespace: 'default', name: 'c' });
    await harness.settle();
    expect(phases()).toEqual(['v=Released']);
    // A namesake is another claim.
    await make(claim('c', '1Gi'));
    expect(phases()).toEqual(['v=Released', 'c=Pending']);
  });

  test('many claims that wait get a volume each, and nothing is written twice', async () => {
    await start();
    await make(...Array.from({ length: 20 }, (_, index) => claim(`c${index}`, '1Gi')));
    harness.api.calls.length = 0;
    await make(...Array.from({ length: 20 }, (_, index) => volume(`v${index}`, '1Gi', {}, 'Pending')));
    await harness.advance(0);
    const claims = harness.api.all(PERSISTENT_VOLUME_CLAIMS);
    expect(new Set(claims.map((one) => one.spec?.volumeName)).size).toBe(20);
    expect(harness.count('update', PERSISTENT_VOLUMES)).toBe(20);
    expect(harness.count('update', PERSISTENT_VOLUME_CLAIMS)).toBe(20);
  });

  test.each([
    ['update', 'persistentvolumes'],
    ['updateStatus', 'persistentvolumes'],
    ['update', 'persistentvolumeclaims'],
    ['updateStatus', 'persistentvolumeclaims'],
  ])('killed before its %s of %s, the next one goes on', async (verb, resource) => {
    await make(volume('v', '2Gi'), volume('w', '2Gi'), claim('c', '1Gi'));
    let reached = 0;
    harness.api.interceptor = (call) => {
      if (call.verb !== verb || call.resource !== resource) return undefined;
      reached += 1;
      return failure(500, 'InternalError', 'killed');
    };
    await start();
    expect(reached).toBeGreaterThan(0);
    await harness.restart();
    harness.api.interceptor = undefined;
    await start();
    const bound = await getClaim('c');
    expect(bound.status?.phase).toBe('Bound');
    const taken = harness.api.all(PERSISTENT_VOLUMES).filter((one) => one.spec?.claimRef !== undefined);
    expect(names(taken)).toEqual([bound.spec?.volumeName]);
    expect(phases()).toContain(`${bound.spec?.volumeName}=Bound`);
  });

  test('bound by hand from both sides', async () => {
    await start();
    await make(volume('v', '2Gi', { claimRef: { namespace: 'default', name: 'c' } }, 'Pending'));
    expect(phases()).toEqual(['v=Available']);
    await make(claim('other', '1Gi'), claim('c', '1Gi'));
    expect(phases()).toEqual(['v=Bound', 'other=Pending', 'c=Bound']);
    expect((await getVolume('v')).metadata.annotations ?? {}).toEqual({});
    await make(claim('named', '1Gi', { volumeName: 'w' }));
    await make(volume('w', '2Gi', {}, 'Pending'));
    expect((await getClaim('named')).metadata.annotations).toEqual({ 'pv.kubernetes.io/bind-completed': 'yes' });
    expect((await getClaim('named')).status?.phase).toBe('Bound');
  });

  test('a volume that cannot be deleted or recycled says so', async () => {
    await start();
    await make(volume('v', '1Gi', { persistentVolumeReclaimPolicy: 'Delete' }, 'Pending'), claim('c', '1Gi'));
    await harness.api.delete(PERSISTENT_VOLUME_CLAIMS, { namespace: 'default', name: 'c' });
    await harness.settle();
    const { status } = await getVolume('v');
    expect(status?.phase).toBe('Failed');
    expect(status?.message).toContain('no deletable volume plugin matched');
    expect(harness.events.filter((event) => event.includes('VolumeFailedDelete'))).toHaveLength(1);
  });

  test('a claim whose volume went is lost', async () => {
    await start();
    await make(volume('v', '1Gi', {}, 'Pending'), claim('c', '1Gi'));
    await harness.api.delete(PERSISTENT_VOLUMES, { name: 'v' });
    await harness.settle();
    // The protection holds it while it is bound.
    expect(phases()).toEqual(['v=Bound', 'c=Bound']);
    const held = await getVolume('v');
    await harness.api.patch(
      PERSISTENT_VOLUMES,
      { name: 'v' },
      { kind: 'merge', body: { metadata: { finalizers: null } } },
    );
    await harness.settle();
    expect(held.metadata.finalizers).toEqual(['kubernetes.io/pv-protection']);
    expect(phases()).toEqual(['c=Lost']);
    expect(harness.events.at(-1)).toContain('ClaimLost');
  });

  test('a claim in use stays until its pod has ended', async () => {
    await start();
    await make(claim('c', '1Gi'));
    expect((await getClaim('c')).metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
    await harness.api.create(PODS, user('p'));
    await harness.api.create(PODS, user('q'));
    await harness.settle();
    await harness.api.delete(PERSISTENT_VOLUME_CLAIMS, { namespace: 'default', name: 'c' });
    await harness.settle();
    expect((await getClaim('c')).metadata.deletionTimestamp).toBeDefined();
    const p = await harness.api.get(PODS, { namespace: 'default', name: 'p' });
    await harness.api.updateStatus(PODS, { ...p, status: { phase: 'Succeeded' } });
    await harness.settle();
    expect(phases()).toHaveLength(1);
    await harness.api.delete(PODS, { namespace: 'default', name: 'q' }, { gracePeriodSeconds: 0 });
    await harness.settle();
    expect(phases()).toEqual([]);
  });

  test('a pod that the copy does not show yet holds its claim as well', async () => {
    await start();
    await make(claim('c', '1Gi'));
    harness.api.pauseWatches(PODS, true);
    await harness.api.create(PODS, user('p'));
    await harness.api.delete(PERSISTENT_VOLUME_CLAIMS, { namespace: 'default', name: 'c' });
    await harness.settle();
    expect(phases()).toHaveLength(1);
    harness.api.pauseWatches(PODS, false);
    await harness.api.delete(PODS, { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 });
    await harness.settle();
    expect(phases()).toEqual([]);
  });
});
