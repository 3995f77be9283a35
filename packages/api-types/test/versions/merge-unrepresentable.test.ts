import { LEGACY_VERSIONS } from '../../src/versions';
import type { KubeObject, LegacyVersion } from '../../src';

/** Plain JSON, as a client without types handles it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the tests reach into JSON of several versions
type Json = any;

const VERSIONS = Object.keys(LEGACY_VERSIONS) as LegacyVersion[];

/** What a client of the version does: reads the object, changes what it sees, and sends it back. */
function writeThrough(version: LegacyVersion, object: KubeObject, change: (seen: Json) => void): Json {
  const legacy = LEGACY_VERSIONS[version];
  const kind = legacy.kind(object.kind!)!;
  const seen = JSON.parse(JSON.stringify(kind.fromInternal(object))) as Record<string, unknown>;
  change(seen);
  return legacy.mergeUnrepresentable(object, kind.toInternal(seen));
}

function podSpecOf(seen: Json): Json {
  return seen.spec ?? seen.desiredState.manifest;
}

function relabel(seen: Json): void {
  const meta = seen['metadata'] ?? seen;
  meta.labels = { ...meta.labels, touched: 'yes' };
}

const pod = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {
    name: 'web',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '7',
    creationTimestamp: '2024-01-02T03:04:05Z',
    labels: { app: 'web' },
    finalizers: ['example.com/keep'],
    ownerReferences: [{ apiVersion: 'v1', kind: 'ReplicationController', name: 'rc', uid: 'r' }],
  },
  spec: {
    volumes: [
      { name: 'config', configMap: { name: 'settings', defaultMode: 420 } },
      { name: 'scratch', emptyDir: { sizeLimit: '1Gi' } },
    ],
    initContainers: [{ name: 'init', image: 'init:1' }],
    containers: [
      {
        name: 'main',
        image: 'main:1',
        args: ['--serve'],
        env: [
          { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          { name: 'PLAIN', value: 'x' },
        ],
        ports: [{ name: 'a-long-port-name', containerPort: 80, protocol: 'TCP' }],
        resources: { limits: { cpu: '100500u', memory: '1500m' } },
        startupProbe: { tcpSocket: { port: 80 } },
        livenessProbe: { httpGet: { path: '/', port: 80, scheme: 'HTTPS' }, failureThreshold: 9, timeoutSeconds: 1 },
        securityContext: { runAsUser: 1000, capabilities: { add: ['NET_ADMIN'] } },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'FallbackToLogsOnError',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'robot',
    tolerations: [{ operator: 'Exists' }],
    securityContext: {},
  },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2024-01-02T03:04:06Z' }],
    podIP: '10.0.0.1',
    podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
  },
} satisfies KubeObject & Record<string, unknown>;

describe.each(VERSIONS)('a pod of today written through %s', (version) => {
  test('keeps everything when sent back as it was', () => {
    expect(writeThrough(version, pod, () => undefined)).toEqual(pod);
  });

  test('takes over a label and keeps the rest', () => {
    const changed = writeThrough(version, pod, relabel);
    expect(changed).toEqual({
      ...pod,
      metadata: { ...pod.metadata, labels: { app: 'web', touched: 'yes' } },
    });
  });

  test('takes over a new image and keeps what else the container has', () => {
    const changed = writeThrough(version, pod, (seen) => {
      podSpecOf(seen).containers[0].image = 'main:2';
    });
    expect(changed.spec).toEqual({ ...pod.spec, containers: [{ ...pod.spec.containers[0], image: 'main:2' }] });
  });

  test('removes what the client removed', () => {
    const changed = writeThrough(version, pod, (seen) => {
      podSpecOf(seen).volumes.length = 1;
      delete (seen['metadata'] ?? seen).labels;
    });
    expect(changed.spec.volumes).toEqual([pod.spec.volumes[0]]);
    expect(changed.metadata.labels).toBeUndefined();
  });
});

const service = {
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name: 'web', namespace: 'default', creationTimestamp: null },
  spec: {
    ports: [
      { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 },
      { name: 'https', protocol: 'TCP', port: 443, targetPort: 8443 },
    ],
    clusterIP: '10.10.10.9',
    type: 'NodePort',
    sessionAffinity: 'None',
    externalTrafficPolicy: 'Local',
  },
} satisfies KubeObject & Record<string, unknown>;

describe.each(VERSIONS)('a service of today written through %s', (version) => {
  test('keeps its further ports and its type', () => {
    const changed = writeThrough(version, service, (seen) => ((seen['spec'] ?? seen).port = 81));
    expect(changed).toEqual({
      ...service,
      spec: { ...service.spec, ports: [{ ...service.spec.ports[0], port: 81 }, service.spec.ports[1]] },
    });
  });
});

test('addresses that move between subsets do not take along what belongs to others', () => {
  const endpoints = {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { name: 'web', namespace: 'default', creationTimestamp: null },
    subsets: [
      {
        addresses: [{ ip: '10.0.0.2' }],
        ports: [{ name: 'b', port: 2, protocol: 'TCP' }],
        notReadyAddresses: [{ ip: '10.0.0.9' }],
      },
      { addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'a', port: 1, protocol: 'TCP' }] },
    ],
  } as KubeObject;
  const changed = writeThrough('v1beta3', endpoints, (seen) => {
    seen.subsets[1].addresses = [{ IP: '10.0.0.1' }, { IP: '10.0.0.5' }];
  });
  expect(changed.subsets[0]).toEqual({
    addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.5' }],
    ports: [{ name: 'a', port: 1, protocol: 'TCP' }],
  });
});
