/**
 * Syntax of names, labels and ports. Each function returns what is wrong, in the words of apimachinery's
 * `util/validation`; an empty list means that nothing is.
 */

const LABEL_FMT = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_FMT = `${LABEL_FMT}(\\.${LABEL_FMT})*`;
const LABEL_1035_FMT = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED_FMT = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE_FMT = `(${QUALIFIED_FMT})?`;
const ENV_NAME_FMT = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const C_IDENTIFIER_FMT = '[A-Za-z_][A-Za-z0-9_]*';
const CONFIG_KEY_FMT = '[-._a-zA-Z0-9]+';
const HTTP_PATH_FMT = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const HTTP_HEADER_FMT = '[-A-Za-z0-9]+';

const LABEL = whole(LABEL_FMT);
const SUBDOMAIN = whole(SUBDOMAIN_FMT);
const WILDCARD_SUBDOMAIN = whole(`\\*\\.${SUBDOMAIN_FMT}`);
const LABEL_1035 = whole(LABEL_1035_FMT);
const QUALIFIED = whole(QUALIFIED_FMT);
const LABEL_VALUE = whole(LABEL_VALUE_FMT);
const ENV_NAME = whole(ENV_NAME_FMT);
const C_IDENTIFIER = whole(C_IDENTIFIER_FMT);
const CONFIG_KEY = whole(CONFIG_KEY_FMT);
const HTTP_PATH = whole(HTTP_PATH_FMT);
const HTTP_HEADER = whole(HTTP_HEADER_FMT);

const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;
const MAX_PORT_NAME = 15;

const LABEL_TEXT = regexText(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL_FMT,
  'my-name',
  '123-abc',
);
const SUBDOMAIN_TEXT = regexText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN_FMT,
  'example.com',
);
const WILDCARD_TEXT = regexText(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  `\\*\\.${SUBDOMAIN_FMT}`,
  '*.example.com',
);
const LABEL_1035_TEXT = regexText(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  LABEL_1035_FMT,
  'my-name',
  'abc-123',
);
const QUALIFIED_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const QUALIFIED_TEXT = regexText(QUALIFIED_RULE, QUALIFIED_FMT, 'MyName', 'my.name', '123-abc');
const LABEL_VALUE_TEXT = regexText(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE_FMT,
  'MyValue',
  'my_value',
  '12345',
);
const ENV_NAME_TEXT = regexText(
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
  ENV_NAME_FMT,
  'my.env-name',
  'MY_ENV.NAME',
  'MyEnvName1',
);
const C_IDENTIFIER_TEXT = regexText(
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  C_IDENTIFIER_FMT,
  'my_name',
  'MY_NAME',
  'MyName',
);
const CONFIG_KEY_TEXT = regexText(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  CONFIG_KEY_FMT,
  'key.name',
  'KEY_NAME',
  'key-name',
);
const HTTP_HEADER_TEXT = regexText(
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  HTTP_HEADER_FMT,
  'X-Header-Name',
);

/** A list that is returned for what is right, so that the usual case allocates nothing. */
const NOTHING_WRONG: readonly string[] = [];

export type NameCheck = (name: string) => readonly string[];

export function dnsLabelProblems(value: string): readonly string[] {
  return checked(value, MAX_LABEL, LABEL, LABEL_TEXT);
}

export function dnsSubdomainProblems(value: string): readonly string[] {
  return checked(value, MAX_SUBDOMAIN, SUBDOMAIN, SUBDOMAIN_TEXT);
}

export function wildcardSubdomainProblems(value: string): readonly string[] {
  return checked(value, MAX_SUBDOMAIN, WILDCARD_SUBDOMAIN, WILDCARD_TEXT);
}

export function dns1035LabelProblems(value: string): readonly string[] {
  return checked(value, MAX_LABEL, LABEL_1035, LABEL_1035_TEXT);
}

