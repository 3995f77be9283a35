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

test.each([
  [{ a10: 1, a2: 1, b: 1, A: 1, 'a-b': 1, '1': 1 }, ['"1": 1', 'A: 1', 'a-b: 1', 'a2: 1', 'a10: 1', 'b: 1']],
  [{ text: `${'word '.repeat(20)}end` }, [`text: ${'word '.repeat(15)}word`, '  word word word word end']],
  [
    { a: 'x\n\ny', b: 'x\n\n', c: ' x\n', d: '\tx' },
    ['a: |-', '  x', '', '  y', 'b: |+', '  x', '', 'c: |2', '   x', 'd: "\\tx"'],
  ],
  [{ a: [[1, [2]], { b: [] }] }, ['a:', '- - 1', '  - - 2', '- b: []']],
  [
    { a: "it's", b: "'tis", c: '-x', d: '- x', e: 'a:b', f: 'a#b', g: '1.5', h: '@x' },
    ["a: it's", "b: '''tis'", 'c: -x', "d: '- x'", 'e: a:b', 'f: a#b', 'g: "1.5"', "h: '@x'"],
  ],
])('%j', (value, lines) => {
  expect(yamlOfJson(JSON.stringify(value)).trimEnd().split('\n')).toEqual(lines);
});

const pieces = fc.constantFrom(
  ...[
    ' ',
    '  ',
    '\n',
    '\t',
    '\r',
    ':',
    ': ',
    ' #',
    '#',
    '-',
    '- ',
    "'",
    '"',
    '\\',
    '\u2028',
    '\x85',
    '\0',
    '\ufeff',
    'é',
    '😀',
  ],
  ...[
    '0',
    '1',
    '.',
    ',',
    '[',
    '{',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '?',
    '? ',
    '---',
    '...',
    '=',
    '<<',
    '~',
    'word',
    'a long word ',
  ],
);
const texts = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    texts,
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(texts, fc.string()), tie('value'), { maxKeys: 4 }),
  ),
})).value;

test('reads as what was written', () => {
  fc.assert(
    fc.property(fc.record({ top: values, or: fc.array(values) }), (value) => {
      const text = yamlOfJson(JSON.stringify(value));
      const expected: unknown = JSON.parse(JSON.stringify(value));
      expect(parse(text)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
