import fc from 'fast-check';
import { StatusError } from '@kubernetes-mesos/api-types';
import { BodySyntaxError, bodyMedia, parseJson } from '../../src/http/parse-body';
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
        try {
          parseJson(Buffer.from(bytes), NESTING);
        } catch (error) {
          expect(error).toBeInstanceOf(BodySyntaxError);
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
