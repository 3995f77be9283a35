/** Persistent volumes and claims: name -> value -> causes. */
import { type Change, Definition } from './definitions';

const volumes = new Definition('persistentvolumes');
const claims = new Definition('persistentvolumeclaims');
const volume = { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/x' } };
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const nodes = (key: string): object => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: ['a'] }] }] },
});

test.each<[string, object, string[]]>([
  ['what it needs', {}, []],
  ['once in a pod alone', { accessModes: ['ReadWriteOncePod'] }, []],
  ['a local disk on a node', { hostPath: undefined, local: { path: '/x' }, nodeAffinity: nodes('a') }, []],
  [
    'a local disk anywhere',
    { hostPath: undefined, local: { path: '/x' } },
    ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
  ],
  ['no modes', { accessModes: [] }, ['spec.accessModes: Required value']],
  [
    'a mode',
    { accessModes: ['x'] },
    ['spec.accessModes: Unsupported value: "x": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce"'],
  ],
  [
    'no size',
    { capacity: undefined },
    [
      'spec.capacity: Required value',
      'spec.capacity: Unsupported value: core.ResourceList(nil): supported values: "storage"',
    ],
  ],
  ['no source', { hostPath: undefined }, ['spec: Required value: must specify a volume type']],
  [
    'two sources',
    { nfs: { server: 's', path: '/x' } },
    ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'no capacity left',
    { capacity: { storage: '0' } },
    ['spec.capacity[storage]: Invalid value: "0": must be greater than zero'],
  ],
  [
    'a reclaim policy',
    { persistentVolumeReclaimPolicy: 'x' },
    ['spec.persistentVolumeReclaimPolicy: Unsupported value: "x": supported values: "Delete", "Recycle", "Retain"'],
  ],
  [
    'a root to recycle',
    { hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' },
    ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
  ],
  [
    'a volume mode',
    { volumeMode: 'x' },
    ['spec.volumeMode: Unsupported value: "x": supported values: "Block", "Filesystem"'],
  ],
])('a volume with %s', (_, spec, errors) => {
  expect(volumes.createErrors({ metadata: { name: 'v' }, spec: { ...volume, ...spec } })).toEqual(errors);
});

test('the source of a volume stays', () => {
  const stored = volumes.create({ metadata: { name: 'v' }, spec: volume });
  expect(volumes.update(stored, ({ spec }: Change) => (spec.capacity = { storage: '2Gi' })).errors).toEqual([]);
  expect(volumes.update(stored, ({ spec }: Change) => (spec.hostPath.path = '/y')).errors).toEqual([
    expect.stringMatching(
      /^spec\.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation/,
    ),
  ]);
});

test.each<[string, object, string[]]>([
  ['what it needs', {}, []],
  ['no size', { resources: {} }, ['spec.resources[storage]: Required value']],
  [
    'two modes, one exclusive',
    { accessModes: ['ReadWriteOncePod', 'ReadWriteMany'] },
    ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
  ],
  [
    'no such mode',
    { accessModes: ['x'] },
    ['spec.accessModes: Unsupported value: "x": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce"'],
  ],
  [
    'a class',
    { storageClassName: 'A' },
    [expect.stringMatching(/^spec\.storageClassName: Invalid value: "A": a lowercase RFC 1123 subdomain/)],
  ],
])('a claim with %s', (_, spec, errors) => {
  expect(claims.createErrors({ metadata: { name: 'c', namespace: 'default' }, spec: { ...claim, ...spec } })).toEqual(
    errors,
  );
});
