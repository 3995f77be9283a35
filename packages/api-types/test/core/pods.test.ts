import { podQosClass, type Pod } from '../../src';
import { Definition } from './definitions';

const pods = new Definition('pods');
const container = { name: 'c', image: 'nginx:1.19' };
const pod = (spec: object = {}, metadata: object = {}): object => ({
  metadata: { name: 'p', namespace: 'default', ...metadata },
  spec: { containers: [container], ...spec },
});

describe('defaults', () => {
  test('annotations that were init containers once are not kept', () => {
    const annotations = { 'pod.beta.kubernetes.io/init-containers': '[]', a: 'b' };
    expect(pods.read(pod({}, { annotations })).metadata.annotations).toEqual({ a: 'b' });
  });

  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['host:5000/a/nginx', 'Always'],
    ['nginx:1.19', 'IfNotPresent'],
    [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
    ['Not An Image', 'IfNotPresent'],
  ])('the image %s is pulled %s', (image, policy) => {
    expect((pods.read(pod({ containers: [{ name: 'c', image }] })) as Pod).spec?.containers[0]?.imagePullPolicy).toBe(
      policy,
    );
  });

  test('are the same when applied again', () => {
    const once = pods.read(
      pod({
        hostNetwork: true,
        serviceAccount: 'a',
        volumes: [{ name: 'v' }, { name: 's', secret: { secretName: 's' } }, { name: 'i', iscsi: { iqn: 'i' } }],
        containers: [
          {
            ...container,
            ports: [{ containerPort: 80 }],
            env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            readinessProbe: { httpGet: { port: 80 } },
            resources: { limits: { cpu: '1', memory: '100u' } },
          },
        ],
      }),
    );
    expect(pods.read(once)).toEqual(once);
    expect((once as Pod).spec).toMatchObject({
      serviceAccountName: 'a',
      volumes: [{ emptyDir: {} }, { secret: { defaultMode: 420 } }, { iscsi: { iscsiInterface: 'default' } }],
      containers: [{ ports: [{ hostPort: 80, protocol: 'TCP' }], resources: { requests: { cpu: '1', memory: '1m' } } }],
    });
  });
});

describe('validation', () => {
  test('a plain pod is right', () => {
    expect(pods.createErrors(pod())).toEqual([]);
  });

  test.each<[string, object, string[]]>([
    ['no container', { containers: [] }, ['spec.containers: Required value']],
    [
      'a privileged container',
      { containers: [{ ...container, securityContext: { privileged: true } }] },
      ['spec.containers[0].securityContext.privileged: Forbidden: disallowed by cluster policy'],
    ],
    [
      'two sources',
      { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] },
      ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      'a mount without a volume',
      { containers: [{ ...container, volumeMounts: [{ name: 'x', mountPath: '/x' }] }] },
      ['spec.containers[0].volumeMounts[0].name: Not found: "x"'],
    ],
    [
      'a probe that needs several successes',
      { containers: [{ ...container, livenessProbe: { exec: { command: ['x'] }, successThreshold: 2 } }] },
      ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
    ],
    [
      'a probe of an init container',
      { initContainers: [{ name: 'i', image: 'i', readinessProbe: { exec: { command: ['x'] } } }] },
      [expect.stringMatching(/^spec\.initContainers\[0\]\.readinessProbe: .*must not be set for init containers$/)],
    ],
    [
      'more requested than allowed',
      { containers: [{ ...container, resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }] },
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit'],
    ],
    [
      'a bad affinity',
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
            },
          },
        },
      },
      [
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      ],
    ],
    [
      'bad dns settings',
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['x'] } },
      ['spec.dnsConfig.nameservers[0]: Invalid value: "x": must be valid IP address'],
    ],
    [
      'a host port twice',
      {
        containers: [
          {
            ...container,
            ports: [
              { containerPort: 1, hostPort: 5 },
              { containerPort: 2, hostPort: 5 },
            ],
          },
        ],
      },
      ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//5"'],
    ],
    [
      'a token without an account',
      { volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] },
      [
        'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
      ],
    ],
  ])('%s is refused', (_what, spec, errors) => {
    expect(pods.createErrors(pod(spec))).toEqual(errors);
  });

  test('the operator may allow privileged containers', () => {
    const spec = { containers: [{ ...container, securityContext: { privileged: true } }] };
    expect(new Definition('pods', true).createErrors(pod(spec))).toEqual([]);
  });
});

