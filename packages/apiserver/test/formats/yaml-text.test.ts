import fc from 'fast-check';
import { parse } from 'yaml';
import { yamlOfJson } from '../../src/formats/yaml-text';

test('is written as Go writes it', () => {
  const value = {
    metadata: {
      creationTimestamp: '2026-11-29T08:36:52Z',
      name: 'a',
      resourceVersion: '12',
      labels: { on: 'y', b: '' },
    },
    items: [{ text: 'x\ny\n', colon: 'a: b', star: '*', hash: 'a #b', time: '1:30', quote: '"q"', list: [], map: {} }],
    port: 80,
    none: null,
  };
  expect(yamlOfJson(JSON.stringify(value))).toBe(
    [
      'items:',
      "- colon: 'a: b'",
      "  hash: 'a #b'",
      '  list: []',
      '  map: {}',
      `  quote: '"q"'`,
      "  star: '*'",
      '  text: |',
      '    x',
      '    y',
      '  time: "1:30"',
      'metadata:',
      '  creationTimestamp: "2026-11-29T08:36:52Z"',
      '  labels:',
      '    b: ""',
      '    "on": "y"',
      '  name: a',
      '  resourceVersion: "12"',
      'none: null',
      'port: 80',
      '',
    ].join('\n'),
  );
});

test('reads as what was written, in YAML 1.1 and 1.2', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3, noUnicodeString: false })), (value) => {
      const text = yamlOfJson(JSON.stringify(value));
      const expected: unknown = JSON.parse(JSON.stringify(value));
      expect(parse(text, { version: '1.1', merge: false })).toEqual(expected);
      expect(parse(text)).toEqual(expected);
    }),
  );
});
