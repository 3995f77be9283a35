import { StatusError, type KubeList, type KubeObject, type Status } from '@kubernetes-mesos/api-types';
import { InvalidAnswerError } from './errors';

/** Longest part of a foreign answer that an error message shows. */
const MAX_SHOWN_CHARS = 1024;

const REASON_OF_CODE: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isKubeObject(value: unknown): value is KubeObject {
  return isRecord(value) && isRecord(value['metadata']);
}

export function isStatus(value: unknown): value is Status {
  return isRecord(value) && value['kind'] === 'Status' && !('spec' in value);
}

/** The failure that an answer with a status code of 400 or more tells of, also when its body is no Status. */
export function failureOf(code: number, body: string): StatusError {
  const parsed = parseOrUndefined(body);
  if (isStatus(parsed)) return new StatusError(parsed.code === undefined ? { ...parsed, code } : parsed);
  const text = body.length > MAX_SHOWN_CHARS ? `${body.slice(0, MAX_SHOWN_CHARS)}...` : body;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: text.trim() === '' ? `the server answered ${code}` : `the server answered ${code}: ${text.trim()}`,
    ...(REASON_OF_CODE[code] === undefined ? {} : { reason: REASON_OF_CODE[code] }),
    code,
  });
}

/** @throws InvalidAnswerError */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new InvalidAnswerError('the API server answered something that is no JSON', { cause: error });
  }
}

/**
 * The object in an answer. That it has its kind's fields is the server's promise: it prunes and validates by schema,
 * so only the frame is checked here.
 * @throws InvalidAnswerError
 */
export function objectOf<T extends KubeObject>(value: unknown): T {
  if (!isKubeObject(value)) throw new InvalidAnswerError('the API server answered no API object');
  return value as T; // the server's schema makes the rest of it
}

/**
 * The list in an answer. Items come without kind and apiVersion on the wire; they are filled in, so that an object
 * looks the same whether it was listed, watched or fetched.
 * @throws InvalidAnswerError
 */
export function listOf<T extends KubeObject>(value: unknown, apiVersion: string, kind: string): KubeList<T> {
  if (!isRecord(value) || !isRecord(value['metadata'])) {
    throw new InvalidAnswerError('the API server answered no list');
  }
  const items: unknown = value['items'] ?? [];
  if (!Array.isArray(items)) throw new InvalidAnswerError('the items of the list that was answered are no array');
  for (const item of items as unknown[]) {
    const object = objectOf<T>(item);
    object.apiVersion ??= apiVersion;
    object.kind ??= kind;
  }
  return { ...value, metadata: value['metadata'], items: items as T[] }; // each item was checked above
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
