/** For generated objects: what an older version can say survives the way there and back. */
import fc from 'fast-check';
import { LEGACY_VERSIONS } from '../../src/versions';
import { deepEqual, type KubeObject, type LegacyVersion } from '../../src';

const VERSIONS = Object.keys(LEGACY_VERSIONS) as LegacyVersion[];

const word = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const anyText = fc.string({ minLength: 1, maxLength: 12 });
const time = fc
  .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);
const timeOrNull = fc.option(time, { nil: null });
const labels = fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 });
const port = fc.integer({ min: 1, max: 65535 });
const intOrString = fc.oneof(port, word);
const cpu = fc
  .integer({ min: 1, max: 100_000 })
  .map((milli) => (milli % 1000 === 0 ? plain(milli / 1000) : `${milli}m`));
const bytes = fc.constantFrom('10', '1000k', '64Mi', '1536Mi', '1Gi', '1025', '3Ti').filter((text) => text !== '1000k');
const resources = fc
  .record({ cpu, memory: bytes, pods: fc.constantFrom('1', '40') }, { requiredKeys: [] })
  .filter((list) => Object.keys(list).length > 0);

/** Whole numbers as decimal quantities are written. */
function plain(value: number): string {
  return value % 1000 === 0 ? `${value / 1000}k` : String(value);
}

function some<T extends object>(
  model: { [K in keyof T]: fc.Arbitrary<T[K]> },
  requiredKeys: (keyof T)[] = [],
): fc.Arbitrary<Partial<T>> {
  return fc.record(model, { requiredKeys: requiredKeys });
}

function unique<T extends { name: string }>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.uniqueArray(item, { minLength: 1, maxLength: 3, selector: ({ name }) => name });
}

function metadata(withLabels: boolean, namespaced = true): fc.Arbitrary<KubeObject['metadata']> {
  return fc.record(
    {
      name: word,
      generateName: word,
      ...(namespaced ? { namespace: word } : {}),
      uid: fc.uuid(),
      resourceVersion: fc.integer({ min: 1 }).map(String),
      creationTimestamp: timeOrNull,
      deletionTimestamp: time,
      ...(withLabels ? { labels } : {}),
      annotations: labels,
    },
    { requiredKeys: ['name', 'creationTimestamp'] },
  );
}

const httpGet = some({ path: anyText, port: intOrString, host: word }, ['path', 'port']);
const handler = fc.oneof(
  fc.record({ exec: fc.record({ command: fc.array(anyText, { minLength: 1, maxLength: 3 }) }) }),
  fc.record({ httpGet }),
  fc.record({ tcpSocket: fc.record({ port: intOrString }) }),
);
const probe = fc
  .tuple(
    handler,
    some({ initialDelaySeconds: fc.integer({ min: 1, max: 99 }), timeoutSeconds: fc.integer({ min: 1, max: 99 }) }, [
      'timeoutSeconds',
    ]),
  )
  .map(([action, numbers]) => ({ ...action, ...numbers }));
