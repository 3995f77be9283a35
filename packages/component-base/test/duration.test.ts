import fc from 'fast-check';
import { formatDuration, parseDuration } from '../src';

describe('durations', () => {
  test.each([
    ['0', 0],
    ['300ms', 300],
    ['5s', 5_000],
    ['1m30s', 90_000],
    ['20m0s', 1_200_000],
    ['1.5h', 5_400_000],
    ['-2s', -2_000],
    ['.5s', 500],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '5', 's', '5 s', '1h-5m', '5days', '1e3s'])('%p is refused', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('prints as Go does', () => {
    expect([0, 300, 1_500, 90_000, 1_200_000, 3_600_000].map(formatDuration)).toEqual([
      '0s',
      '300ms',
      '1.5s',
      '1m30s',
      '20m0s',
      '1h0m0s',
    ]);
  });

  test('what is printed reads back', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (ms) => parseDuration(formatDuration(ms)) === ms));
  });
});
