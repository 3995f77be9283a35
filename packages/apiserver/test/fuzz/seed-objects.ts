/** Objects to begin from, with many of their fields set, by kind. */

const META = {
  name: 'a',
  labels: { app: 'x', 'example.com/tier': 'web' },
  annotations: { note: 'text' },
  finalizers: [],
  ownerReferences: [],
};

const CONTAINER = {
  name: 'c',
  image: 'busybox:1',
  command: ['sleep', '1'],
  env: [
    { name: 'A', value: '1' },
    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ],
  ports: [{ name: 'web', containerPort: 80, hostPort: 31_000, protocol: 'TCP' }],
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
  livenessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 1 },
  volumeMounts: [{ name: 'v', mountPath: '/data' }],
  securityContext: { privileged: false, runAsUser: 1 },
};

const POD_SPEC = {
  containers: [CONTAINER],
  initContainers: [{ name: 'i', image: 'busybox' }],
  volumes: [{ name: 'v', emptyDir: {} }],
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'k', operator: 'Exists' }],
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  terminationGracePeriodSeconds: 0,
  affinity: { nodeAffinity: {} },
};

const TEMPLATE = { metadata: { labels: { app: 'x' } }, spec: POD_SPEC };
const RESOURCES = { requests: { storage: '1Gi' } };

const OBJECTS: Readonly<Record<string, object>> = {
  Pod: { spec: POD_SPEC, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
  PodTemplate: { template: TEMPLATE },
  ReplicationController: { spec: { replicas: 1, selector: { app: 'x' }, template: TEMPLATE }, status: { replicas: 1 } },
  Service: {
    spec: {
      type: 'NodePort',
      clusterIP: '',
      selector: { app: 'x' },
      ports: [{ name: 'web', port: 80, targetPort: 'web', nodePort: 30_001, protocol: 'TCP' }],
      sessionAffinity: 'None',
      externalIPs: ['1.2.3.4'],
    },
  },
  Endpoints: { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'web', port: 80 }] }] },
  Node: {
    spec: { unschedulable: false, taints: [{ key: 'a', effect: 'NoSchedule' }], externalID: 'a' },
    status: { capacity: { cpu: '1', memory: '1Gi' }, addresses: [{ type: 'InternalIP', address: '127.0.0.1' }] },
  },
  Namespace: { spec: { finalizers: ['kubernetes'] } },
  Secret: { type: 'Opaque', data: { a: 'aGk=' }, stringData: { b: 'x' } },
  ConfigMap: { data: { a: 'x' }, binaryData: { b: 'aGk=' } },
  ServiceAccount: { secrets: [{ name: 's' }], imagePullSecrets: [{ name: 'i' }], automountServiceAccountToken: true },
  Event: {
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'a' },
    reason: 'Test',
    message: 'text',
    firstTimestamp: '2015-06-05T00:00:00Z',
    count: 1,
    source: { component: 'test' },
  },
  LimitRange: { spec: { limits: [{ type: 'Container', default: { cpu: '1' }, max: { cpu: '100' } }] } },
  ResourceQuota: { spec: { hard: { pods: '1000', 'requests.cpu': '1000' }, scopes: ['NotTerminating'] } },
  PersistentVolume: {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp' } },
  },
  PersistentVolumeClaim: { spec: { accessModes: ['ReadWriteOnce'], resources: RESOURCES, volumeName: '' } },
  Binding: { target: { kind: 'Node', name: 'a' } },
  Scale: { spec: { replicas: 2 } },
  Eviction: { deleteOptions: { gracePeriodSeconds: 0 } },
  TokenRequest: { spec: { audiences: ['a'], expirationSeconds: 600, boundObjectRef: { kind: 'Pod', name: 'a' } } },
  TokenReview: { spec: { token: 'x', audiences: ['y'] } },
  SelfSubjectAccessReview: { spec: { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } } },
  SubjectAccessReview: { spec: { user: 'a', groups: ['b'], nonResourceAttributes: { path: '/', verb: 'get' } } },
  LocalSubjectAccessReview: { spec: { user: 'a', resourceAttributes: { namespace: 'default', verb: 'get' } } },
  SelfSubjectRulesReview: { spec: { namespace: 'default' } },
};

const MANIFEST = {
  version: 'v1beta1',
  id: 'a',
  containers: [
    {
      name: 'c',
      image: 'busybox',
      command: ['sleep', '1'],
      ports: [{ containerPort: 80, hostPort: 31_001 }],
      env: [{ name: 'A', value: '1' }],
      cpu: 100,
      memory: 6_000_000,
      volumeMounts: [{ name: 'v', mountPath: '/data' }],
    },
  ],
  volumes: [{ name: 'v', source: { emptyDir: {} } }],
  restartPolicy: { always: {} },
};

const FLAT_OBJECTS: Readonly<Record<string, object>> = {
  Pod: { desiredState: { manifest: MANIFEST }, labels: { app: 'x' }, currentState: { status: 'Running' } },
  ReplicationController: {
    desiredState: {
      replicas: 1,
      replicaSelector: { app: 'x' },
      podTemplate: { desiredState: { manifest: MANIFEST }, labels: { app: 'x' } },
    },
  },
  Service: { port: 80, containerPort: 'web', selector: { app: 'x' }, portalIP: '', publicIPs: ['1.2.3.4'] },
  Node: { externalID: 'a', hostIP: '127.0.0.1', resources: { capacity: { cpu: 1, memory: 1_000 } } },
  Binding: { podID: 'a', host: 'a' },
  Event: { involvedObject: { kind: 'Pod', namespace: 'default', name: 'a' }, reason: 'Test', source: 'test' },
};

/** An object of the kind as the version has it; of a kind that is not known, its metadata. */
export function seedObject(kind: string, apiVersion: string): unknown {
  const isFlat = apiVersion === 'v1beta1' || apiVersion === 'v1beta2';
  if (isFlat) return { kind, apiVersion, id: 'a', namespace: 'default', ...(FLAT_OBJECTS[kind] ?? OBJECTS[kind]) };
  const version = VERSIONS[kind] ?? apiVersion;
  // Questions have no metadata.
  const metadata = kind.endsWith('Review') ? {} : META;
  return { kind, apiVersion: version, metadata, ...OBJECTS[kind] };
}

/** Kinds of subresources that are of another version than what they are parts of. */
const VERSIONS: Readonly<Record<string, string>> = {
  Scale: 'autoscaling/v1',
  Eviction: 'policy/v1',
  TokenRequest: 'authentication.k8s.io/v1',
};