const truth = fc.constant(true);
const source = fc.oneof(
  fc.record({ hostPath: fc.record({ path: anyText }) }),
  fc.record({ emptyDir: some({ medium: fc.constant('Memory') }) }),
  fc.record({
    gcePersistentDisk: some(
      { pdName: word, fsType: word, partition: fc.integer({ min: 1, max: 9 }), readOnly: truth },
      ['pdName'],
    ),
  }),
  fc.record({ gitRepo: some({ repository: anyText, revision: anyText }, ['repository']) }),
  fc.record({ secret: fc.record({ secretName: word }) }),
  fc.record({ nfs: some({ server: word, path: anyText, readOnly: truth }, ['server', 'path']) }),
);
const volume = fc.tuple(word, source).map(([name, kind]) => ({ name, ...kind }));
const capabilities = some({
  add: fc.array(word, { minLength: 1, maxLength: 2 }),
  drop: fc.array(word, { minLength: 1, maxLength: 2 }),
}).filter((list) => Object.keys(list).length > 0);
const container = some(
  {
    name: word,
    image: word,
    command: fc.array(anyText, { minLength: 1, maxLength: 3 }),
    workingDir: anyText,
    ports: fc.array(
      some({ name: word, hostPort: port, containerPort: port, protocol: fc.constantFrom('TCP', 'UDP'), hostIP: word }, [
        'containerPort',
        'protocol',
      ]),
      { minLength: 1, maxLength: 2 },
    ),
    env: unique(some({ name: word, value: anyText }, ['name']) as fc.Arbitrary<{ name: string }>),
    resources: fc.oneof(fc.constant({}), fc.record({ limits: resources }), fc.record({ requests: resources })),
    volumeMounts: fc.array(some({ name: word, readOnly: truth, mountPath: anyText }, ['name', 'mountPath']), {
      minLength: 1,
      maxLength: 2,
    }),
    livenessProbe: probe,
    readinessProbe: probe,
    lifecycle: some({ postStart: handler, preStop: handler }),
    terminationMessagePath: anyText,
    imagePullPolicy: fc.constantFrom('Always', 'Never', 'IfNotPresent'),
    securityContext: some({ capabilities, privileged: truth }).filter((context) => Object.keys(context).length > 0),
  },
  ['name', 'image', 'resources', 'terminationMessagePath', 'imagePullPolicy'],
) as fc.Arbitrary<{ name: string }>;
const podSpec = some(
  {
    volumes: unique(volume),
    containers: unique(container),
    restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
    dnsPolicy: fc.constantFrom('ClusterFirst', 'Default'),
    nodeSelector: labels,
    nodeName: word,
  },
  ['containers', 'restartPolicy', 'dnsPolicy'],
);
const state = fc.oneof(
  fc.constant({}),
  fc.record({ waiting: some({ reason: anyText }) }),
  fc.record({ running: fc.record({ startedAt: timeOrNull }) }),
  fc.record({
    terminated: some(
      {
        exitCode: fc.nat(255),
        signal: fc.integer({ min: 1, max: 31 }),
        reason: anyText,
        message: anyText,
        startedAt: timeOrNull,
        finishedAt: timeOrNull,
        containerID: word,
      },
      ['exitCode', 'startedAt', 'finishedAt'],
    ),
  }),
);
const podStatus = some({
  phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
  conditions: fc.array(fc.record({ type: word, status: fc.constantFrom('True', 'False', 'Unknown') }), {
    minLength: 1,
    maxLength: 2,
  }),
  message: anyText,
  hostIP: word,
  containerStatuses: unique(
    some(
      {
        name: word,
        state,
        lastState: state,
        ready: fc.boolean(),
        restartCount: fc.nat(9),
        image: word,
        imageID: word,
        containerID: word,
      },
      ['name', 'state', 'lastState', 'ready', 'restartCount', 'image', 'imageID'],
    ) as fc.Arbitrary<{ name: string }>,
  ).map((list) => [...list].sort((a, b) => (a.name < b.name ? -1 : 1))),
});
const reference = some({
  kind: word,
  namespace: word,
  name: word,
  uid: word,
  apiVersion: word,
  resourceVersion: word,
  fieldPath: word,
});

