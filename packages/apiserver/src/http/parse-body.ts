import { createContext, Script } from 'node:vm';
import { parseDocument } from 'yaml';
import { payloadTooLarge, unsupportedMediaType } from '@kubernetes-mesos/api-types';

/** The body is no JSON or YAML, or nested past reason; `message` is Go's text as far as it can be told. */
export class BodySyntaxError extends Error {
  override readonly name = 'BodySyntaxError';
}

export type BodyMedia = 'json' | 'yaml' | 'protobuf';

const BODY_REFUSED =
  'the body of the request was in an unknown format - accepted media types include: application/json, ' +
  'application/yaml, application/vnd.kubernetes.protobuf';

/** YAML is parsed in one go and at a hundredth of JSON's speed; more than this, bytes, is to be sent as JSON. */
const MAX_YAML_BYTES = 256 * 1024;
/** No honest text of that size takes as long; the server answers nobody else meanwhile. */
const MAX_YAML_MS = 2_000;

/** Members that a JSON object may have but no field of ours: they would change what an object is. */
const UNSAFE_MEMBER = '__proto__';

/**
 * The media type of a body; none counts as JSON.
 * @throws StatusError 415
 */
export function bodyMedia(contentType: string | undefined): BodyMedia {
  switch (mediaType(contentType)) {
    case '':
    case 'application/json':
      return 'json';
    case 'application/yaml':
      return 'yaml';
    case 'application/vnd.kubernetes.protobuf':
      return 'protobuf';
    default:
      throw unsupportedMediaType(BODY_REFUSED);
  }
}

export function mediaType(contentType: string | undefined): string {
  if (contentType === undefined) return '';
  const semicolon = contentType.indexOf(';');
  return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

/** @throws BodySyntaxError */
export function parseJson(body: Buffer, maxNesting: number): unknown {
  if (nestingOf(body) > maxNesting) throw new BodySyntaxError('exceeded max depth');
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BodySyntaxError(goSyntaxText(text, error));
  }
  if (mayHoldUnsafeMember(text)) refuseUnsafeMembers(value);
  return value;
}

/**
 * The first document, as YAML 1.1 reads it, without aliases (they could grow without bound). Of a member given twice the
 * last counts, as in JSON. What could keep the parser busy for long is refused before: see `refuseCostlyYaml`.
 * @throws BodySyntaxError
 * @throws StatusError 413
 */
export function parseYaml(body: Buffer, maxNesting: number): unknown {
  const text = body.toString('utf8');
  let value: unknown;
  try {
    // JSON is YAML, and what programs send.
    if (text.trimStart().startsWith('{')) return parseJson(body, maxNesting);
  } catch {
    // It may still be YAML in braces; else the YAML parser says what is wrong.
  }
  refuseCostlyYaml(text, body.length, maxNesting);
  try {
    value = withinTime(() => readYaml(text));
  } catch (error) {
    if (error instanceof BodySyntaxError) throw error;
    throw new BodySyntaxError(`yaml: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (depthOf(value) > maxNesting) throw new BodySyntaxError('yaml: exceeded max depth');
  refuseUnsafeMembers(value);
  return jsonValue(value);
}

function readYaml(text: string): unknown {
  // Looking for members given twice takes the square of their number.
  const document = parseDocument(text, { version: '1.1', schema: 'yaml-1.1', merge: false, uniqueKeys: false });
  const [problem] = document.errors;
  if (problem !== undefined) throw new BodySyntaxError(`yaml: ${problem.message}`);
  return document.toJS({ maxAliasCount: 0 });
}

const bounded: { work: () => unknown } = { work: () => undefined };
const boundedContext = createContext(bounded);
const boundedScript = new Script('work()');

/** Runs what nothing else can interrupt, until `MAX_YAML_MS` at most. @throws Error when that passes */
function withinTime(work: () => unknown): unknown {
  bounded.work = work;
  try {
    return boundedScript.runInContext(boundedContext, { timeout: MAX_YAML_MS });
  } finally {
    bounded.work = () => undefined;
  }
}

/**
 * The parser takes time that grows with the square of how deep things are in one another; a line of indicators or of
 * brackets gets deep with two bytes a level.
 */
function refuseCostlyYaml(text: string, bytes: number, maxNesting: number): void {
  if (bytes > MAX_YAML_BYTES) throw payloadTooLarge(MAX_YAML_BYTES);
  let indicators = 0;
  let brackets = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '\n':
      case '\r':
        indicators = 0;
        break;
      case '-':
      case '?':
      case ':':
        if (isBlank(text[at - 1]) && isBlank(text[at + 1])) indicators += 1;
        break;
      case '[':
      case '{':
        brackets += 1;
        break;
      case ']':
      case '}':
        if (brackets > 0) brackets -= 1;
        break;
      default:
    }
    if (indicators > maxNesting || brackets > maxNesting) throw new BodySyntaxError('yaml: exceeded max depth');
  }
}

function isBlank(char: string | undefined): boolean {
  return char === undefined || char === ' ' || char === '\t' || char === '\n' || char === '\r';
}

/** Deepest nesting of brackets outside strings. */
function nestingOf(body: Buffer): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < body.length; at++) {
    switch (body[at]) {
      case 0x22: // "
        at = endOfString(body, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > deepest) deepest = depth;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      default:
    }
  }
  return deepest;
}

function endOfString(body: Buffer, start: number): number {
  for (let at = start + 1; at < body.length; at++) {
    if (body[at] === 0x5c) at += 1;
    else if (body[at] === 0x22) return at;
  }
  return body.length;
}

/** Nesting of a value, without recursion. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  let depth = 0;
  while (level.length > 0) {
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item === 'object' && item !== null) for (const member of Object.values(item)) next.push(member);
    }
    if (level.some((item) => typeof item === 'object' && item !== null)) depth += 1;
    level = next;
    if (depth > 10_000) return depth;
  }
  return depth;
}

function mayHoldUnsafeMember(text: string): boolean {
  return text.includes(UNSAFE_MEMBER) || /\\u005f/i.test(text);
}

function refuseUnsafeMembers(value: unknown): void {
  const pending: unknown[] = [value];
  for (let item = pending.pop(); item !== undefined || pending.length > 0; item = pending.pop()) {
    if (typeof item !== 'object' || item === null) continue;
    if (!Array.isArray(item) && Object.hasOwn(item, UNSAFE_MEMBER)) {
      throw new BodySyntaxError(`member names like "${UNSAFE_MEMBER}" are not accepted`);
    }
    // One by one: a list may be longer than a call may have arguments.
    for (const member of Object.values(item)) pending.push(member);
  }
}

/** YAML values that JSON does not have, as JSON would carry them. */
function jsonValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(jsonValue);
  if (typeof value !== 'object' || value === null) return value === undefined ? null : value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonValue(member)]));
}

/** Go's words for the commonest mistakes; the rest as the parser has it. */
function goSyntaxText(text: string, error: unknown): string {
  const trimmed = text.trim();
  if (trimmed === '') return 'unexpected end of JSON input';
  const message = error instanceof Error ? error.message : String(error);
  if (/end of JSON input|Unterminated|Expected .* after|Expected property name or/.test(message)) {
    const position = /position (\d+)/.exec(message)?.[1];
    if (position === undefined || Number(position) >= text.trimEnd().length) return 'unexpected end of JSON input';
  }
  const bad = /Unexpected token '?(.)/u.exec(message)?.[1] ?? trimmed.charAt(0);
  return `invalid character '${bad}' looking for beginning of value`;
}
