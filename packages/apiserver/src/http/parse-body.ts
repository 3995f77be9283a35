import { unsupportedMediaType } from '@kubernetes-mesos/api-types';

/** The body is no JSON or YAML, or nested past reason; `message` is Go's text as far as it can be told. */
export class BodySyntaxError extends Error {
  override readonly name = 'BodySyntaxError';
}

export type BodyMedia = 'json' | 'yaml' | 'protobuf';

const BODY_REFUSED =
  'the body of the request was in an unknown format - accepted media types include: application/json, ' +
  'application/yaml, application/vnd.kubernetes.protobuf';

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
