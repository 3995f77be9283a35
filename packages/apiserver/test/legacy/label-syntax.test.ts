import fc from 'fast-check';
import { checkLegacyLabelSyntax } from '../../src/legacy/label-syntax';

test.each(['', 'a=b', 'a==b', 'a!=b', 'a in (b,c)', 'a notin (b)', 'a', 'a=b,c in (d),e'])('takes %j', (text) =>
  expect(checkLegacyLabelSyntax(text)).toBeUndefined(),
);

test.each([
  ['!a', "found 'error expected: keyword found '!'', expected: identifier or 'end of string'"],
  ['a=', "unable to parse requiremnt: %!(EXTRA *errors.errorString=found '', expected: identifier)"],
  ['a in (b', "unable to parse requiremnt: %!(EXTRA *errors.errorString=found '', expected: ',' or ')')"],
  [
    'a b=c',
    "unable to parse requiremnt: %!(EXTRA *errors.errorString=found 'b', expected: '=', '!=', '==', 'in', notin')",
  ],
  ['a=b c', "found 'c', expected: ',' or 'end of string'"],
])('refuses %j', (text, problem) => expect(checkLegacyLabelSyntax(text)).toBe(problem));

test('says something or nothing to any text, and ends', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '=', '!', '(', ')', ',', ' ', 'in', '>') }), (text) => {
      const problem = checkLegacyLabelSyntax(text);
      return problem === undefined || problem !== '';
    }),
  );
});
