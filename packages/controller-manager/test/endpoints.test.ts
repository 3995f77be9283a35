import { StatusError, type Endpoints, type Pod, type Service } from '@kubernetes-mesos/api-types';
import { ENDPOINTS, PODS, SERVICES } from '@kubernetes-mesos/client';
import fc from 'fast-check';
import { decideEndpoints } from '../src/endpoints/decide';
import { EndpointsController } from '../src/endpoints/reconcile';
import { packSubsets, type EndpointEntry } from '../src/endpoints/subsets';
import { Harness, pod, readyStatus } from './support';

const SINCE = '2024-01-01T00:00:00Z';

function service(ports: NonNullable<Service['spec']>['ports'], more: Service['spec'] = {}): Service {
  return {
    metadata: { name: 'web', namespace: 'default', uid: 's', labels: { tier: 'front' } },
    spec: { selector: { app: 'web' }, ...(ports === undefined ? {} : { ports }), ...more },
  };
}

function mapped(name: string, hostIP: string, annotations: Record<string, string>, ready = true): Pod {
  return pod(name, {
    metadata: { name, namespace: 'default', uid: name, labels: { app: 'web' }, annotations },
    spec: { nodeName: `node-${hostIP}`, containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 80 }] }] },
    status: ready ? readyStatus(SINCE, { hostIP, podIP: `172.17.0.${name.length}` }) : { hostIP, phase: 'Running' },
  });
}

function endpointsOf(
  subject: Service,
  pods: readonly Pod[],
  hostPorts = true,
  current?: Endpoints,
): Endpoints | 'keep' {
  const plan = decideEndpoints(subject, pods, current, { hostPorts });
  return plan.kind === 'keep' ? 'keep' : plan.endpoints;
}

const port80 = { 'k8s.mesosphere.io/port_TCP_80': '31000', 'k8s.mesosphere.io/portName_TCP_http': '31000' };

describe('host ports', () => {
  test('the address is the host, the port what the scheduler wrote down', () => {
    const endpoints = endpointsOf(service([{ port: 8080, targetPort: 80 }]), [mapped('a', '10.0.0.1', port80)]);
    expect(endpoints).toEqual({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        name: 'web',
        namespace: 'default',
        labels: { tier: 'front' },
        annotations: { 'k8s.mesosphere.io/containerPort_TCP_10.0.0.1_31000': '80' },
      },
      subsets: [
        {
          addresses: [
            {
              ip: '10.0.0.1',
              nodeName: 'node-10.0.0.1',
              targetRef: { kind: 'Pod', namespace: 'default', name: 'a', uid: 'a' },
            },
          ],
          ports: [{ port: 31000, protocol: 'TCP' }],
        },
      ],
    });
  });

  test.each([
    ['a name, through its annotation', { port: 1, targetPort: 'http' }, port80, 31000],
    [
      'a name, through its number',
      { port: 1, targetPort: 'http' },
      { 'k8s.mesosphere.io/port_TCP_80': '31005' },
      31005,
    ],
    ['no target: the first mapped port', { port: 1 }, port80, 31000],
    ['no target and no mapping: the port of the service', { port: 7 }, {}, 7],
    ['a number that is not mapped: left out', { port: 1, targetPort: 80 }, {}, undefined],
    ['another protocol: left out', { port: 1, targetPort: 80, protocol: 'UDP' }, port80, undefined],
    [
      'nonsense in the annotation',
      { port: 1, targetPort: 80 },
      { 'k8s.mesosphere.io/port_TCP_80': '99999' },
      undefined,
    ],
  ])('%s', (_name, port, annotations, expected) => {
    const endpoints = endpointsOf(service([port]), [mapped('a', '10.0.0.1', annotations)]);
    expect((endpoints as Endpoints).subsets?.[0]?.ports?.[0]?.port).toBe(expected);
  });

  test('a host port of the manifest, or the network of the host', () => {
    const fixed = mapped('a', '10.0.0.1', {});
    fixed.spec = { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 8000 }] }] };
    const hostNetwork = mapped('b', '10.0.0.2', {});
    hostNetwork.spec = { hostNetwork: true, containers: [{ name: 'c' }] };
    const endpoints = endpointsOf(service([{ port: 1, targetPort: 80 }]), [fixed, hostNetwork]) as Endpoints;
    expect(endpoints.subsets?.map(({ addresses, ports }) => [addresses?.[0]?.ip, ports?.[0]?.port])).toEqual([
      ['10.0.0.2', 80],
      ['10.0.0.1', 8000],
    ]);
  });

  test('what is not ready is listed apart, what has ended or has no host not at all', () => {
    const done = mapped('done', '10.0.0.3', port80);
    done.status = { ...done.status, phase: 'Failed' };
    const pods = [mapped('a', '10.0.0.1', port80, false), done, mapped('nowhere', '', port80)];
    const endpoints = endpointsOf(service([{ port: 1, targetPort: 80 }]), pods) as Endpoints;
    expect(endpoints.subsets).toMatchObject([{ notReadyAddresses: [{ ip: '10.0.0.1' }], ports: [{ port: 31000 }] }]);
    expect(endpoints.subsets?.[0]).not.toHaveProperty('addresses');
    const tolerant = service([{ port: 1, targetPort: 80 }], { publishNotReadyAddresses: true });
    expect((endpointsOf(tolerant, pods) as Endpoints).subsets?.[0]?.addresses).toHaveLength(1);
  });

  test('annotations of others stay, ours go with their address; equal endpoints are kept', () => {
    const subject = service([{ port: 1, targetPort: 80 }]);
    const current = endpointsOf(subject, [mapped('a', '10.0.0.1', port80)]) as Endpoints;
    expect(endpointsOf(subject, [mapped('a', '10.0.0.1', port80)], true, current)).toBe('keep');
    current.metadata.annotations = { ...current.metadata.annotations, mine: 'x' };
    const next = endpointsOf(subject, [mapped('b', '10.0.0.2', port80)], true, current) as Endpoints;
    expect(next.metadata.annotations).toEqual({
      mine: 'x',
      'k8s.mesosphere.io/containerPort_TCP_10.0.0.2_31000': '80',
    });
  });
});

