import fc from 'fast-check';
import type { Resource } from '../src/messages';
import { resourceIdentity } from '../src/resources/identity';
import { addRanges, containsRanges, countRanges, normalizeRanges, subtractRanges } from '../src/resources/ranges';
import { ResourcePool } from '../src/resources/resource-pool';

const range = fc.tuple(fc.nat(60), fc.nat(12)).map(([begin, size]) => ({ begin, end: begin + size }));
const ranges = fc.array(range, { maxLength: 6 });
const role = fc.constantFrom('*', 'prod', 'eng/dev');

function reserved(name: string): Pick<Resource, 'reservations'> {
  return name === '*' ? {} : { reservations: [{ type: 'STATIC', role: name }] };
}
function cpus(value: number, owner = '*'): Resource {
  return { name: 'cpus', type: 'SCALAR', scalar: { value }, ...reserved(owner) };
}
const resource: fc.Arbitrary<Resource> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 8000 }), role, fc.constantFrom('cpus', 'mem'))
    .map(([milli, owner, name]): Resource => ({
      name,
      type: 'SCALAR',
      scalar: { value: milli / 1000 },
      ...reserved(owner),
    })),
  fc
    .tuple(ranges, role)
    .map(([list, owner]): Resource => ({ name: 'ports', type: 'RANGES', ranges: { range: list }, ...reserved(owner) })),
);
const resources = fc.array(resource, { maxLength: 8 });

const numbersOf = (list: readonly { begin: number; end: number }[]): Set<number> => {
  const numbers = new Set<number>();
  for (const { begin, end } of list) for (let at = begin; at <= end; at += 1) numbers.add(at);
  return numbers;
};

describe('ranges are sets of numbers', () => {
  test('add, subtract, contains and count agree with sets', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const [setA, setB] = [numbersOf(a), numbersOf(b)];
        expect(numbersOf(addRanges(a, b))).toEqual(new Set([...setA, ...setB]));
        expect(numbersOf(subtractRanges(a, b))).toEqual(new Set([...setA].filter((n) => !setB.has(n))));
        expect(containsRanges(a, b)).toBe([...setB].every((n) => setA.has(n)));
        expect(countRanges(a)).toBe(setA.size);
        expect(normalizeRanges(normalizeRanges(a))).toEqual(normalizeRanges(a));
      }),
    );
  });
});

describe('ResourcePool', () => {
  test('thousandths make 0.1 + 0.2 equal 0.3', () => {
    const pool = ResourcePool.of([cpus(0.1), cpus(0.2)]);
    expect(pool.contains([cpus(0.3)])).toBe(true);
    expect(pool.subtract([cpus(0.3)])).toBe(true);
    expect(pool.isEmpty).toBe(true);
  });

  test('quantities never mix across reservations', () => {
    const pool = ResourcePool.of([cpus(1), cpus(1, 'prod')]);
    expect(pool.contains([cpus(2)])).toBe(false);
    expect(pool.contains([cpus(1), cpus(1, 'prod')])).toBe(true);
  });

  test('both reservation formats have one identity', () => {
    expect(resourceIdentity({ ...cpus(1), role: 'prod' })).toBe(resourceIdentity(cpus(1, 'prod')));
    expect(resourceIdentity({ ...cpus(1), role: '*' })).toBe(resourceIdentity(cpus(1)));
    const dynamic: Resource = { ...cpus(1), reservations: [{ type: 'DYNAMIC', role: 'prod', principal: 'p' }] };
    expect(resourceIdentity({ ...cpus(1), role: 'prod', reservation: { principal: 'p' } })).toBe(
      resourceIdentity(dynamic),
    );
    expect(resourceIdentity(dynamic)).not.toBe(resourceIdentity(cpus(1, 'prod')));
  });

  test('subtracting what was added restores the pool', () => {
    fc.assert(
      fc.property(resources, resources, (a, b) => {
        const pool = ResourcePool.of(a);
        for (const part of b) pool.add(part);
        expect(pool.contains(b)).toBe(true);
        expect(pool.subtract(b)).toBe(pool.contains([]));
        const back = pool.toResources();
        // Ranges are sets: what a and b shared is gone with b.
        expect(ResourcePool.of(a).contains(back)).toBe(true);
        expect(pool.scalar('cpus')).toBe(ResourcePool.of(a).scalar('cpus'));
      }),
    );
  });

  test('a failed subtraction takes nothing', () => {
    fc.assert(
      fc.property(resources, resources, (a, b) => {
        const pool = ResourcePool.of(a);
        const before = JSON.stringify(pool.toResources());
        fc.pre(!pool.contains(b));
        expect(pool.subtract(b)).toBe(false);
        expect(JSON.stringify(pool.toResources())).toBe(before);
      }),
    );
  });

  test('what is taken was there, is exactly what was asked, and comes in role order', () => {
    fc.assert(
      fc.property(resources, fc.integer({ min: 1, max: 9000 }), (offered, milli) => {
        const pool = ResourcePool.of(offered);
        const roles = ['prod', '*'];
        const available = pool.scalar('cpus', roles);
        const unreservedAfter = pool.scalar('cpus', ['*']);
        const taken = pool.takeScalar('cpus', milli, roles);
        expect(taken === undefined).toBe(available < milli);
        if (taken === undefined) return;
        expect(ResourcePool.of(taken).scalar('cpus')).toBe(milli);
        expect(ResourcePool.of(offered).contains(taken)).toBe(true);
        expect(ResourcePool.of(offered).contains([...taken, ...pool.toResources()])).toBe(true);
        if (pool.scalar('cpus', ['prod']) > 0) expect(pool.scalar('cpus', ['*'])).toBe(unreservedAfter);
      }),
    );
  });

  test('a port is taken once', () => {
    fc.assert(
      fc.property(ranges, fc.nat(75), (list, port) => {
        const pool = ResourcePool.of([{ name: 'ports', type: 'RANGES', ranges: { range: list } }]);
        const offered = numbersOf(list).has(port);
        expect(pool.hasValue('ports', port, ['*'])).toBe(offered);
        expect(pool.takeValue('ports', port, ['*']) !== undefined).toBe(offered);
        expect(pool.takeValue('ports', port, ['*'])).toBeUndefined();
      }),
    );
  });
});
