/** Volumes and mounts of pods: name -> value -> causes. */
import { Definition } from './definitions';

const pods = new Definition('pods');
const AT = 'spec.volumes[0]';

function errorsOf(spec: object): string[] {
  const containers = [{ name: 'c', image: 'c' }];
  return pods.createErrors({ metadata: { name: 'p', namespace: 'default' }, spec: { containers, ...spec } });
}

test.each<[string, object]>([
  ['hostPath', { hostPath: { path: '/x', type: 'DirectoryOrCreate' } }],
  ['emptyDir', { emptyDir: { medium: 'HugePages-2Mi', sizeLimit: '1Gi' } }],
  ['gcePersistentDisk', { gcePersistentDisk: { pdName: 'd', partition: 1 } }],
  ['awsElasticBlockStore', { awsElasticBlockStore: { volumeID: 'v' } }],
  ['gitRepo', { gitRepo: { repository: 'r', directory: 'a/b' } }],
  ['secret', { secret: { secretName: 's', items: [{ key: 'k', path: 'a/b', mode: 0o400 }] } }],
  ['nfs', { nfs: { server: 's', path: '/x' } }],
  ['iscsi', { iscsi: { targetPortal: 't', iqn: 'iqn.2015-02.example.com:a', lun: 0 } }],
  ['glusterfs', { glusterfs: { endpoints: 'e', path: 'p' } }],
  ['persistentVolumeClaim', { persistentVolumeClaim: { claimName: 'c' } }],
  ['rbd', { rbd: { monitors: ['m'], image: 'i' } }],
  ['flexVolume', { flexVolume: { driver: 'd' } }],
  ['cinder', { cinder: { volumeID: 'v' } }],
  ['cephfs', { cephfs: { monitors: ['m'] } }],
  ['flocker', { flocker: { datasetName: 'd' } }],
  ['downwardAPI', { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } }],
  ['fc', { fc: { targetWWNs: ['w'], lun: 1 } }],
  ['azureFile', { azureFile: { secretName: 's', shareName: 's' } }],
  ['configMap', { configMap: { name: 'c', optional: true } }],
  ['vsphereVolume', { vsphereVolume: { volumePath: 'v' } }],
  ['quobyte', { quobyte: { registry: 'a:1,b:2', volume: 'v' } }],
  ['azureDisk', { azureDisk: { diskName: 'd', diskURI: 'https://d' } }],
  ['photonPersistentDisk', { photonPersistentDisk: { pdID: 'p' } }],
  [
    'projected',
    {
      projected: {
        sources: [
          { secret: { name: 's' } },
          { configMap: { name: 'c' } },
          { downwardAPI: { items: [{ path: 'n', fieldRef: { fieldPath: "metadata.annotations['a']" } }] } },
          { clusterTrustBundle: { name: 'b', path: 'c' } },
        ],
      },
    },
  ],
  ['portworxVolume', { portworxVolume: { volumeID: 'v' } }],
  ['scaleIO', { scaleIO: { gateway: 'g', system: 's', volumeName: 'v', secretRef: { name: 's' } } }],
  ['storageos', { storageos: { volumeName: 'v', volumeNamespace: 'n' } }],
  ['csi', { csi: { driver: 'd.example.com', nodePublishSecretRef: { name: 's' } } }],
  [
    'ephemeral',
    {
      ephemeral: {
        volumeClaimTemplate: {
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      },
    },
  ],
  ['image', { image: { reference: 'r', pullPolicy: 'Never' } }],
])('a volume of %s is right', (_, source) => {
  expect(errorsOf({ volumes: [{ name: 'v', ...source }] })).toEqual([]);
});

