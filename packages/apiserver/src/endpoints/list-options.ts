import { badRequest, type FieldError, invalidObject } from '@kubernetes-mesos/api-types';

/** The query of a LIST or WATCH, checked. */
export interface ListOptions {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  /** `undefined`: not given. */
  readonly revision: number | undefined;
  readonly revisionMatch: 'Exact' | 'NotOlderThan' | '';
  /** 0: everything. */
  readonly limit: number;
  readonly continueToken: string;
}

export interface WatchQuery {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly revision: number | undefined;
  /** 0: not given. */
  readonly timeoutSeconds: number;
  readonly allowBookmarks: boolean;
  /**
   * `sendInitialEvents`: whether the present objects come first, ended by a bookmark, or not at all. Not given: they come
   * when there is no revision.
   */
  readonly initialEvents: boolean | undefined;
}

const OPTIONS_KIND = { group: 'meta.k8s.io', name: 'ListOptions' };

/** @throws StatusError */
export function listOptions(query: URLSearchParams): ListOptions {
  const limit = integerParameter(query, 'limit');
  const resourceVersion = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const continueToken = query.get('continue') ?? '';
  const problems = listProblems(resourceVersion, match, continueToken);
  if (query.has('sendInitialEvents')) problems.push(forbidden('sendInitialEvents', 'forbidden for list'));
  if (problems.length > 0) throw invalidObject(OPTIONS_KIND, '', problems);
  return {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    revision: parseRevision(resourceVersion),
    revisionMatch: match === 'Exact' || match === 'NotOlderThan' ? match : '',
    limit: Math.max(0, limit),
    continueToken,
  };
}

/** @throws StatusError */
export function watchQuery(query: URLSearchParams): WatchQuery {
  const match = query.get('resourceVersionMatch') ?? '';
  const initialEvents = query.has('sendInitialEvents') ? flagParameter(query, 'sendInitialEvents') : undefined;
  const problems = watchProblems(initialEvents !== undefined, match, query.get('continue') ?? '');
  if (problems.length > 0) throw invalidObject(OPTIONS_KIND, '', problems);
  return {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    revision: parseRevision(query.get('resourceVersion') ?? ''),
    timeoutSeconds: integerParameter(query, 'timeoutSeconds'),
    allowBookmarks: flagParameter(query, 'allowWatchBookmarks'),
    initialEvents,
  };
}

/**
 * A `resourceVersion` as a number, `undefined` for an empty one.
 * @throws StatusError 400 (v1.20 answered 500)
 */
export function parseRevision(text: string, from: 'query' | 'body' = 'query'): number | undefined {
  if (text === '') return undefined;
  const revision = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(revision)) {
    const why = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
    const problem = `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`;
    throw badRequest(from === 'body' ? problem : `resourceVersion: Invalid value: ${JSON.stringify(text)}: ${problem}`);
  }
  return revision;
}

/** A parameter that is there is a yes unless it is `0` or `false`; an empty one too, as upstream reads them. */
export function flagParameter(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

/** @throws StatusError 400 */
export function integerParameter(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  }
  return value;
}

function listProblems(resourceVersion: string, match: string, continueToken: string): FieldError[] {
  if (match === '') return [];
  const problems: FieldError[] = [];
  if (resourceVersion === '') problems.push(forbiddenMatch('forbidden unless resourceVersion is provided'));
  if (continueToken !== '') problems.push(forbiddenMatch('forbidden when continue is provided'));
  if (match !== 'Exact' && match !== 'NotOlderThan')
    problems.push(unsupportedMatch(match, '"Exact", "NotOlderThan", ""'));
  if (match === 'Exact' && resourceVersion === '0') {
    problems.push({
      reason: 'FieldValueForbidden',
      field: 'resourceVersionMatch',
      detail: 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    });
  }
  return problems;
}

function watchProblems(isListed: boolean, match: string, continueToken: string): FieldError[] {
  const problems: FieldError[] = [];
  if (isListed && match !== 'NotOlderThan') {
    problems.push({
      reason: 'FieldValueForbidden',
      field: 'resourceVersionMatch',
      detail: 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    });
  }
  if (match === '') return problems;
  // The words of releases without sendInitialEvents; newer ones go on with "unless sendInitialEvents is provided".
  if (!isListed) problems.push(forbiddenMatch('forbidden for watch'));
  else if (match !== 'NotOlderThan') problems.push(unsupportedMatch(match, '"NotOlderThan"'));
  if (continueToken !== '') problems.push(forbiddenMatch('forbidden when continue is provided'));
  return problems;
}

function unsupportedMatch(match: string, supported: string): FieldError {
  return {
    reason: 'FieldValueNotSupported',
    field: 'resourceVersionMatch',
    value: match,
    detail: `supported values: ${supported}`,
  };
}

function forbiddenMatch(how: string): FieldError {
  return forbidden('resourceVersionMatch', how);
}

function forbidden(field: string, how: string): FieldError {
  return { reason: 'FieldValueForbidden', field, detail: `${field} is ${how}` };
}
