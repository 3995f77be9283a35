import { SelectorSyntaxError } from './selector-error';

/** A parsed `fieldSelector`: every term must hold. An empty one selects everything. */
export interface FieldSelector {
  readonly terms: readonly FieldTerm[];
}

export interface FieldTerm {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export const ALL_FIELDS: FieldSelector = { terms: [] };

/**
 * Parses `a=b,c!=d,e==f`. A backslash escapes `\`, `,` and `=` in values.
 * @throws SelectorSyntaxError
 */
export function parseFieldSelector(text: string): FieldSelector {
  if (text === '') return ALL_FIELDS;
  const terms = splitTerms(text)
    .filter((part) => part !== '')
    .map((part) => {
      const term = parseTerm(part);
      if (term === undefined) throw new SelectorSyntaxError(`invalid selector: '${text}'; can't understand '${part}'`);
      return term;
    });
  return { terms };
}

/** Writes a value so that `parseFieldSelector` reads it back. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

/** @param valueOf what an object has in a field */
export function matchesFields(selector: FieldSelector, valueOf: (field: string) => string): boolean {
  return selector.terms.every((term) => (valueOf(term.field) === term.value) === (term.operator === '='));
}

/** What a server says of a field that a kind cannot be selected by. Kinds without fields of their own word it differently. */
export function unsupportedFieldText(field: string, hasOwnFields: boolean): string {
  return hasOwnFields
    ? `field label not supported: ${field}`
    : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function parseTerm(part: string): FieldTerm | undefined {
  for (let index = 0; index < part.length; index += 1) {
    if (part[index] === '\\') {
      index += 1;
      continue;
    }
    const operator = part.startsWith('!=', index) ? '!=' : part.startsWith('==', index) ? '==' : part[index];
    if (operator !== '!=' && operator !== '==' && operator !== '=') continue;
    const value = unescape(part.slice(index + operator.length));
    if (value === undefined) return undefined;
    return { field: part.slice(0, index), operator: operator === '!=' ? '!=' : '=', value };
  }
  return undefined;
}

function unescape(text: string): string | undefined {
  let result = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '\\') {
      index += 1;
      const escaped = text[index];
      if (escaped !== '\\' && escaped !== ',' && escaped !== '=') return undefined;
      result += escaped;
    } else if (character === ',' || character === '=') return undefined;
    else result += character;
  }
  return result;
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === ',') {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}
