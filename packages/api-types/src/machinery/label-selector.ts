import { labelValueProblems, qualifiedNameProblems } from './names';
import { SelectorSyntaxError } from './selector-error';
import { tokenize, type SelectorToken } from './label-selector-tokens';

/** A parsed `labelSelector`: all requirements must hold. An empty one selects everything. */
export interface LabelQuery {
  readonly requirements: readonly LabelRequirement[];
}

export type LabelRequirement =
  | { readonly operator: '=' | '==' | '!=' | 'in' | 'notin'; readonly key: string; readonly values: readonly string[] }
  | { readonly operator: 'exists' | 'doesNotExist'; readonly key: string }
  | { readonly operator: '>' | '<'; readonly key: string; readonly bound: number };

type Labels = Readonly<Record<string, string>>;

export const ALL_LABELS: LabelQuery = { requirements: [] };

/**
 * Parses `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1,m<2` with the texts of apimachinery's `labels.Parse`.
 * @returns requirements sorted by key
 * @throws SelectorSyntaxError
 */
export function parseLabelSelector(text: string): LabelQuery {
  return text === '' ? ALL_LABELS : { requirements: new Parser(tokenize(text)).parse() };
}

/** A selector that is a map, as ReplicationControllers and Services have; an empty one selects everything. */
export function labelQueryOf(labels: Labels): LabelQuery {
  const requirements = Object.entries(labels).map(([key, value]) => ({ operator: '=' as const, key, values: [value] }));
  return { requirements: sortedByKey(requirements) };
}

export function matchesLabels(query: LabelQuery, labels: Labels | undefined): boolean {
  for (const requirement of query.requirements) {
    if (!holds(requirement, labels)) return false;
  }
  return true;
}

/** Whether `labels` has every entry of `selector`; the plain case without a parse. */
export function matchesLabelMap(selector: Labels, labels: Labels | undefined): boolean {
  for (const key of Object.keys(selector)) {
    if (labels === undefined || !Object.hasOwn(labels, key) || labels[key] !== selector[key]) return false;
  }
  return true;
}

/** The selector as text, keys sorted: `status.selector` of a Scale. */
export function formatLabelQuery(query: LabelQuery): string {
  return query.requirements.map(formatRequirement).join(',');
}

function formatRequirement(requirement: LabelRequirement): string {
  const { key } = requirement;
  switch (requirement.operator) {
    case '=':
    case '==':
    case '!=':
      return `${key}${requirement.operator}${requirement.values[0] ?? ''}`;
    case 'in':
    case 'notin':
      return `${key} ${requirement.operator} (${[...requirement.values].sort().join(',')})`;
    case 'exists':
      return key;
    case 'doesNotExist':
      return `!${key}`;
    case '>':
    case '<':
      return `${key}${requirement.operator}${requirement.bound}`;
  }
}

function holds(requirement: LabelRequirement, labels: Labels | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && requirement.values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !requirement.values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'doesNotExist':
      return value === undefined;
    case '>':
      return isInteger(value) && Number(value) > requirement.bound;
    case '<':
      return isInteger(value) && Number(value) < requirement.bound;
  }
}

function isInteger(text: string | undefined): boolean {
  return text !== undefined && /^[-+]?\d+$/.test(text);
}

