import fc from 'fast-check';
import { SortedMap, type SortedSnapshot } from '../src/cache/sorted-map';

type Op = { readonly op: 'set' | 'delete'; readonly key: number } | { readonly op: 'snapshot' | 'fork' };

const key = fc.integer({ min: 0, max: 700 });
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ op: fc.constant('set' as const), key }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('snapshot' as const, 'fork' as const) }) },
);

const text = (each: number): string => `${each % 7}/${String(each).padStart(4, '0')}`;

function expectEqual(snapshot: SortedSnapshot<string>, model: ReadonlyMap<string, string>): void {
  const entries = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(snapshot.size).toBe(entries.length);
  expect(snapshot.values()).toEqual(entries.map(([, value]) => value));
  for (const prefix of ['0/', '3/', '6/', '9/', '']) {
    const under = entries.filter(([each]) => each.startsWith(prefix)).map(([, value]) => value);
    expect(snapshot.valuesUnder(prefix)).toEqual(under);
    expect(snapshot.groupsUnder(prefix).flat()).toEqual(under);
  }
  expect(snapshot.groups().flat()).toEqual(snapshot.values());
}

test('a map and its snapshots are what a plain map says, whatever is written in between', () => {
  fc.assert(
    fc.property(fc.array(op, { maxLength: 1_200, size: 'max' }), (ops) => {
      let map = new SortedMap<string>();
      const model = new Map<string, string>();
      const kept: [SortedSnapshot<string>, Map<string, string>][] = [];
      ops.forEach((each, index) => {
        switch (each.op) {
          case 'set': {
            expect(map.set(text(each.key), `v${index}`)).toBe(model.get(text(each.key)));
            model.set(text(each.key), `v${index}`);
            break;
          }
          case 'delete': {
            expect(map.delete(text(each.key))).toBe(model.get(text(each.key)));
            model.delete(text(each.key));
            break;
          }
          case 'snapshot':
            kept.push([map.snapshot(), new Map(model)]);
            break;
          case 'fork':
            kept.push([map.snapshot(), new Map(model)]);
            map = SortedMap.from(map.snapshot());
            break;
        }
      });
      expect(map.size).toBe(model.size);
      for (const each of model.keys()) expect(map.get(each)).toBe(model.get(each));
      expectEqual(map.snapshot(), model);
      for (const [snapshot, state] of kept) expectEqual(snapshot, state);
    }),
    { numRuns: 60 },
  );
});

test('a snapshot is made once for a state', () => {
  const map = new SortedMap<string>();
  map.set('a', '1');
  expect(map.snapshot()).toBe(map.snapshot());
  expect(map.snapshot().values()).toBe(map.snapshot().values());
  const before = map.snapshot();
  map.set('b', '2');
  expect(map.snapshot()).not.toBe(before);
});

test('a write changes one group of many', () => {
  const map = new SortedMap<string>();
  for (let index = 0; index < 3_000; index += 1) map.set(text(index), String(index));
  const before = map.snapshot().groups();
  const content = before.map((group) => [...group]);
  map.set(text(1_234), 'changed');
  map.delete(text(1_234));
  map.set(text(1_234), 'again');
  const after = map.snapshot().groups();
  expect(after).toHaveLength(before.length);
  expect(after.filter((group, index) => group !== before[index])).toHaveLength(1);
  expect(before).toEqual(content);
});