const KINDS: Record<string, (version: LegacyVersion) => fc.Arbitrary<Record<string, unknown>>> = {
  Pod: () => fc.record({ metadata: metadata(true), spec: podSpec, status: podStatus }),
  ReplicationController: () =>
    fc.record({
      metadata: metadata(true),
      spec: some(
        {
          replicas: fc.nat(9),
          selector: labels,
          template: fc.record({
            metadata: some({ creationTimestamp: fc.constant(null), labels, annotations: labels }, [
              'creationTimestamp',
            ]),
            spec: podSpec,
          }),
        },
        ['replicas', 'template'],
      ),
      status: fc.record({ replicas: fc.nat(9) }),
    }),
  Service: () =>
    fc.record({
      metadata: metadata(true),
      spec: some(
        {
          ports: fc
            .record({ protocol: fc.constantFrom('TCP', 'UDP'), port, targetPort: intOrString })
            .map((one) => [one]),
          selector: labels,
          clusterIP: fc.constantFrom('None', '10.10.10.4'),
          type: fc.constant('LoadBalancer'),
          externalIPs: fc.constant(['1.2.3.4']),
          sessionAffinity: fc.constantFrom('None', 'ClientIP'),
        },
        ['ports', 'sessionAffinity'],
      ),
    }),
  Endpoints: () =>
    fc
      .record({
        metadata: metadata(false),
        subsets: fc.array(
          fc.record({
            addresses: fc.uniqueArray(some({ ip: fc.ipV4(), targetRef: reference }, ['ip']), {
              minLength: 1,
              maxLength: 2,
              selector: ({ ip }) => ip,
            }),
            ports: fc.array(some({ name: word, port, protocol: fc.constantFrom('TCP', 'UDP') }, ['port', 'protocol']), {
              minLength: 1,
              maxLength: 1,
            }),
          }),
          { maxLength: 1 },
        ),
      })
      .map(sortAddresses),
  Node: () =>
    fc.record({
      metadata: metadata(true, false),
      spec: some({ podCIDR: word, externalID: word, unschedulable: truth }),
      status: some(
        {
          capacity: resources,
          phase: word,
          conditions: fc.array(
            some(
              {
                type: word,
                status: fc.constantFrom('True', 'False', 'Unknown'),
                lastHeartbeatTime: timeOrNull,
                lastTransitionTime: timeOrNull,
                reason: anyText,
                message: anyText,
              },
              ['type', 'status', 'lastHeartbeatTime', 'lastTransitionTime'],
            ),
            { minLength: 1, maxLength: 2 },
          ),
          addresses: fc.array(fc.record({ type: fc.constantFrom('LegacyHostIP', 'Hostname'), address: word }), {
            minLength: 1,
            maxLength: 3,
          }),
          nodeInfo: some({
            machineID: word,
            systemUUID: word,
            bootID: word,
            kernelVersion: word,
            osImage: word,
            containerRuntimeVersion: word,
            kubeletVersion: word,
            kubeProxyVersion: word,
          }),
        },
        ['nodeInfo'],
      ),
    }),
  Event: () =>
    some(
      {
        metadata: metadata(false),
        involvedObject: reference,
        reason: anyText,
        message: anyText,
        source: some({ component: word, host: word }),
        firstTimestamp: time,
        lastTimestamp: time,
        count: fc.integer({ min: 1, max: 99 }),
      },
      ['metadata', 'involvedObject', 'source', 'firstTimestamp', 'lastTimestamp'],
    ),
  Namespace: () =>
    fc.record({
      metadata: metadata(true, false),
      spec: some({ finalizers: fc.array(word, { minLength: 1, maxLength: 2 }) }),
      status: some({ phase: fc.constantFrom('Active', 'Terminating') }),
    }),
  Secret: () =>
    some(
      {
        metadata: metadata(false),
        data: fc.dictionary(word, fc.base64String(), { minKeys: 1, maxKeys: 3 }),
        type: word,
      },
      ['metadata', 'type'],
    ),
  LimitRange: () =>
    fc.record({
      metadata: metadata(false),
      spec: fc.record({ limits: fc.array(some({ type: word, max: resources, min: resources }), { maxLength: 2 }) }),
    }),
  ResourceQuota: () =>
    fc.record({
      metadata: metadata(true),
      spec: some({ hard: resources }),
      status: some({ hard: resources, used: resources }),
    }),
  PersistentVolume: () =>
    fc.record({
      metadata: metadata(false, false),
      spec: some({
        capacity: resources,
        accessModes: fc.array(word, { minLength: 1, maxLength: 2 }),
        claimRef: reference,
        hostPath: fc.record({ path: anyText }),
      }),
      status: some({ phase: word }),
    }),
  PersistentVolumeClaim: () =>
    fc.record({
      metadata: metadata(false),
      spec: some(
        {
          accessModes: fc.array(word, { minLength: 1, maxLength: 2 }),
          resources: some({ limits: resources, requests: resources }),
          volumeName: word,
        },
        ['resources'],
      ),
      status: some({ phase: word, accessModes: fc.array(word, { minLength: 1, maxLength: 2 }), capacity: resources }),
    }),
  PodStatusResult: () => fc.record({ metadata: metadata(false), status: podStatus }),
  Binding: (version) =>
    fc.record({
      metadata: metadata(false),
      target: version === 'v1beta3' ? reference : fc.record({ kind: fc.constant('Node'), name: word }),
    }),
};

function sortAddresses(endpoints: Record<string, unknown>): Record<string, unknown> {
  const subsets = endpoints['subsets'] as { addresses: { ip: string }[] }[];
  return {
    ...endpoints,
    subsets: subsets.map((one) => ({ ...one, addresses: [...one.addresses].sort((a, b) => (a.ip < b.ip ? -1 : 1)) })),
  };
}

describe.each(VERSIONS)('%s', (version) => {
  test.each(Object.keys(KINDS))('%s comes back as it went', (kind) => {
    const conversion = LEGACY_VERSIONS[version].kind(kind)!;
    fc.assert(
      fc.property(KINDS[kind]!(version), (members) => {
        const object = { kind, apiVersion: 'v1', ...members } as unknown as KubeObject;
        const back = conversion.toInternal(
          JSON.parse(JSON.stringify(conversion.fromInternal(object))) as Record<string, unknown>,
        );
        expect(back).toEqual(object);
      }),
      { numRuns: 60 },
    );
  });

  test.each(Object.keys(KINDS))('%s sent back through it as it was changes nothing', (kind) => {
    const legacy = LEGACY_VERSIONS[version];
    const conversion = legacy.kind(kind)!;
    fc.assert(
      fc.property(KINDS[kind]!(version), fc.jsonValue(), (members, extra) => {
        const object = { kind, apiVersion: 'v1', ...members, somethingNewer: { extra } } as unknown as KubeObject;
        expect(
          deepEqual(
            legacy.mergeUnrepresentable(object, conversion.toInternal(conversion.fromInternal(object))),
            object,
          ),
        ).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