test('without host ports: podIP and containerPort', () => {
  const subject = service([
    { name: 'web', port: 8080, targetPort: 'http' },
    { name: 'admin', port: 9000, targetPort: 9001 },
  ]);
  const endpoints = endpointsOf(subject, [mapped('a', '10.0.0.1', port80)], false) as Endpoints;
  expect(endpoints.subsets).toMatchObject([
    {
      addresses: [{ ip: '172.17.0.1' }],
      ports: [
        { name: 'admin', port: 9001 },
        { name: 'web', port: 80 },
      ],
    },
  ]);
  expect(endpoints.metadata).not.toHaveProperty('annotations');
});

describe('packing', () => {
  const entry = fc.record({
    ip: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'),
    uid: fc.constantFrom('a', 'b'),
    port: fc.constantFrom(80, 443, 8080),
    ready: fc.boolean(),
  });
  const built = ({
    ip,
    uid,
    port,
    ready,
  }: {
    ip: string;
    uid: string;
    port: number;
    ready: boolean;
  }): EndpointEntry => ({
    address: { ip, targetRef: { uid } },
    port: { port, protocol: 'TCP' },
    ready,
  });

  test('the order of what comes in does not matter, and nothing is lost or made up', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const subsets = packSubsets(entries.map(built));
        expect(packSubsets([...entries].reverse().map(built))).toEqual(subsets);
        const unpacked = subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) =>
          ports.flatMap(({ port }) => [
            ...addresses.map(({ ip, targetRef }) => `${ip} ${targetRef?.uid} ${port} true`),
            ...notReadyAddresses.map(({ ip, targetRef }) => `${ip} ${targetRef?.uid} ${port} false`),
          ]),
        );
        const expected = new Set(entries.map(({ ip, uid, port, ready }) => `${ip} ${uid} ${port} ${ready}`));
        expect(unpacked.sort()).toEqual([...expected].sort());
        expect(new Set(subsets.map(({ ports }) => JSON.stringify(ports))).size).toBe(subsets.length);
      }),
    );
  });
});

describe('the loop', () => {
  let harness: Harness;
  const controller = () =>
    new EndpointsController({
      client: harness.api,
      informers: harness.informers,
      recorder: harness.recorder,
      clock: harness.clock,
      hostPorts: true,
      concurrency: 2,
    });
  const subsets = () =>
    harness.api.all(ENDPOINTS).map(({ metadata, subsets: all = [] }) => [metadata.name, all.length]);

  beforeEach(() => {
    harness = new Harness();
  });
  afterEach(async () => {
    await harness.stop();
    expect(harness.errors).toEqual([]);
  });

  test('follows pods and services', async () => {
    await harness.api.create(SERVICES, service([{ port: 1, targetPort: 80 }]));
    await harness.start(controller());
    expect(subsets()).toEqual([['web', 0]]);
    await harness.api.create(PODS, mapped('a', '10.0.0.1', port80));
    await harness.settle();
    expect(subsets()).toEqual([['web', 1]]);
    // Somebody tampers with it.
    const [current] = harness.api.all(ENDPOINTS);
    await harness.api.update(ENDPOINTS, { ...current!, subsets: [] });
    await harness.settle();
    expect(subsets()).toEqual([['web', 1]]);
    const [running] = harness.api.all(PODS);
    const writes = harness.count('update', ENDPOINTS);
    await harness.api.updateStatus(PODS, { ...running!, status: { ...running!.status, startTime: SINCE } });
    await harness.settle();
    expect(harness.count('update', ENDPOINTS)).toBe(writes);
    await harness.api.delete(PODS, { namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 });
    await harness.settle();
    expect(subsets()).toEqual([['web', 0]]);
    await harness.api.delete(SERVICES, { namespace: 'default', name: 'web' });
    await harness.settle();
    expect(subsets()).toEqual([]);
  });

  test('addresses that the API refuses are told of on the service', async () => {
    const refusal = 'Endpoints "web" is invalid: subsets[0].addresses[0].ip: may not be in the loopback range';
    await harness.api.create(SERVICES, service([{ port: 1, targetPort: 80 }]));
    jest.spyOn(harness.api, 'create').mockRejectedValueOnce(
      new StatusError({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        reason: 'Invalid',
        message: refusal,
        code: 422,
      }),
    );
    await harness.start(controller());
    expect(harness.events).toEqual([`web Warning FailedToCreateEndpoint: ${refusal}`]);
  });

  test('endpoints without a selector or a service are left alone, but for what a service left behind', async () => {
    await harness.api.create(SERVICES, { metadata: { name: 'external', namespace: 'default' }, spec: { ports: [] } });
    await harness.api.create(ENDPOINTS, { metadata: { name: 'external', namespace: 'default' } });
    await harness.api.create(ENDPOINTS, { metadata: { name: 'left-behind', namespace: 'default' } });
    const annotations = { 'control-plane.alpha.kubernetes.io/leader': '{}' };
    await harness.api.create(ENDPOINTS, { metadata: { name: 'lock', namespace: 'default', annotations } });
    await harness.start(controller());
    await harness.advance(299_000);
    expect(subsets()).toHaveLength(3);
    await harness.advance(1000);
    expect(subsets().map(([name]) => name)).toEqual(['external', 'lock']);
  });
});
