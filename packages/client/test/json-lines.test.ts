import fc from 'fast-check';
import { JsonLinesParser } from '../src/json-lines';

test('values come out whole however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.string({ unit: 'grapheme' }))),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (values, sizes) => {
        const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''), 'utf8');
        const parser = new JsonLinesParser();
        const out: unknown[] = [];
        for (let at = 0; at < bytes.length;) {
          const size = Number(sizes.next().value);
          out.push(...parser.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(out).toEqual(JSON.parse(JSON.stringify(values)));
        expect(parser.hasRemainder).toBe(false);
      },
    ),
  );
});

test('blank lines are skipped, an unfinished line is a remainder', () => {
  const parser = new JsonLinesParser();
  expect(parser.push(Buffer.from('\n\r\n{"a":1}\r\n{"b"'))).toEqual([{ a: 1 }]);
  expect(parser.hasRemainder).toBe(true);
  expect(parser.push(Buffer.from(':2}\n'))).toEqual([{ b: 2 }]);
});

test('a line that never ends is refused', () => {
  const parser = new JsonLinesParser({ maxLineBytes: 8 });
  parser.push(Buffer.from('12345678'));
  expect(() => parser.push(Buffer.from('9'))).toThrow(RangeError);
});
