import fc from 'fast-check';
import type { KeyValue, RangeRequest, RangeResult } from '../src/etcd/etcd-gateway';
import { keysOfNextPage, readPages } from '../src/cache/paged-read';

/** An etcd of which only reading in order matters. */
class Keys {
  readonly limits: (number | undefined)[] = [];
  readonly #entries: readonly KeyValue[];

  constructor(sizes: readonly number[]) {
    this.#entries = sizes.map((size, index) => ({
      key: `/r/${String(index).padStart(6, '0')}`,
      value: Buffer.alloc(size),
      createRevision: 1,
      modRevision: 1,
      version: 1,
    }));
  }

  async range({ key, limit = Number.POSITIVE_INFINITY, revision }: RangeRequest): Promise<RangeResult> {
    this.limits.push(limit);
    const from = this.#entries.filter((entry) => entry.key >= key);
    return { revision: revision ?? 0, entries: from.slice(0, limit), more: from.length > limit };
  }
}

test('reads every key once, in order', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 0, maxLength: 1_200, size: 'max' });
  await fc.assert(
    fc.asyncProperty(sizes, async (all) => {
      const keys = new Keys(all);
      const read: string[] = [];
      await readPages(keys, '/r/', 7, (entries) => read.push(...entries.map(({ key }) => key)));
      expect(read).toEqual(all.map((_size, index) => `/r/${String(index).padStart(6, '0')}`));
    }),
    { numRuns: 30 },
  );
});

test('asks for the next page before it looks at one', async () => {
  const keys = new Keys(Array.from({ length: 1_700 }, () => 10));
  const asked: number[] = [];
  await readPages(keys, '/r/', 7, () => asked.push(keys.limits.length));
  expect(asked).toEqual([2, 3, 3]);
});

test('pages of large values have few keys, pages of small ones many', () => {
  const page = (count: number, size: number) => Array.from({ length: count }, () => ({ value: { length: size } }));
  expect(keysOfNextPage(page(500, 1_000_000))).toBe(50);
  expect(keysOfNextPage(page(500, 4_096))).toBe(512);
  expect(keysOfNextPage(page(500, 100))).toBe(1_000);
  expect(keysOfNextPage(page(500, 0))).toBe(1_000);
});
