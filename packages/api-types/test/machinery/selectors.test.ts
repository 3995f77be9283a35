import * as fc from 'fast-check';
import {
  escapeFieldValue,
  formatLabelQuery,
  labelQueryOf,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  SelectorSyntaxError,
  unsupportedFieldText,
} from '../../src';

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front', size: '10', empty: '' };

  test.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app = web , tier=front', true],
    ['app!=web', false],
    ['none!=web', true],
    ['app in (web,db)', true],
    ['app notin (web,db)', false],
    ['none notin (web)', true],
    ['app', true],
    ['!app', false],
    ['!none', true],
    ['none', false],
    ['empty=', true],
    ['empty in ()', true],
    ['app in (,web)', true],
    ['size>9', true],
    ['size<10', false],
    ['app>1', false],
    ['in in (in,notin)', false],
  ])('%j', (text, matches) => {
    expect(matchesLabels(parseLabelSelector(text), labels)).toBe(matches);
  });

  test.each([
    ['app=web,', "found '', expected: identifier after ','"],
    [',app', "found ',', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: '=', '!=', '==', 'in', notin'"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a=>b', "unable to parse requirement: found '>', expected: identifier"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a>x', "unable to parse requirement: for 'Gt', 'Lt' operators, the value must be an integer"],
    [
      `a=${'x'.repeat(64)}`,
      `unable to parse requirement: invalid label value: "${'x'.repeat(64)}": at key: "a": must be no more than 63 characters`,
    ],
  ])('%j is refused', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(message);
  });

  test.each(['(', '!', '=', ',', '=!', 'a,', 'a=b,', '!a,', 'a in (b,'])(
    'a million of %j are refused in a time that grows with their number only',
    (part) => {
      // With its square, this would take until long after the test is over.
      expect(() => parseLabelSelector(part.repeat(Math.floor(1_000_000 / part.length)) + ')')).toThrow(
        SelectorSyntaxError,
      );
    },
  );

  test('are written so that they are read as the same', () => {
    const name = fc.stringMatching(/^[a-z]([a-z0-9]{0,8}[a-z0-9])?$/);
    fc.assert(
      fc.property(fc.dictionary(name, name), (map) => {
        const query = labelQueryOf(map);
        expect(parseLabelSelector(formatLabelQuery(query))).toEqual(query);
        expect(matchesLabels(query, map)).toBe(true);
      }),
    );
  });
});

describe('field selectors', () => {
  const valueOf = (field: string): string => ({ 'spec.nodeName': 'n1', 'metadata.name': 'a,b=c\\' })[field] ?? '';

  test.each([
    ['', true],
    ['spec.nodeName=n1', true],
    ['spec.nodeName==n1,metadata.name!=x', true],
    ['spec.nodeName!=n1', false],
    ['spec.other=', true],
    [`metadata.name=${escapeFieldValue('a,b=c\\')}`, true],
  ])('%j', (text, matches) => {
    expect(matchesFields(parseFieldSelector(text), valueOf)).toBe(matches);
  });

  test('what cannot be understood is refused', () => {
    expect(() => parseFieldSelector('a=b,c')).toThrow("invalid selector: 'a=b,c'; can't understand 'c'");
    expect(() => parseFieldSelector('a=\\b')).toThrow("can't understand");
  });

  test('a field that a kind does not select by is named', () => {
    expect(unsupportedFieldText('spec.hostNetwork', true)).toBe('field label not supported: spec.hostNetwork');
    expect(unsupportedFieldText('spec.type', false)).toBe(
      '"spec.type" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
  });

  test('escaped values are read as they were', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(parseFieldSelector(`f=${escapeFieldValue(value)}`).terms).toEqual([
          { field: 'f', operator: '=', value },
        ]);
      }),
    );
  });
});
