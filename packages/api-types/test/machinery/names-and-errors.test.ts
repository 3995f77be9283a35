import * as fc from 'fast-check';
import {
  conflict,
  deepCopy,
  deepEqual,
  fieldErrors,
  fieldErrorText,
  forbiddenError,
  formatDuration,
  formatMicroTime,
  formatTime,
  generateName,
  invalidObject,
  names,
  notFoundError,
  objectKey,
  plainError,
  tooLargeResourceVersion,
  uidFromBytes,
  unprocessable,
} from '../../src';

describe('names', () => {
  test.each([
    [names.dnsLabelProblems, 'a-1', 'A'],
    [names.dnsSubdomainProblems, 'a.b-c.d', 'a..b'],
    [names.dns1035LabelProblems, 'a1', '1a'],
    [names.qualifiedNameProblems, 'example.com/My_name.x', 'a/b/c'],
    [names.labelValueProblems, '', '-a'],
    [names.configMapKeyProblems, '.a_b-C', '..a'],
    [names.envVarNameProblems, 'A.b-c', '1A'],
    [names.portNameProblems, 'http-2', 'a--b'],
    [names.pathSegmentProblems, 'A:b', 'a/b'],
    [names.percentProblems, '10%', '10'],
  ])('%p', (check, right, wrong) => {
    expect(check(right)).toEqual([]);
    expect(check(wrong)).not.toEqual([]);
  });

  test('generated names are names, whatever the prefix', () => {
    const prefix = fc.stringMatching(/^[a-z][a-z0-9-]{0,80}$/);
    fc.assert(
      fc.property(prefix, (base) => {
        const name = generateName(base, (limit) => limit - 1);
        expect(name.length).toBeLessThanOrEqual(63);
        expect(names.dnsSubdomainProblems(name)).toEqual([]);
      }),
    );
  });

  test('a uid is a UUID of version 4', () => {
    expect(uidFromBytes(new Uint8Array(16).fill(0xff))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });
});

describe('errors', () => {
  const pods = { group: '', name: 'pods' };

  test('say what upstream says', () => {
    expect(notFoundError(pods, 'x').status).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'pods "x" not found',
      reason: 'NotFound',
      details: { name: 'x', kind: 'pods' },
      code: 404,
    });
    expect(conflict(pods, 'x').message).toBe(
      'Operation cannot be fulfilled on pods "x": the object has been modified; please apply your changes to the latest version and try again',
    );
    expect(notFoundError({ group: 'autoscaling', name: 'replicationcontrollers/scale' }, 'x').message).toBe(
      'replicationcontrollers/scale.autoscaling "x" not found',
    );
    expect(forbiddenError(pods, 'x', 'no').message).toBe('pods "x" is forbidden: no');
    expect(tooLargeResourceVersion(9, 3).status.details).toEqual({
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    });
    expect(plainError('x').status).not.toHaveProperty('reason');
    expect(unprocessable().code).toBe(422);
  });

  test('list what is wrong, each text once, each cause', () => {
    const error = fieldErrors.invalid('spec.replicas', -1, 'must be greater than or equal to 0');
    const status = invalidObject({ group: '', name: 'X' }, 'n', [
      error,
      error,
      fieldErrors.required('a', 'why'),
    ]).status;
    expect(status.message).toBe(
      'X "n" is invalid: [spec.replicas: Invalid value: -1: must be greater than or equal to 0, a: Required value: why]',
    );
    expect(status.details?.causes).toHaveLength(3);
  });

  test.each([
    [fieldErrors.duplicate('f', 'x'), 'f: Duplicate value: "x"'],
    [fieldErrors.notFound('f', 'x'), 'f: Not found: "x"'],
    [fieldErrors.notSupported('f', 'x', ['A', 'B']), 'f: Unsupported value: "x": supported values: "A", "B"'],
    [fieldErrors.forbidden('f', 'no'), 'f: Forbidden: no'],
    [fieldErrors.tooLong('f', 'x', 5), 'f: Too long: must have at most 5 bytes'],
    [fieldErrors.invalid('f', { b: '2', a: '1' }, 'no'), 'f: Invalid value: map[string]string{"a":"1", "b":"2"}: no'],
    [fieldErrors.invalid('f', ['a'], 'no'), 'f: Invalid value: []string{"a"}: no'],
    [fieldErrors.invalid('f', [], 'no', '[]string(nil)'), 'f: Invalid value: []string(nil): no'],
  ])('%p', (error, text) => {
    expect(fieldErrorText(error)).toBe(text);
  });
});

test('equality overlooks order and emptiness, not empty objects', () => {
  expect(deepEqual({ a: 1, b: [1, { c: null }] }, { b: [1, {}], a: 1, d: [] })).toBe(true);
  expect(deepEqual({ a: {} }, {})).toBe(false);
  fc.assert(fc.property(fc.jsonValue(), (value) => expect(deepEqual(value, deepCopy(value))).toBe(true)));
});

test.each([
  [-5_000, '<invalid>'],
  [0, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [190_000, '3m10s'],
  [3_600_000 * 3 - 1, '179m'],
  [3_600_000 * 3, '3h'],
  [3_600_000 * 7 + 60_000, '7h1m'],
  [3_600_000 * 47, '47h'],
  [86_400_000 * 3 + 3_600_000, '3d1h'],
  [86_400_000 * 100, '100d'],
  [86_400_000 * 365 * 3, '3y'],
])('%d ms is %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test('times and keys', () => {
  expect(formatTime(1_600_000_000_999)).toBe('2020-09-13T12:26:40Z');
  expect(formatMicroTime(1_600_000_000_999)).toBe('2020-09-13T12:26:40.999000Z');
  expect(objectKey({ metadata: { name: 'a', namespace: 'b' } })).toBe('b/a');
});
