import fc from 'fast-check';
import { applyJsonPatch, PatchApplyError, PatchSyntaxError, PatchTooLongError } from '../../src/patch/json-patch';
import { applyMergePatch } from '../../src/patch/merge-patch';

describe('JSON patch', () => {
  const document = { a: 1, list: ['x', 'y'], 'b/c': { 'd~e': true } };

  test.each([
    ['adds a member', [{ op: 'add', path: '/n', value: 2 }], { ...document, n: 2 }],
    ['inserts into a list', [{ op: 'add', path: '/list/1', value: 'z' }], { ...document, list: ['x', 'z', 'y'] }],
    ['appends', [{ op: 'add', path: '/list/-', value: 'z' }], { ...document, list: ['x', 'y', 'z'] }],
    ['reads escapes', [{ op: 'replace', path: '/b~1c/d~0e', value: 0 }], { ...document, 'b/c': { 'd~e': 0 } }],
    ['replaces what is missing', [{ op: 'replace', path: '/n', value: 2 }], { ...document, n: 2 }],
    ['removes', [{ op: 'remove', path: '/list/0' }], { ...document, list: ['y'] }],
    ['moves', [{ op: 'move', from: '/a', path: '/z' }], { list: document.list, 'b/c': document['b/c'], z: 1 }],
    ['copies', [{ op: 'copy', from: '/list', path: '/z' }], { ...document, z: ['x', 'y'] }],
    ['tests', [{ op: 'test', path: '/list', value: ['x', 'y'] }], document],
    ['takes the whole', [{ op: 'replace', path: '', value: { only: 1 } }], { only: 1 }],
    ['does nothing', [], document],
  ])('%s', (_name, patch, expected) => {
    expect(applyJsonPatch(document, patch)).toEqual(expected);
  });

  test.each([
    ['a failed test', [{ op: 'test', path: '/a', value: 2 }]],
    ['removing what is missing', [{ op: 'remove', path: '/n' }]],
    ['an unknown operation', [{ op: 'frob', path: '/a' }]],
    ['an index out of bounds', [{ op: 'add', path: '/list/9', value: 1 }]],
    ['a place inside a number', [{ op: 'add', path: '/a/b', value: 1 }]],
    ['moving into itself', [{ op: 'move', from: '/b~1c', path: '/b~1c/x' }]],
    ['a path without a slash', [{ op: 'add', path: 'a', value: 1 }]],
  ])('refuses %s', (_name, patch) => {
    expect(() => applyJsonPatch(document, patch)).toThrow(PatchApplyError);
  });

  test('more operations than ten thousand are too many', () => {
    const patch = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }));
    expect(applyJsonPatch(document, patch.slice(1))).toEqual(document);
    expect(() => applyJsonPatch(document, patch)).toThrow(PatchTooLongError);
  });

  test('copies cannot grow a document without bound', () => {
    const double = [
      { op: 'copy', from: '', path: '/x' },
      { op: 'move', from: '/x', path: '/list/-' },
    ];
    expect(() => applyJsonPatch(document, Array.from({ length: 40 }, () => double).flat())).toThrow(
      'Unable to complete the copy, the accumulated size increase of copy is',
    );
  });

  test('what is no list is a syntax error', () => {
    expect(() => applyJsonPatch(document, { op: 'add' })).toThrow(PatchSyntaxError);
  });

  test('never changes its input, whatever the patch', () => {
    const operation = fc.record({
      op: fc.constantFrom('add', 'replace', 'remove', 'move', 'copy', 'test', 'x'),
      path: fc.constantFrom('', '/a', '/list/0', '/list/-', '/__proto__/x', '/constructor', '/b~1c'),
      from: fc.constantFrom('/a', '/list', '/b~1c/d~0e'),
      value: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(operation), (patch) => {
        const before = JSON.stringify(document);
        try {
          applyJsonPatch(document, patch);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        expect(JSON.stringify(document)).toBe(before);
        expect(({} as Record<string, unknown>)['x']).toBeUndefined();
      }),
    );
  });
});

describe('JSON merge patch', () => {
  test('null removes, objects merge, the rest replaces', () => {
    expect(applyMergePatch({ a: { b: 1, c: 2 }, l: [1] }, { a: { b: null, d: 3 }, l: [2], n: null })).toEqual({
      a: { c: 2, d: 3 },
      l: [2],
    });
  });

  test('a patch that is no object is the result', () => {
    expect(applyMergePatch({ a: 1 }, [1])).toEqual([1]);
  });

  test('merging a document without nulls into nothing gives it back', () => {
    const noNull = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('null'));
    fc.assert(fc.property(noNull, (value) => expect(applyMergePatch(undefined, value)).toEqual(value)));
  });
});
