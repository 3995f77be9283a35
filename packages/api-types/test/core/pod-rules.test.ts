/** Rules of pods as a whole, and of their changes: name -> value -> causes. */
import type { Pod } from '../../src';
import { type Change, Definition } from './definitions';

const pods = new Definition('pods');
const containers = [{ name: 'c', image: 'c' }];

function errorsOf(spec: object, metadata: object = {}): string[] {
  return pods.createErrors({
    metadata: { name: 'p', namespace: 'default', ...metadata },
    spec: { containers, ...spec },
  });
}

test.each<[string, object, string[]]>([
  [
    'a restart policy',
    { restartPolicy: 'x' },
    ['restartPolicy: Unsupported value: "x": supported values: "Always", "OnFailure", "Never"'],
  ],
  [
    'a dns policy',
    { dnsPolicy: 'x' },
    [
      'dnsPolicy: Unsupported value: "x": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
    ],
  ],
  [
    'no server of names',
    { dnsPolicy: 'None', dnsConfig: {} },
    ['dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None'],
  ],
  [
    'too many servers of names',
    { dnsConfig: { nameservers: ['1.1.1.1', '1.1.1.1', '1.1.1.1', '1.1.1.1'] } },
    [
      'dnsConfig.nameservers: Invalid value: []string{"1.1.1.1", "1.1.1.1", "1.1.1.1", "1.1.1.1"}: must not have more than 3 nameservers',
    ],
  ],
  [
    'an option without a name',
    { dnsConfig: { options: [{ value: '1' }] } },
    ['dnsConfig.options[0]: Required value: must not be empty'],
  ],
  [
    'no deadline',
    { activeDeadlineSeconds: 0 },
    ['activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
  ],
  [
    'an alias',
    { hostAliases: [{ ip: 'x', hostnames: ['a_b'] }] },
    [
      'hostAliases.ip: Invalid value: "x": must be valid IP address',
      expect.stringMatching(/^hostAliases\.hostnames: Invalid value: "a_b": a lowercase RFC 1123 subdomain must/),
    ],
  ],
  [
    'a host name',
    { hostname: 'A' },
    [expect.stringMatching(/^hostname: Invalid value: "A": a lowercase RFC 1123 label must/)],
  ],
  [
    'a gate',
    { readinessGates: [{ conditionType: 'a b' }] },
    [expect.stringMatching(/^readinessGates\[0\]\.conditionType: Invalid value: "a b": name part must consist of/)],
  ],
  [
    'a toleration',
    { tolerations: [{ operator: 'Equal', value: 'x' }] },
    [
      'tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
  ],
  [
    'a toleration of all for a value',
    { tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] },
    [
      'tolerations[0].operator: Invalid value: core.Toleration{Key:"a", Operator:"Exists", Value:"x", Effect:"", TolerationSeconds:(*int64)(nil)}: value must be empty when `operator` is \'Exists\'',
    ],
  ],
  [
    'a time of no eviction',
    { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }] },
    [
      'tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
    ],
  ],
  [
    'a spread',
    { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'x' }] },
    [
      'topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
      'topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
      'topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "x": supported values: "DoNotSchedule", "ScheduleAnyway"',
    ],
  ],
  [
    'a weight',
    {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 101, preference: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
          ],
        },
      },
    },
    [
      'affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100',
    ],
  ],
  [
    'no topology',
    {
      affinity: {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {}, topologyKey: '' }] },
      },
    },
    [
      'affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
      expect.stringMatching(
        /^affinity\.podAffinity\.requiredDuringSchedulingIgnoredDuringExecution\[0\]\.topologyKey: Invalid value: "": name part must be non-empty/,
      ),
      expect.stringMatching(/topologyKey: Invalid value: "": name part must consist of/),
    ],
  ],
  [
    'an amount of host processes',
    { hostNetwork: true, containers: [{ name: 'c', image: 'c', ports: [{ containerPort: 80, hostPort: 81 }] }] },
    ['containers[0].ports[0].containerPort: Invalid value: 80: must match `hostPort` when `hostNetwork` is true'],
  ],
  [
    'one process space and that of the host',
    { hostPID: true, shareProcessNamespace: true },
    [
      'securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
    ],
  ],
  ['a system', { os: { name: 'x' } }, ['os: Unsupported value: "x": supported values: "linux", "windows"']],
  [
    'gates and a node',
    { schedulingGates: [{ name: 'a' }], nodeName: 'n' },
    ['nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
  ],
  ['a gate twice', { schedulingGates: [{ name: 'a' }, { name: 'a' }] }, ['schedulingGates[1]: Duplicate value: "a"']],
  [
    'a setting of the kernel',
    { securityContext: { sysctls: [{ name: 'a b', value: '1' }] } },
    [
      expect.stringMatching(
        /^securityContext\.sysctls\[0\]\.name: Invalid value: "a b": must have at most 253 characters and match regex/,
      ),
    ],
  ],
  [
    'a setting twice',
    {
      securityContext: {
        sysctls: [
          { name: 'a', value: '1' },
          { name: 'a', value: '1' },
        ],
      },
    },
    ['securityContext.sysctls[1].name: Duplicate value: "a"'],
  ],
  [
    'a group',
    { securityContext: { fsGroup: -1 } },
    ['securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive'],
  ],
  [
    'a group policy',
    { securityContext: { fsGroupChangePolicy: 'x' } },
    ['securityContext.fsGroupChangePolicy: Unsupported value: "x": supported values: "Always", "OnRootMismatch"'],
  ],
  [
    'an init container that is restarted oddly',
    { initContainers: [{ name: 'i', image: 'i', restartPolicy: 'x' }] },
    ['initContainers[0].restartPolicy: Unsupported value: "x": supported values: "Always", "Never", "OnFailure"'],
  ],
  [
    'an ephemeral container',
    { ephemeralContainers: [{ name: 'e', image: 'e' }] },
    ['ephemeralContainers: Forbidden: cannot be set on create'],
  ],
  [
    'preemption',
    { preemptionPolicy: 'x' },
    ['preemptionPolicy: Unsupported value: "x": supported values: "PreemptLowerPriority", "Never"'],
  ],
  [
    'a class',
    { runtimeClassName: 'A' },
    [expect.stringMatching(/^runtimeClassName: Invalid value: "A": a lowercase RFC 1123 subdomain must/)],
  ],
  [
    'a name for a node',
    { nodeSelector: { a: 'b c' } },
    [expect.stringMatching(/^nodeSelector: Invalid value: "b c": a valid label must be an empty string or consist of/)],
  ],
])('%s is refused', (_, spec, errors) => {
  expect(errorsOf(spec).map((error) => error.replace(/^spec\./, ''))).toEqual(errors);
});