test.each<[string, object, string[]]>([
  [
    'a kind of host path',
    { hostPath: { path: '/x', type: 'x' } },
    [
      `${AT}.hostPath.type: Unsupported value: "x": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"`,
    ],
  ],
  [
    'a way up',
    { hostPath: { path: '/a/../b' } },
    [`${AT}.hostPath.path: Invalid value: "/a/../b": must not contain '..'`],
  ],
  ['no path', { hostPath: {} }, [`${AT}.hostPath.path: Required value`]],
  [
    'a negative size',
    { emptyDir: { sizeLimit: '-1' } },
    [`${AT}.emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity`],
  ],
  [
    'no disk',
    { gcePersistentDisk: { partition: 256 } },
    [
      `${AT}.persistentDisk.pdName: Required value`,
      `${AT}.persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive`,
    ],
  ],
  [
    'an absolute directory',
    { gitRepo: { repository: 'r', directory: '/x' } },
    [`${AT}.gitRepo.directory: Invalid value: "/x": must be a relative path`],
  ],
  ['no secret', { secret: {} }, [`${AT}.secret.secretName: Required value`]],
  [
    'a mode',
    { secret: { secretName: 's', defaultMode: 0o1000 } },
    [`${AT}.secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive`],
  ],
  [
    'keys without paths',
    { configMap: { name: 'c', items: [{}, { key: 'k', path: '../x' }] } },
    [
      `${AT}.configMap.items[0].key: Required value`,
      `${AT}.configMap.items[0].path: Required value`,
      `${AT}.configMap.items[1].path: Invalid value: "../x": must not contain '..'`,
    ],
  ],
  [
    'a relative export',
    { nfs: { path: 'x' } },
    [`${AT}.nfs.server: Required value`, `${AT}.nfs.path: Invalid value: "x": must be an absolute path`],
  ],
  ['no claim', { persistentVolumeClaim: {} }, [`${AT}.persistentVolumeClaim.claimName: Required value`]],
  ['no monitors', { rbd: {} }, [`${AT}.rbd.monitors: Required value`, `${AT}.rbd.image: Required value`]],
  [
    'two names of a dataset',
    { flocker: { datasetName: 'a', datasetUUID: 'b' } },
    [`${AT}.flocker: Invalid value: "resource": datasetName and datasetUUID can not be specified simultaneously`],
  ],
  [
    'two sources',
    { emptyDir: {}, cephfs: { monitors: ['m'] } },
    [`${AT}.cephFS: Forbidden: may not specify more than 1 volume type`],
  ],
  [
    'a driver',
    { csi: { driver: 'a_b' } },
    [
      expect.stringMatching(
        /^spec\.volumes\[0\]\.csi\.driver: Invalid value: "a_b": a lowercase RFC 1123 subdomain must/,
      ),
    ],
  ],
  [
    'nothing to look at',
    { downwardAPI: { items: [{ path: 'x' }] } },
    [`${AT}.downwardAPI: Required value: one of fieldRef and resourceFieldRef is required`],
  ],
  [
    'an unknown field',
    { downwardAPI: { items: [{ path: 'x', fieldRef: { fieldPath: 'spec.nodeName' } }] } },
    [
      `${AT}.downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"`,
    ],
  ],
  [
    'one place twice',
    {
      projected: {
        sources: [
          { secret: { name: 'a', items: [{ key: 'k', path: 'x' }] } },
          { configMap: { name: 'b', items: [{ key: 'k', path: 'x' }] } },
        ],
      },
    },
    [`${AT}.projected: Invalid value: "b": conflicting duplicate paths`],
  ],
  [
    'a name',
    { name: 'V', emptyDir: {} },
    [
      `${AT}.name: Invalid value: "V": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
    ],
  ],
])('a volume with %s is refused', (_, source, errors) => {
  expect(errorsOf({ volumes: [{ name: 'v', ...source }] })).toEqual(errors);
});

test('two volumes of a name', () => {
  expect(errorsOf({ volumes: [{ name: 'v' }, { name: 'v' }] })).toEqual(['spec.volumes[1].name: Duplicate value: "v"']);
});

test.each<[string, object[], string[]]>([
  ['no path', [{ name: 'v' }], ['[0].mountPath: Required value']],
  [
    'one path twice',
    [
      { name: 'v', mountPath: '/x' },
      { name: 'v', mountPath: '/x' },
    ],
    ['[1].mountPath: Invalid value: "/x": must be unique'],
  ],
  [
    'a way up',
    [{ name: 'v', mountPath: '/x', subPath: '../y' }],
    [`.subPath: Invalid value: "../y": must not contain '..'`],
  ],
  [
    'two sub paths',
    [{ name: 'v', mountPath: '/x', subPath: 'a', subPathExpr: 'b' }],
    ['[0].subPathExpr: Invalid value: "b": subPathExpr and subPath are mutually exclusive'],
  ],
  [
    'a propagation back',
    [{ name: 'v', mountPath: '/x', mountPropagation: 'Bidirectional' }],
    ['.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers'],
  ],
  [
    'no propagation',
    [{ name: 'v', mountPath: '/x', mountPropagation: 'x' }],
    ['.mountPropagation: Unsupported value: "x": supported values: "Bidirectional", "HostToContainer", "None"'],
  ],
])('mounts with %s are refused', (_, volumeMounts, errors) => {
  const found = errorsOf({ volumes: [{ name: 'v' }], containers: [{ name: 'c', image: 'c', volumeMounts }] });
  expect(found).toEqual(errors.map((error) => `spec.containers[0].volumeMounts${error}`));
});