type ChangeableSpec = NonNullable<Pod['spec']>;

describe('updates', () => {
  const stored = pods.create(pod({ activeDeadlineSeconds: 10, tolerations: [{ key: 'a', operator: 'Exists' }] }));

  test.each<[string, (object: { spec: ChangeableSpec }) => unknown]>([
    ['another image', ({ spec }) => (spec.containers[0]!.image = 'x')],
    ['a shorter deadline', ({ spec }) => (spec.activeDeadlineSeconds = 5)],
    ['one more toleration', ({ spec }) => spec.tolerations!.push({ key: 'b', operator: 'Exists' })],
  ])('%s is fine', (_what, change) => {
    expect(pods.update(stored, change).errors).toEqual([]);
  });

  test.each<[string, (object: { spec: ChangeableSpec }) => unknown, RegExp]>([
    [
      'another command',
      ({ spec }) => (spec.containers[0]!.command = ['x']),
      /^spec: Forbidden: pod updates may not change fields/,
    ],
    ['another node', ({ spec }) => (spec.nodeName = 'n'), /changed: spec\.nodeName/],
    [
      'one more container',
      ({ spec }) => spec.containers.push({ name: 'd', image: 'd' }),
      /^spec\.containers: Forbidden: pod updates may not add or remove containers$/,
    ],
    [
      'a longer deadline',
      ({ spec }) => (spec.activeDeadlineSeconds = 20),
      /must be less than or equal to previous value$/,
    ],
    [
      'no deadline',
      ({ spec }) => delete spec.activeDeadlineSeconds,
      /must not update from a positive integer to nil value$/,
    ],
    ['no toleration', ({ spec }) => delete spec.tolerations, /existing toleration can not be modified/],
  ])('%s is refused', (_what, change, text) => {
    expect(pods.update(stored, change).errors).toEqual([expect.stringMatching(text)]);
  });

  test('do not touch the status; the status does not touch the spec', () => {
    const { object } = pods.update(stored, (changed) => (changed.status = { phase: 'Running' }));
    expect((object as Pod).status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
    const subresource = pods.definition.subresources.find(({ name }) => name === 'status');
    const written = pods.read({
      ...stored,
      spec: { containers: [] },
      status: { phase: 'Running', podIP: '1.2.3.4' },
    }) as Pod;
    subresource?.update?.prepare(written, stored);
    expect(written.spec).toEqual((stored as Pod).spec);
    expect(written.status).toEqual({ phase: 'Running', podIP: '1.2.3.4', podIPs: [{ ip: '1.2.3.4' }] });
  });
});

test('a pod that runs nowhere is not waited for', () => {
  const grace = pods.definition.strategy.gracePeriodSeconds;
  expect(grace?.(pods.create(pod()), 5)).toBe(0);
  expect(grace?.(pods.create(pod({ nodeName: 'n' })), undefined)).toBe(30);
  expect(grace?.(pods.create(pod({ nodeName: 'n' })), 5)).toBe(5);
});

test.each([
  [{}, 'BestEffort'],
  [{ requests: { cpu: '1' } }, 'Burstable'],
  [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } }, 'Burstable'],
])('resources %j make a pod %s', (resources, qos) => {
  expect(podQosClass({ containers: [{ ...container, resources }] })).toBe(qos);
});

test('selectable fields', () => {
  const fields = pods.definition.selectableFields;
  const bound = pods.read({ ...pod({ nodeName: 'n1' }), status: { podIP: '1.2.3.4' } });
  expect(fields['spec.nodeName']?.(bound)).toBe('n1');
  expect(fields['status.podIP']?.(bound)).toBe('1.2.3.4');
  expect(fields['status.phase']?.(bound)).toBe('');
  expect(fields['status.podIPs']?.(bound)).toBe('');
});