test('an init container may be a sidecar, with probes', () => {
  const probe = { exec: { command: ['x'] } };
  const initContainers = [
    { name: 's', image: 's', restartPolicy: 'Always', startupProbe: probe, lifecycle: { preStop: probe } },
  ];
  expect(errorsOf({ initContainers })).toEqual([]);
});

test.each<[string, object, string[]]>([
  [
    'a label',
    { labels: { 'a b': 'c' } },
    [expect.stringMatching(/^metadata\.labels: Invalid value: "a b": name part must consist of/)],
  ],
  [
    'many bytes of annotations',
    { annotations: { a: 'x'.repeat(256 * 1024) } },
    ['metadata.annotations: Too long: must have at most 262144 bytes'],
  ],
  [
    'an owner',
    { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: '', uid: '' }] },
    [
      'metadata.ownerReferences.name: Invalid value: "": name must not be empty',
      'metadata.ownerReferences.uid: Invalid value: "": uid must not be empty',
      'metadata.ownerReferences: Invalid value: v1.OwnerReference{APIVersion:"v1", Kind:"Event", Name:"", UID:"", Controller:(*bool)(nil), BlockOwnerDeletion:(*bool)(nil)}: /v1, Kind=Event is disallowed from being an owner',
    ],
  ],
  [
    'two finalizers of garbage',
    { finalizers: ['orphan', 'foregroundDeletion'] },
    [
      expect.stringMatching(
        /^metadata\.finalizers: Invalid value: .*: finalizer orphan and foregroundDeletion cannot be both set$/,
      ),
    ],
  ],
  ['no name', { name: '' }, ['metadata.name: Required value: name or generateName is required']],
])('metadata with %s are refused', (_, metadata, errors) => {
  expect(errorsOf({}, metadata)).toEqual(errors);
});

