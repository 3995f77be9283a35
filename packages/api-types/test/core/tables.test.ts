/** What `kubectl get` shows: name -> object -> cells. */
import { Definition } from './definitions';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const AGO_5_MINUTES = '2026-01-01T00:55:00Z';
const AGO_1_MINUTE = '2026-01-01T00:59:00Z';

describe('pods', () => {
  const pods = new Definition('pods');
  const main = { name: 'c', image: 'c' };
  const first = { name: 'i', image: 'i' };
  const sidecar = { name: 's', image: 's', restartPolicy: 'Always' };
  const running = { state: { running: {} }, ready: true, started: true };
  const waiting = (reason: string): object => ({ state: { waiting: { reason } } });
  const ended = (exitCode: number, more: object = {}): object => ({ state: { terminated: { exitCode, ...more } } });
  const of = (name: string, status: object, restartCount = 0): object => ({ name, restartCount, ...status });

  test.each<[string, object, object, object, [string, string, number]]>([
    ['nothing known', {}, {}, {}, ['0/1', '', 0]],
    ['a phase', {}, { phase: 'Pending' }, {}, ['0/1', 'Pending', 0]],
    ['a reason', {}, { phase: 'Failed', reason: 'Evicted' }, {}, ['0/1', 'Evicted', 0]],
    [
      'gates',
      {},
      { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
      {},
      ['0/1', 'SchedulingGated', 0],
    ],
    ['running', {}, { phase: 'Running', containerStatuses: [of('c', running, 2)] }, {}, ['1/1', 'Running', 2]],
    [
      'the first of two that fail',
      { containers: [main, { name: 'd', image: 'd' }] },
      {
        phase: 'Running',
        containerStatuses: [of('c', waiting('CrashLoopBackOff'), 1), of('d', ended(1, { reason: 'Error' }), 2)],
      },
      {},
      ['0/2', 'CrashLoopBackOff', 3],
    ],
    ['a code', {}, { phase: 'Failed', containerStatuses: [of('c', ended(3))] }, {}, ['0/1', 'ExitCode:3', 0]],
    [
      'a signal',
      {},
      { phase: 'Failed', containerStatuses: [of('c', ended(137, { signal: 9 }))] },
      {},
      ['0/1', 'Signal:9', 0],
    ],
    [
      'one done, one running',
      { containers: [main, { name: 'd', image: 'd' }] },
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [of('c', ended(0, { reason: 'Completed' })), of('d', running)],
      },
      {},
      ['1/2', 'Running', 0],
    ],
    [
      'one done, one running, not ready',
      { containers: [main, { name: 'd', image: 'd' }] },
      { phase: 'Running', containerStatuses: [of('c', ended(0, { reason: 'Completed' })), of('d', running)] },
      {},
      ['1/2', 'NotReady', 0],
    ],
    [
      'the second init container',
      { initContainers: [first, { name: 'j', image: 'j' }] },
      { phase: 'Pending', initContainerStatuses: [of('i', ended(0), 1), of('j', waiting('PodInitializing'), 2)] },
      {},
      ['0/1', 'Init:1/2', 3],
    ],
    [
      'an init container that fails',
      { initContainers: [first] },
      { phase: 'Pending', initContainerStatuses: [of('i', ended(2), 4)] },
      {},
      ['0/1', 'Init:ExitCode:2', 4],
    ],
    [
      'an init container that waits',
      { initContainers: [first] },
      { phase: 'Pending', initContainerStatuses: [of('i', waiting('ErrImagePull'))] },
      {},
      ['0/1', 'Init:ErrImagePull', 0],
    ],
    [
      'a sidecar runs, an init container does not yet',
      { initContainers: [sidecar, first] },
      { phase: 'Pending', initContainerStatuses: [of('s', running, 2), of('i', waiting('PodInitializing'), 1)] },
      {},
      ['1/2', 'Init:1/2', 3],
    ],
    [
      'a sidecar beside the container: its restarts count, those of init containers no more',
      { initContainers: [sidecar, first] },
      {
        phase: 'Running',
        initContainerStatuses: [of('s', running, 2), of('i', ended(0), 5)],
        containerStatuses: [of('c', running, 1)],
      },
      {},
      ['2/2', 'Running', 3],
    ],
    [
      'a sidecar that fails later does not make the pod start again',
      { initContainers: [sidecar] },
      {
        phase: 'Running',
        conditions: [{ type: 'Initialized', status: 'True' }],
        initContainerStatuses: [of('s', waiting('CrashLoopBackOff'), 4)],
        containerStatuses: [of('c', running)],
      },
      {},
      ['1/2', 'Init:CrashLoopBackOff', 4],
    ],
    ['deleted', {}, { phase: 'Running' }, { deletionTimestamp: AGO_1_MINUTE }, ['0/1', 'Terminating', 0]],
    [
      'deleted with its node',
      {},
      { phase: 'Running', reason: 'NodeLost' },
      { deletionTimestamp: AGO_1_MINUTE },
      ['0/1', 'Unknown', 0],
    ],
  ])('%s', (_, spec, status, metadata, expected) => {
    const cells = pods.cells({ metadata: { name: 'p', ...metadata }, spec: { containers: [main], ...spec }, status });
    expect(cells.slice(1, 4)).toEqual(expected);
  });

  test('wide', () => {
    const cells = pods.cells(
      {
        metadata: { name: 'p', creationTimestamp: AGO_5_MINUTES },
        spec: { containers: [main], nodeName: 'n', readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
        status: { podIP: '1.2.3.4', nominatedNodeName: 'm', conditions: [{ type: 'b', status: 'True' }] },
      },
      NOW,
    );
    expect(cells.slice(4)).toEqual(['5m', '1.2.3.4', 'n', 'm', '1/2']);
  });
});

test.each<[string, object, unknown[]]>([
  [
    'an old one',
    {
      type: 'Normal',
      reason: 'Started',
      message: ' it runs \n',
      source: { component: 'kubelet', host: 'n1' },
      firstTimestamp: AGO_5_MINUTES,
      lastTimestamp: AGO_1_MINUTE,
      count: 3,
      involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{c}' },
    },
    ['60s', 'Normal', 'Started', 'pod/p', 'spec.containers{c}', 'kubelet, n1', 'it runs', '5m', 3, 'e'],
  ],
  [
    'a new one',
    { eventTime: '2026-01-01T00:55:00.000000Z', reportingComponent: 'x', involvedObject: { kind: 'Node' } },
    ['5m', '', '', 'node', '', 'x', '', '5m', 1, 'e'],
  ],
  [
    'a series',
    {
      eventTime: '2026-01-01T00:55:00.000000Z',
      series: { count: 7, lastObservedTime: '2026-01-01T00:59:00.000000Z' },
    },
    ['60s', '', '', '', '', '', '', '5m', 7, 'e'],
  ],
  ['one without a time', {}, ['<unknown>', '', '', '', '', '', '', '<unknown>', 1, 'e']],
])('events: %s', (_, event, expected) => {
  expect(new Definition('events').cells({ metadata: { name: 'e' }, ...event }, NOW)).toEqual(expected);
});

test.each<[string, object, object, string[]]>([
  ['an address inside', { clusterIP: '10.0.0.1' }, {}, ['ClusterIP', '10.0.0.1', '<none>']],
  ['none', { clusterIP: 'None' }, {}, ['ClusterIP', 'None', '<none>']],
  [
    'addresses outside',
    { type: 'NodePort', externalIPs: ['1.1.1.1', '2.2.2.2'] },
    {},
    ['NodePort', '<none>', '1.1.1.1,2.2.2.2'],
  ],
  ['a balancer to come', { type: 'LoadBalancer' }, {}, ['LoadBalancer', '<none>', '<pending>']],
  [
    'a balancer',
    { type: 'LoadBalancer', externalIPs: ['3.3.3.3'] },
    { loadBalancer: { ingress: [{ ip: '2.2.2.2' }, { hostname: 'b' }] } },
    ['LoadBalancer', '<none>', '2.2.2.2,b,3.3.3.3'],
  ],
  ['a name', { type: 'ExternalName', externalName: 'a.b' }, {}, ['ExternalName', '<none>', 'a.b']],
])('services: %s', (_, spec, status, expected) => {
  expect(new Definition('services').cells({ metadata: { name: 's' }, spec, status }).slice(1, 4)).toEqual(expected);
});

test.each<[string, object, object, object, string[]]>([
  ['unknown', {}, {}, {}, ['Unknown', '<none>']],
  [
    'ready, of two roles',
    {},
    { conditions: [{ type: 'Ready', status: 'True' }] },
    { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '', 'kubernetes.io/role': 'x' },
    ['Ready', 'control-plane,worker,x'],
  ],
  [
    'cordoned',
    { unschedulable: true },
    { conditions: [{ type: 'Ready', status: 'False' }] },
    {},
    ['NotReady,SchedulingDisabled', '<none>'],
  ],
])('nodes: %s', (_, spec, status, labels, expected) => {
  expect(new Definition('nodes').cells({ metadata: { name: 'n', labels }, spec, status }).slice(1, 3)).toEqual(
    expected,
  );
});
