import { releasePart, takePart, PART_BYTES } from '../../src/formats/part-pool';

test('a part is nobody else’s until it is given back', () => {
  const first = takePart(10);
  const second = takePart(10);
  expect(first).toHaveLength(PART_BYTES);
  expect(second.buffer).not.toBe(first.buffer);
  // What is sent is the used begin of a part.
  releasePart(first.subarray(0, 7));
  const third = takePart(PART_BYTES);
  expect(third.buffer).toBe(first.buffer);
  expect(third).toHaveLength(PART_BYTES);
  expect(takePart(10).buffer).not.toBe(third.buffer);
});

test('larger parts, and buffers of other origin, are not kept', () => {
  const large = takePart(PART_BYTES + 1);
  expect(large).toHaveLength(PART_BYTES + 1);
  releasePart(large);
  releasePart(Buffer.from(']}\n'));
  expect(takePart(10)).toHaveLength(PART_BYTES);
});

test('what slow clients gave back all at once is not hoarded', () => {
  const parts = Array.from({ length: 100 }, () => takePart(10));
  for (const part of parts) releasePart(part);
  const buffers = new Set(parts.map(({ buffer }) => buffer));
  const again = Array.from({ length: 100 }, () => takePart(10));
  expect(again.filter(({ buffer }) => buffers.has(buffer)).length).toBeLessThan(100);
  expect(new Set(again.map(({ buffer }) => buffer)).size).toBe(100);
});