/** One segment of a URL's path. */
export function pathSegmentProblems(value: string): readonly string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  const problems = ['/', '%'].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`);
  return problems.length === 0 ? NOTHING_WRONG : problems;
}

/** `name` or `example.com/name`: keys of labels, annotations, resources, taints. */
export function qualifiedNameProblems(value: string): readonly string[] {
  const slash = value.indexOf('/');
  if (slash < 0) {
    if (value.length <= MAX_LABEL && QUALIFIED.test(value)) return NOTHING_WRONG;
  } else if (value.includes('/', slash + 1)) {
    return [
      `a qualified name ${QUALIFIED_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const problems: string[] = [];
  const prefix = slash < 0 ? undefined : value.slice(0, slash);
  const name = value.slice(slash + 1);
  if (prefix === '') problems.push(`prefix part ${EMPTY_TEXT}`);
  else if (prefix !== undefined)
    problems.push(...dnsSubdomainProblems(prefix).map((problem) => `prefix part ${problem}`));
  if (name === '') problems.push(`name part ${EMPTY_TEXT}`);
  else if (name.length > MAX_LABEL) problems.push(`name part ${maxLengthText(MAX_LABEL)}`);
  if (!QUALIFIED.test(name)) problems.push(`name part ${QUALIFIED_TEXT}`);
  return problems;
}

export function labelValueProblems(value: string): readonly string[] {
  return checked(value, MAX_LABEL, LABEL_VALUE, LABEL_VALUE_TEXT);
}

export function cIdentifierProblems(value: string): readonly string[] {
  return C_IDENTIFIER.test(value) ? NOTHING_WRONG : [C_IDENTIFIER_TEXT];
}

export function envVarNameProblems(value: string): readonly string[] {
  const problems = ENV_NAME.test(value) ? [] : [ENV_NAME_TEXT];
  return withDotRules(value, problems);
}

/** Keys of ConfigMaps and Secrets. */
export function configMapKeyProblems(value: string): readonly string[] {
  const problems: string[] = [];
  if (value.length > MAX_SUBDOMAIN) problems.push(maxLengthText(MAX_SUBDOMAIN));
  if (!CONFIG_KEY.test(value)) problems.push(CONFIG_KEY_TEXT);
  return withDotRules(value, problems);
}

export function httpHeaderNameProblems(value: string): readonly string[] {
  return HTTP_HEADER.test(value) ? NOTHING_WRONG : [HTTP_HEADER_TEXT];
}

/** Characters that a path may have without being escaped. */
export function isHttpPath(value: string): boolean {
  return HTTP_PATH.test(value);
}

/** `http`: at most 15 of a-z, 0-9 and single dashes, at least one letter. */
export function portNameProblems(value: string): readonly string[] {
  const problems: string[] = [];
  if (value.length > MAX_PORT_NAME) problems.push(maxLengthText(MAX_PORT_NAME));
  if (!/^[-a-z0-9]+$/.test(value))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter or number (a-z, 0-9)');
  if (value.includes('--')) problems.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems.length === 0 ? NOTHING_WRONG : problems;
}

export function portNumberProblems(port: number): readonly string[] {
  return port >= 1 && port <= 65_535 ? NOTHING_WRONG : [inclusiveRangeText(1, 65_535)];
}

export function percentProblems(value: string): readonly string[] {
  return /^[0-9]+%$/.test(value)
    ? NOTHING_WRONG
    : [regexText("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%')];
}

export function inclusiveRangeText(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

export function maxLengthText(length: number): string {
  return `must be no more than ${length} characters`;
}

export const EMPTY_TEXT = 'must be non-empty';

/** What `generateName` may be: a prefix of a name, which may end in a dash. */
export function asPrefix(check: NameCheck): NameCheck {
  // Upstream puts a letter in the place of the dash and of what is before it.
  return (prefix) => check(prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix);
}

function checked(value: string, maxLength: number, pattern: RegExp, text: string): readonly string[] {
  if (value.length <= maxLength && pattern.test(value)) return NOTHING_WRONG;
  const problems: string[] = [];
  if (value.length > maxLength) problems.push(maxLengthText(maxLength));
  if (!pattern.test(value)) problems.push(text);
  return problems;
}

function withDotRules(value: string, problems: readonly string[]): readonly string[] {
  if (value === '.') return [...problems, "must not be '.'"];
  if (value === '..') return [...problems, "must not be '..'"];
  if (value.startsWith('..')) return [...problems, "must not start with '..'"];
  return problems;
}

function whole(format: string): RegExp {
  return new RegExp(`^${format}$`);
}

function regexText(rule: string, format: string, ...examples: readonly string[]): string {
  return `${rule} (e.g. ${examples.map((example) => `'${example}'`).join(',  or ')}, regex used for validation is '${format}')`;
}
