/**
 * The label selectors of release 0.14: `k=v`, `k==v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, `k`, joined by commas.
 * Today's parser takes all of that and more; here is found what it takes too much, in the words of then.
 */

/** The misspelling and the broken verb are the old server's. */
const REQUIREMENT = (kind: string, text: string): string => `unable to parse requiremnt: %!(EXTRA *${kind}=${text})`;
const PART_RULE =
  'must match regex [[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)* / ] [a-z0-9]([-a-z0-9]*[a-z0-9])?';
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const MAX_VALUE_LENGTH = 63;
const KEY = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const MAX_KEY_LENGTH = 253;

/** What the old parser says against a selector; `undefined` when it takes it. */
export function checkLegacyLabelSyntax(text: string): string | undefined {
  const tokens = tokensOf(text);
  let at = 0;
  while (at < tokens.length) {
    const key = tokens[at] ?? '';
    if (key.startsWith('!'))
      return `found 'error expected: keyword found '!'', expected: identifier or 'end of string'`;
    if (!isWord(key)) return `found '${key}', expected: identifier or 'end of string'`;
    if (key.length > MAX_KEY_LENGTH || !KEY.test(key)) return badPart('key', key);
    const requirement = checkRequirement(tokens, at + 1);
    if (requirement.problem !== undefined) return requirement.problem;
    at = requirement.next;
    const separator = tokens[at];
    if (separator === undefined) return undefined;
    if (separator !== ',') return `found '${separator}', expected: ',' or 'end of string'`;
    at += 1;
    if (at === tokens.length) return `found '', expected: identifier after ','`;
  }
  return undefined;
}

/** What today's parser says against a selector, as the old one did. */
export function legacySelectorText(text: string): string {
  const [, problem] = /^unable to parse requirement: (.*)$/s.exec(text) ?? [];
  if (problem === undefined) return text;
  const [, part, quoted] = /^invalid label (key|value):? ("(?:[^"\\]|\\.)*")/.exec(problem) ?? [];
  if (part === undefined || quoted === undefined) return REQUIREMENT('errors.errorString', problem);
  return badPart(part === 'key' ? 'key' : 'value', JSON.parse(quoted) as string);
}

function badPart(part: 'key' | 'value', text: string): string {
  return REQUIREMENT('fielderrors.ValidationError', `label ${part}: invalid value '${text}': ${PART_RULE}`);
}

interface Checked {
  readonly next: number;
  readonly problem?: string;
}

function checkRequirement(tokens: readonly string[], at: number): Checked {
  const operator = tokens[at];
  switch (operator) {
    case undefined:
    case ',':
      return { next: at };
    case '=':
    case '==':
    case '!=':
      return checkValue(tokens, at + 1);
    case 'in':
    case 'notin':
      return checkSet(tokens, at + 1);
    default: {
      const text = `found '${operator}', expected: '=', '!=', '==', 'in', notin'`;
      return { next: at, problem: REQUIREMENT('errors.errorString', text) };
    }
  }
}

function checkValue(tokens: readonly string[], at: number): Checked {
  const value = tokens[at];
  if (value === undefined || !isWord(value)) {
    const text = `found '${value ?? ''}', expected: identifier`;
    return { next: at, problem: REQUIREMENT('errors.errorString', text) };
  }
  if (value.length > MAX_VALUE_LENGTH || !VALUE.test(value)) {
    return { next: at, problem: badPart('value', value) };
  }
  return { next: at + 1 };
}

function checkSet(tokens: readonly string[], at: number): Checked {
  if (tokens[at] !== '(') {
    return { next: at, problem: REQUIREMENT('errors.errorString', `found '${tokens[at] ?? ''}' expected: '('`) };
  }
  const end = tokens.indexOf(')', at);
  if (end < 0) return { next: at, problem: REQUIREMENT('errors.errorString', `found '', expected: ',' or ')'`) };
  return { next: end + 1 };
}

/** Words, and the marks between them; `>` and `<` are letters of words here. */
function tokensOf(text: string): string[] {
  return text.match(/==|!=|=|[(),]|!|[^\s=!(),]+/g) ?? [];
}

function isWord(token: string): boolean {
  return !/^(==|!=|=|[(),!])$/.test(token);
}
