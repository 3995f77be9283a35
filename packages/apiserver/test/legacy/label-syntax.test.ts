import fc from 'fast-check';
import { parseLabelSelector } from '@kubernetes-mesos/api-types';
import { checkLegacyLabelSyntax, legacySelectorText } from '../../src/legacy/label-syntax';

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
  [
    'a>1',
    /^unable to parse requiremnt: %!\(EXTRA \*fielderrors\.ValidationError=label key: invalid value 'a>1': must match/,
  ],
  ['a/b/c=1', /label key: invalid value 'a\/b\/c'/],
  ['_ in (a)', /label key: invalid value '_'/],
])('refuses %j', (text, problem) => {
  const said = checkLegacyLabelSyntax(text);
  if (typeof problem === 'string') expect(said).toBe(problem);
  else expect(said).toMatch(problem);
});

test.each([
  ['a in (b c)', "unable to parse requiremnt: %!(EXTRA *errors.errorString=found 'c', expected: ',' or ')')"],
  ['a in (b=)', "unable to parse requiremnt: %!(EXTRA *errors.errorString=found '=', expected: ',' or ')')"],
  ['a in (^)', /ValidationError=label value: invalid value '\^': must match regex/],
])('what only today’s parser finds in %j is said in the old words', (text, problem) => {
  expect(checkLegacyLabelSyntax(text)).toBeUndefined();
  let said = '';
  try {
    parseLabelSelector(text);
  } catch (error) {
    said = legacySelectorText((error as Error).message);
  }
  if (typeof problem === 'string') expect(said).toBe(problem);
  else expect(said).toMatch(problem);
});

test('says something or nothing to any text, and ends', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '=', '!', '(', ')', ',', ' ', 'in', '>') }), (text) => {
      const problem = checkLegacyLabelSyntax(text);
      return problem === undefined || problem !== '';
    }),
  );
});
