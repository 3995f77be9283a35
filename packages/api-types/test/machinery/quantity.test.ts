import * as fc from 'fast-check';
import { canonicalQuantity, parseQuantity, Quantity, QuantityFormatError } from '../../src';

describe('canonical texts', () => {
  test.each([
    ['0', '0'],
    ['0Gi', '0'],
    ['1', '1'],
    ['100m', '100m'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['5.', '5'],
    ['+1', '1'],
    ['-1.5', '-1500m'],
    ['1000m', '1'],
    ['2000', '2k'],
    ['1500', '1500'],
    ['1024', '1024'],
    ['64Mi', '64Mi'],
    ['1024Mi', '1Gi'],
    ['1000Mi', '1000Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['0.05Gi', '53687091200m'],
    ['1e3', '1e3'],
    ['12e6', '12e6'],
    ['1E', '1E'],
    ['1e-3', '1e-3'],
    ['0.0000000001', '1n'],
    ['100u', '100u'],
    // held at the greatest
    ['12E', '9223372036854775807'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  test.each(['', 'abc', '1.2.3', '1 Gi', '1gi', '--1', '1Kii', '1e', 'Ki', '1-5'])('%j is none', (text) => {
    expect(() => parseQuantity(text)).toThrow(QuantityFormatError);
  });
});

const quantities = fc
  .record({
    digits: fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
    suffix: fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-3'),
  })
  .map(({ digits, suffix }) => `${digits}${suffix}`);

test('a canonical text is canonical, and the same amount', () => {
  fc.assert(
    fc.property(quantities, (text) => {
      const canonical = canonicalQuantity(text);
      expect(canonicalQuantity(canonical)).toBe(canonical);
      expect(parseQuantity(canonical).nanos).toBe(parseQuantity(text).nanos);
    }),
  );
});

test('the fast path says what the arithmetic says', () => {
  const plain = fc.tuple(
    fc.integer({ min: 1, max: 999_999_999 }),
    fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi'),
  );
  fc.assert(
    fc.property(plain, ([digits, suffix]) => {
      const text = `${digits}${suffix}`;
      expect(canonicalQuantity(text)).toBe(parseQuantity(text).toString());
    }),
  );
});

test('adding and subtracting are exact and undo each other', () => {
  fc.assert(
    fc.property(quantities, quantities, (a, b) => {
      const [left, right] = [parseQuantity(a), parseQuantity(b)];
      const sum = left.add(right);
      expect(sum.nanos).toBe(left.nanos + right.nanos);
      expect(sum.subtract(right).equals(left)).toBe(true);
      expect(left.compare(right)).toBe(-right.compare(left) + 0);
    }),
  );
});

test('whole units and thousandths are rounded up', () => {
  expect(parseQuantity('1500m').value).toBe(2n);
  expect(parseQuantity('1u').milliValue).toBe(1n);
  expect(Quantity.fromMillis(1500).toString()).toBe('1500m');
  expect(Quantity.fromInteger(2n ** 30n, 'BinarySI').toString()).toBe('1Gi');
  expect(parseQuantity('2500m').toNumber()).toBe(2.5);
});

test('a long text takes no long time, however it looks', () => {
  // Quadratic time would show as a timeout of the test.
  for (const text of [`${'1'.repeat(1_000_000)}!`, `1${'E'.repeat(1_000_000)}!`, `${'1'.repeat(1_000_000)}e`]) {
    expect(() => parseQuantity(text)).toThrow(QuantityFormatError);
  }
  expect(canonicalQuantity('1'.repeat(1_000_000))).toBe('9223372036854775807');
  expect(canonicalQuantity(`0.${'0'.repeat(1_000_000)}1`)).toBe('1n');
});
