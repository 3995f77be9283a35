import fc from 'fast-check';
import type { Service, ServiceSpec } from '@kubernetes-mesos/api-types';
import { UsageError } from '@kubernetes-mesos/component-base';
import { addressAt, isUsable, numberToIp, ipToNumber, parseIpRange } from '../../src/registry/ip-range';
import { pickFree } from '../../src/registry/pick-free';
import { takeNumbers, takesNumbers } from '../../src/registry/service-numbers';
import { wantedAddresses } from '../../src/bootstrap/own-objects';

describe('ranges of addresses', () => {
  test('10.10.10.0/24', () => {
    const range = parseIpRange('10.10.10.7/24', 'portal_net');
    expect(range).toEqual({ cidr: '10.10.10.0/24', base: 168430080, size: 256 });
    expect(addressAt(range, 1)).toBe('10.10.10.1');
    expect(['10.10.10.0', '10.10.10.255', '10.10.11.1', 'x'].map((address) => isUsable(range, address))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(isUsable(range, '10.10.10.254')).toBe(true);
  });

  test.each(['', '10.10.10.0', '10.10.10.0/33', '10.10.10.0/30', '300.1.1.1/24', 'fd00::/64'])(
    '%s is refused',
    (cidr) => {
      expect(() => parseIpRange(cidr, 'portal_net')).toThrow(UsageError);
    },
  );

  test('numbers and texts of addresses are inverse', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) =>
        expect(ipToNumber(numberToIp(value))).toBe(value),
      ),
    );
  });
});

test('picking is fair to the end: it finds a free number exactly while there is one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.infiniteStream(fc.nat()), (count, randoms) => {
      const taken = new Set<number>();
      const random = (limit: number): number => (randoms.next().value as number) % limit;
      for (let round = 0; round < count; round++) {
        const value = pickFree(100, 99 + count, (candidate) => taken.has(candidate), random);
        expect(value).toBeGreaterThanOrEqual(100);
        expect(value).toBeLessThan(100 + count);
        taken.add(value ?? -1);
      }
      expect(taken.size).toBe(count);
      expect(pickFree(100, 99 + count, (candidate) => taken.has(candidate), random)).toBeUndefined();
    }),
  );
});

test('the endpoints of the server keep its own address and as many others as there are servers', () => {
  expect(wantedAddresses([], '10.0.0.2', 1)).toEqual(['10.0.0.2']);
  expect(wantedAddresses(['10.0.0.1', '10.0.0.2'], '10.0.0.2', 1)).toEqual(['10.0.0.2']);
  expect(wantedAddresses(['10.0.0.3', '10.0.0.1'], '10.0.0.2', 2)).toEqual(['10.0.0.1', '10.0.0.2']);
});

describe('what services are given', () => {
  const balanced: ServiceSpec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] };

  test('a health check port, kept as long as it is of use, and no other service has it', () => {
    const write = registry({ first: 30_000, last: 30_003 });
    const first = write('a', { ...balanced, healthCheckNodePort: 30_002 });
    const second = write('b', { ...balanced, allocateLoadBalancerNodePorts: false });
    const ports = [first, second].flatMap(({ spec }) => [spec?.healthCheckNodePort, spec?.ports?.[0]?.nodePort]);
    expect(ports).toEqual([30_002, 30_000, 30_001, undefined]);
    expect(write('a', { ...first.spec, healthCheckNodePort: 0 }).spec).toEqual(first.spec);
    expect(() => write('a', { ...first.spec, healthCheckNodePort: 30_003 })).toThrow(
      'spec.healthCheckNodePort: Invalid value: 30003: cannot change healthCheckNodePort on loadBalancer service with externaltraffic=local during update',
    );
  });

  test.each<[string, ServiceSpec, string]>([
    [
      'an address of the other family',
      { clusterIP: 'fd00::1', ports: [{ port: 80 }] },
      'spec.clusterIPs: Invalid value: []string{"fd00::1"}: failed to allocated ip:fd00::1 with error:provided IP is not in the valid range. The range of valid IPs is 10.10.10.0/24',
    ],
    [
      'a node port of another range',
      { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-30003',
    ],
    [
      'a health check port of another range',
      { ...balanced, healthCheckNodePort: 80 },
      'spec.healthCheckNodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-30003',
    ],
    [
      'a health check port that it has itself',
      { ...balanced, ports: [{ port: 80, nodePort: 30_001 }], healthCheckNodePort: 30_001 },
      'spec.healthCheckNodePort: Invalid value: 30001: provided port is already allocated',
    ],
  ])('%s is refused', (_, spec, text) => {
    expect(() => registry({ first: 30_000, last: 30_003 })('a', spec)).toThrow(text);
  });

  function registry(nodePorts: { readonly first: number; readonly last: number }) {
    const stored = new Map<string, Service>();
    const numbers = {
      addresses: parseIpRange('10.10.10.0/24', 'portal_net'),
      nodePorts,
      reserved: new Set<string>(),
      random: () => 0,
    };
    /** As it is stored by a creation, or by an update of what is there. */
    return (name: string, spec: ServiceSpec): Service => {
      const service: Service = { metadata: { name, namespace: 'default' }, spec: structuredClone(spec) };
      const old = stored.get(name);
      const others = [...stored.values()].filter((other) => other !== old);
      if (takesNumbers(service, old)) takeNumbers(service, old, others, numbers);
      else takeNumbers(service, old, [], numbers);
      stored.set(name, service);
      return service;
    };
  }
});
