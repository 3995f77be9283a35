import fc from 'fast-check';
import { StatusError } from '@kubernetes-mesos/api-types';
import { BodySyntaxError, bodyMedia, parseJson, parseYaml } from '../../src/http/parse-body';
import { pathSegments } from '../../src/http/request-info';

const NESTING = 64;

describe('bodies', () => {
  test('any JSON value is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        if (text.includes('__proto__')) return;
        expect(parseJson(Buffer.from(text), NESTING)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('any bytes are read or refused, never worse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const parse of [parseJson, parseYaml]) {
          try {
            parse(Buffer.from(bytes), NESTING);
          } catch (error) {
            expect(error).toBeInstanceOf(BodySyntaxError);
          }
        }
      }),
    );
  });

  test.each([
    ['nesting past the limit', '['.repeat(NESTING + 1) + ']'.repeat(NESTING + 1)],
    ['a member that changes what an object is', '{"a":{"__proto__":{"x":1}}}'],
    ['the same, escaped', '{"\\u005f_proto__":{"x":1}}'],
  ])('refuses %s', (_name, text) => {
    expect(() => parseJson(Buffer.from(text), NESTING)).toThrow(BodySyntaxError);
  });

  test('brackets in strings are no nesting', () => {
    expect(parseJson(Buffer.from(JSON.stringify('[{'.repeat(500))), 1)).toBe('[{'.repeat(500));
  });

  test('an empty or cut body is told as Go tells it', () => {
    for (const text of ['', '{"kind":"Pod","metadata":']) {
      expect(() => parseJson(Buffer.from(text), NESTING)).toThrow('unexpected end of JSON input');
    }
  });

  test('YAML is read as 1.1 has it, aliases are refused', () => {
    expect(parseYaml(Buffer.from('a: yes\ny: 1\nn: [0x10, 1_000]'), NESTING)).toEqual({
      a: true,
      true: 1,
      false: [16, 1000],
    });
    expect(() => parseYaml(Buffer.from('a: &x [1]\nb: [*x, *x]'), NESTING)).toThrow(BodySyntaxError);
  });

  test.each([
    ['keys in keys', '? '.repeat(30_000)],
    ['keys in keys, in braces', `{${'? {'.repeat(5_000)}`],
    ['lists in lists', '- '.repeat(60_000)],
    ['brackets', '['.repeat(100_000)],
    ['mistakes', 'a: ]\n'.repeat(20_000)],
    ['tags', '!t '.repeat(30_000)],
    ['anchors', '&a '.repeat(30_000)],
  ])('YAML made to keep the parser busy is refused in time: %s', (_name, text) => {
    const start = performance.now();
    expect(() => parseYaml(Buffer.from(text), NESTING)).toThrow(BodySyntaxError);
    expect(performance.now() - start).toBeLessThan(8_000);
  });

  test('many members, given twice, and long lists are read', () => {
    const members = Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(parseYaml(Buffer.from(`${members}\nk0: 2`), NESTING)).toMatchObject({ k0: 2, k9999: 1 });
    const list = Array.from({ length: 60_000 }, () => 1);
    expect(parseYaml(Buffer.from(`[${list.join(',')}]`), NESTING)).toEqual(list);
  }, 60_000);

  test('YAML past its own limit is told to be too large; JSON in its name is not', () => {
    const long = 'x'.repeat(300 * 1024);
    expect(() => parseYaml(Buffer.from(`a: ${long}`), NESTING)).toThrow(StatusError);
    expect(parseYaml(Buffer.from(`{"a":"${long}"}`), NESTING)).toEqual({ a: long });
  });

  test('media types', () => {
    expect(bodyMedia(undefined)).toBe('json');
    expect(bodyMedia('application/json; charset=utf-8')).toBe('json');
    expect(bodyMedia('Application/YAML')).toBe('yaml');
    expect(() => bodyMedia('text/plain')).toThrow(StatusError);
  });
});

describe('paths', () => {
  test.each([
    ['/api/v1/pods', ['api', 'v1', 'pods']],
    ['/api/v1/pods/', ['api', 'v1', 'pods']],
    ['/api/v1/pods/a%20b', ['api', 'v1', 'pods', 'a b']],
    ['/api//v1', undefined],
    ['/api/v1/a%2Fb', undefined],
    ['/api/v1/a%00b', undefined],
    ['/api/v1/%zz', undefined],
  ])('%s', (path, expected) => {
    expect(pathSegments(path)).toEqual(expected);
  });
});
