import { decideRetry, parseRetryAfter, type RetryState } from '../src/retry-policy';

const base: RetryState = {
  failure: { kind: 'not-sent' },
  attempts: 1,
  maxAttempts: 4,
  servers: 1,
  idempotent: false,
  backoffMs: 80,
};

test('what never left is tried again whatever the method, on another server at once', () => {
  expect(decideRetry(base)).toEqual({ kind: 'retry', switchServer: false, waitMs: 80 });
  expect(decideRetry({ ...base, servers: 3 })).toEqual({ kind: 'retry', switchServer: true, waitMs: 0 });
  expect(decideRetry({ ...base, servers: 3, attempts: 3 })).toEqual({ kind: 'retry', switchServer: true, waitMs: 80 });
  expect(decideRetry({ ...base, attempts: 4 })).toEqual({ kind: 'give-up' });
});

test('what may have been done is repeated only when that is harmless', () => {
  expect(decideRetry({ ...base, failure: { kind: 'broken' } })).toEqual({ kind: 'give-up' });
  expect(decideRetry({ ...base, failure: { kind: 'broken' }, idempotent: true }).kind).toBe('retry');
});

test('an answer is final unless it says when to come back', () => {
  const refused = (code: number, retryAfterMs?: number) => ({ kind: 'refused' as const, code, retryAfterMs });
  expect(decideRetry({ ...base, failure: refused(500) })).toEqual({ kind: 'give-up' });
  expect(decideRetry({ ...base, failure: refused(429, 1000) })).toEqual({
    kind: 'retry',
    switchServer: false,
    waitMs: 1000,
  });
  expect(decideRetry({ ...base, failure: refused(504, 1000) })).toEqual({ kind: 'give-up' });
  expect(decideRetry({ ...base, failure: refused(504, 1000), idempotent: true }).kind).toBe('retry');
  expect(decideRetry({ ...base, failure: refused(503, 3_600_000) })).toMatchObject({ waitMs: 10_000 });
});

test('Retry-After', () => {
  expect(parseRetryAfter(undefined, 0)).toBeUndefined();
  expect(parseRetryAfter('3', 0)).toBe(3000);
  expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:05 GMT', 1000)).toBe(4000);
  expect(parseRetryAfter('soon', 0)).toBeUndefined();
});