describe('a change of', () => {
  const stored = pods.create({
    metadata: { name: 'p', namespace: 'default' },
    spec: {
      containers,
      schedulingGates: [{ name: 'a' }, { name: 'b' }],
      nodeSelector: { x: 'y' },
      terminationGracePeriodSeconds: -1,
    },
  });

  test.each<[string, (spec: Change) => unknown]>([
    ['one gate less', (spec) => (spec.schedulingGates.length = 1)],
    ['a narrower choice of nodes while gated', (spec) => (spec.nodeSelector = { x: 'y', z: '1' })],
    [
      'a node affinity while gated',
      (spec) =>
        (spec.affinity = {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
            },
          },
        }),
    ],
    ['the shortest grace for a negative one', (spec) => (spec.terminationGracePeriodSeconds = 1)],
  ])('%s is fine', (_, change) => {
    expect(pods.update(stored, ({ spec }: Change) => change(spec)).errors).toEqual([]);
  });

  test.each<[string, (spec: Change) => unknown, string]>([
    [
      'one gate more',
      (spec) => (spec.schedulingGates[2] = { name: 'c' }),
      'only deletion is allowed, but found new scheduling gate',
    ],
    [
      'a wider choice of nodes',
      (spec) => delete spec.nodeSelector,
      'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ],
    [
      'another grace',
      (spec) => (spec.terminationGracePeriodSeconds = 5),
      'pod updates may not change fields other than',
    ],
    ['another host name', (spec) => (spec.hostname = 'x'), 'pod updates may not change fields other than'],
  ])('%s is refused', (_, change, text) => {
    const { errors } = pods.update(stored, ({ spec }: Change) => change(spec));
    expect(errors).toEqual([expect.stringContaining(text)]);
  });
});

describe('a status', () => {
  const stored: Pod = pods.create({
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers, restartPolicy: 'Never' },
  });
  const ended = {
    ...stored,
    status: {
      phase: 'Failed',
      containerStatuses: [
        { name: 'c', ready: false, restartCount: 0, image: 'c', imageID: '', state: { terminated: { exitCode: 1 } } },
      ],
    },
  } as Pod;

  test.each<[string, Pod, object, string[]]>([
    [
      'of a container that runs again',
      ended,
      { containerStatuses: [{ name: 'c', state: { running: {} } }] },
      ['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state'],
    ],
    [
      'with an odd condition',
      stored,
      { conditions: [{ type: 'a b', status: 'True' }] },
      [expect.stringMatching(/^metadata\.conditions\[0\]\.Type: Invalid value: "a b": name part must consist of/)],
    ],
    [
      'with addresses twice',
      stored,
      { podIP: '1.1.1.1', podIPs: [{ ip: '1.1.1.1' }, { ip: '1.1.1.1' }] },
      [
        expect.stringContaining('may specify no more than one IP for each IP family'),
        'status.podIPs[1]: Duplicate value: core.PodIP{IP:"1.1.1.1"}',
      ],
    ],
  ])('%s is refused', (_, pod, status, errors) => {
    expect(pods.updateStatus(pod, status)).toEqual(errors);
  });
});
