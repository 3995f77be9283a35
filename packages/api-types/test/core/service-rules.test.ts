/** Services: name -> value -> causes. */
import type { Service } from '../../src';
import { Definition } from './definitions';

const services = new Definition('services');
const ports = [{ port: 80 }];
const meta = { name: 's', namespace: 'default' };

test.each<[string, object, object]>([
  ['what one family has', { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }, {}],
  ['two families where they are', { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' }, {}],
  [
    'node ports of a balancer',
    { type: 'LoadBalancer', allocateLoadBalancerNodePorts: true },
    { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' },
  ],
  [
    'none of a balancer',
    { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, loadBalancerClass: 'a.b/c' },
    {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Cluster',
      allocateLoadBalancerNodePorts: false,
      loadBalancerClass: 'a.b/c',
    },
  ],
  [
    'traffic inside',
    { internalTrafficPolicy: 'Local', trafficDistribution: 'PreferSameZone' },
    { internalTrafficPolicy: 'Local', trafficDistribution: 'PreferSameZone' },
  ],
  [
    'affinity',
    { sessionAffinity: 'ClientIP' },
    { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } },
  ],
  ['an address', { clusterIP: '10.0.0.1' }, { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] }],
])('%s is right', (_, spec, stored) => {
  const sent = { metadata: meta, spec: { ports, ...spec } };
  expect(services.createErrors(sent)).toEqual([]);
  expect((services.create(sent) as Service).spec).toEqual({
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    type: 'ClusterIP',
    sessionAffinity: 'None',
    ...stored,
  });
});

test.each<[string, object, string[]]>([
  ['a family', { ipFamilies: ['x'] }, ['ipFamilies[0]: Unsupported value: "x": supported values: "IPv4", "IPv6"']],
  ['a family twice', { ipFamilies: ['IPv4', 'IPv4'] }, ['ipFamilies[1]: Duplicate value: "IPv4"']],
  [
    'another family',
    { ipFamilies: ['IPv6'] },
    ['ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
  ],
  [
    'two families',
    { ipFamilyPolicy: 'RequireDualStack' },
    ['ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services'],
  ],
  [
    'a policy of families',
    { ipFamilyPolicy: 'x' },
    ['ipFamilyPolicy: Unsupported value: "x": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"'],
  ],
  [
    'a family of a name',
    { type: 'ExternalName', externalName: 'a', ipFamilies: ['IPv6'] },
    ['ipFamilies: Forbidden: may not be set for ExternalName services'],
  ],
  [
    'a class',
    { loadBalancerClass: 'a' },
    ["loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"],
  ],
  [
    'a balancer without ports',
    { allocateLoadBalancerNodePorts: false },
    ["allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'"],
  ],
  [
    'traffic inside',
    { internalTrafficPolicy: 'x' },
    ['internalTrafficPolicy: Unsupported value: "x": supported values: "Cluster", "Local"'],
  ],
  [
    'traffic about',
    { trafficDistribution: 'x' },
    [
      'trafficDistribution: Unsupported value: "x": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
    ],
  ],
  [
    'traffic from outside',
    { externalTrafficPolicy: 'x', type: 'NodePort' },
    ['externalTrafficPolicy: Invalid value: "x": ExternalTrafficPolicy must be empty, Cluster or Local'],
  ],
  [
    'a health check',
    { healthCheckNodePort: 30_000, type: 'LoadBalancer' },
    [
      'healthCheckNodePort: Invalid value: 30000: HealthCheckNodePort can only be set on LoadBalancer service with ExternalTrafficPolicy=Local',
    ],
  ],
  [
    'a loop',
    { externalIPs: ['127.0.0.1'] },
    ['externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8)'],
  ],
  [
    'sources',
    { loadBalancerSourceRanges: ['x'], type: 'LoadBalancer' },
    [
      'LoadBalancerSourceRanges: Invalid value: "[x]": must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24 ',
    ],
  ],
  [
    'a long affinity',
    { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_401 } } },
    ['sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400'],
  ],
  [
    'a headless balancer',
    { type: 'LoadBalancer', clusterIP: 'None' },
    ['clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for LoadBalancer services'],
  ],
  [
    'a node port twice',
    {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 30_000 },
        { name: 'b', port: 81, nodePort: 30_000 },
      ],
    },
    ['ports[1].nodePort: Duplicate value: 30000'],
  ],
])('%s is refused', (_, spec, errors) => {
  expect(services.createErrors({ metadata: meta, spec: { ports, ...spec } })).toEqual(
    errors.map((error) => `spec.${error}`),
  );
});

describe('an update', () => {
  const stored = services.create({
    metadata: meta,
    spec: {
      ports: [{ port: 80, nodePort: 30_000 }],
      type: 'LoadBalancer',
      loadBalancerClass: 'a',
      allocateLoadBalancerNodePorts: false,
      clusterIP: '10.0.0.1',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 30_001,
    },
  });

  test('to another type drops what that has not', () => {
    const { object, errors } = services.update(stored, (service) => (service.spec.type = 'ClusterIP'));
    expect(errors).toEqual([]);
    expect((object as Service).spec).toEqual({
      ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
    });
  });

  test('keeps the class and the address', () => {
    expect(services.update(stored, (service) => (service.spec.loadBalancerClass = 'b')).errors).toEqual([
      'spec.loadBalancerClass: Invalid value: "b": may not change once set',
    ]);
    expect(services.update(stored, (service) => (service.spec.clusterIPs = ['10.0.0.2'])).errors).toContain(
      'spec.clusterIPs[0]: Invalid value: []string{"10.0.0.2"}: may not change once set',
    );
  });
});

test.each<[string, object, string[]]>([
  ['an address', { ip: '1.2.3' }, ['ip: Invalid value: "1.2.3": must be a valid IP address']],
  [
    'a mode of nothing',
    { hostname: 'a', ipMode: 'VIP' },
    ['ipMode: Forbidden: may not be specified when `ip` is not set'],
  ],
  ['a mode', { ip: '1.2.3.4', ipMode: 'x' }, ['ipMode: Unsupported value: "x": supported values: "Proxy", "VIP"']],
  [
    'an address for a name',
    { hostname: '1.2.3.4' },
    ['hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
  ],
])('a status with %s is refused', (_, ingress, errors) => {
  const stored = services.create({ metadata: meta, spec: { ports } });
  const status = { loadBalancer: { ingress: [ingress] } };
  expect(services.updateStatus(stored, status)).toEqual(
    errors.map((error) => `status.loadBalancer.ingress[0].${error}`),
  );
});