function sortedByKey<T extends { readonly key: string }>(requirements: readonly T[]): T[] {
  return [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

class Parser {
  readonly #tokens: readonly SelectorToken[];
  #position = 0;

  constructor(tokens: readonly SelectorToken[]) {
    this.#tokens = tokens;
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const first = this.#peek();
      if (first.kind === 'end') return sortedByKey(requirements);
      if (!startsRequirement(first)) {
        throw new SelectorSyntaxError(`found '${first.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.#framedRequirement());
      const separator = this.#next();
      if (separator.kind === 'end') return sortedByKey(requirements);
      if (separator.kind !== ',') {
        throw new SelectorSyntaxError(`found '${separator.text}', expected: ',' or 'end of string'`);
      }
      const following = this.#peek();
      if (!startsRequirement(following)) {
        throw new SelectorSyntaxError(`found '${following.text}', expected: identifier after ','`);
      }
    }
  }

  #framedRequirement(): LabelRequirement {
    try {
      return this.#requirement();
    } catch (error) {
      if (!(error instanceof SelectorSyntaxError)) throw error;
      throw new SelectorSyntaxError(`unable to parse requirement: ${error.message}`);
    }
  }

  #requirement(): LabelRequirement {
    let token = this.#next();
    const isNegated = token.kind === '!';
    if (isNegated) token = this.#next();
    if (!isWord(token)) throw new SelectorSyntaxError(`found '${token.text}', expected: identifier`);
    const key = token.text;
    checkKey(key);
    const after = this.#peek();
    if (after.kind === 'end' || after.kind === ',') return { operator: isNegated ? 'doesNotExist' : 'exists', key };
    if (isNegated) return { operator: 'doesNotExist', key };
    const operator = this.#next();
    switch (operator.kind) {
      case 'in':
      case 'notin':
        return { operator: operator.kind, key, values: checkedValues(key, this.#values()) };
      case '=':
      case '==':
      case '!=':
        return { operator: operator.kind, key, values: checkedValues(key, [this.#exactValue()]) };
      case '>':
      case '<': {
        const value = this.#exactValue();
        if (!isInteger(value)) throw new SelectorSyntaxError("for 'Gt', 'Lt' operators, the value must be an integer");
        checkedValues(key, [value]);
        return { operator: operator.kind, key, bound: Number(value) };
      }
      default:
        throw new SelectorSyntaxError(`found '${operator.text}', expected: '=', '!=', '==', 'in', notin'`);
    }
  }

  #exactValue(): string {
    const token = this.#peek();
    if (token.kind === 'end' || token.kind === ',') return '';
    this.#position += 1;
    if (!isWord(token)) throw new SelectorSyntaxError(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  /** `(a,b)`; between commas an empty value may stand. */
  #values(): string[] {
    const open = this.#next();
    if (open.kind !== '(') throw new SelectorSyntaxError(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.kind === ')') {
      this.#position += 1;
      return [''];
    }
    if (!isWord(first) && first.kind !== ',') {
      throw new SelectorSyntaxError(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = new Set<string>();
    for (;;) {
      const token = this.#next();
      if (isWord(token)) {
        values.add(token.text);
        const after = this.#peek();
        if (after.kind === ')') break;
        if (after.kind !== ',') throw new SelectorSyntaxError(`found '${after.text}', expected: ',' or ')'`);
        continue;
      }
      if (token.kind !== ',') throw new SelectorSyntaxError(`found '${token.text}', expected: ',', or identifier`);
      if (values.size === 0) values.add('');
      const after = this.#peek();
      if (after.kind === ')') {
        values.add('');
        break;
      }
      if (after.kind === ',') {
        this.#position += 1;
        values.add('');
      }
    }
    this.#position += 1;
    return [...values].sort();
  }

  #peek(): SelectorToken {
    return this.#tokens[this.#position] ?? END;
  }

  #next(): SelectorToken {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }
}

const END: SelectorToken = { kind: 'end', text: '' };

/** `in` and `notin` are operators only between a key and a list. */
function isWord(token: SelectorToken): boolean {
  return token.kind === 'identifier' || token.kind === 'in' || token.kind === 'notin';
}

function startsRequirement(token: SelectorToken): boolean {
  return isWord(token) || token.kind === '!';
}

function checkKey(key: string): void {
  const problems = qualifiedNameProblems(key);
  if (problems.length > 0)
    throw new SelectorSyntaxError(`invalid label key ${JSON.stringify(key)}: ${problems.join('; ')}`);
}

function checkedValues(key: string, values: string[]): string[] {
  for (const value of values) {
    const problems = labelValueProblems(value);
    if (problems.length === 0) continue;
    throw new SelectorSyntaxError(
      `invalid label value: ${JSON.stringify(value)}: at key: ${JSON.stringify(key)}: ${problems.join('; ')}`,
    );
  }
  return values;
}
