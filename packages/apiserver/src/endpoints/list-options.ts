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
}

const OPTIONS_KIND = { group: 'meta.k8s.io', name: 'ListOptions' };

/** @throws StatusError */
export function listOptions(query: URLSearchParams): ListOptions {
  const limit = integerParameter(query, 'limit');
  const resourceVersion = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const problem = matchProblem(resourceVersion, match);
  if (problem !== undefined) throw invalidObject(OPTIONS_KIND, '', [problem]);
  return {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    revision: parseRevision(resourceVersion),
    revisionMatch: match === 'Exact' || match === 'NotOlderThan' ? match : '',
    limit: Math.max(0, limit),
    continueToken: query.get('continue') ?? '',
  };
}

/** @throws StatusError */
export function watchQuery(query: URLSearchParams): WatchQuery {
  if ((query.get('resourceVersionMatch') ?? '') !== '') {
    throw invalidObject(OPTIONS_KIND, '', [forbiddenMatch('resourceVersionMatch is forbidden for watch')]);
  }
  if (query.has('sendInitialEvents')) {
    throw invalidObject(OPTIONS_KIND, '', [
      {
        reason: 'FieldValueForbidden',
        field: 'sendInitialEvents',
        detail: 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
      },
    ]);
  }
  return {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    revision: parseRevision(query.get('resourceVersion') ?? ''),
    timeoutSeconds: integerParameter(query, 'timeoutSeconds'),
    allowBookmarks: flagParameter(query, 'allowWatchBookmarks'),
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

function matchProblem(resourceVersion: string, match: string): FieldError | undefined {
  if (match === '') return undefined;
  if (resourceVersion === '') {
    return forbiddenMatch('resourceVersionMatch is forbidden unless resourceVersion is provided');
  }
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    return {
      reason: 'FieldValueNotSupported',
      field: 'resourceVersionMatch',
      value: match,
      detail: 'supported values: "Exact", "NotOlderThan", ""',
    };
  }
  if (match === 'Exact' && resourceVersion === '0') {
    return forbiddenMatch('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  return undefined;
}

function forbiddenMatch(detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field: 'resourceVersionMatch', detail };
}
