import fc from 'fast-check';
import { UsageError } from '@kubernetes-mesos/component-base';
import { addressAt, isUsable, numberToIp, ipToNumber, parseIpRange } from '../../src/registry/ip-range';
import { pickFree } from '../../src/registry/pick-free';
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
