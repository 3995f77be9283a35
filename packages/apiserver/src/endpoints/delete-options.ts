import { badRequest, type FieldError, invalidObject } from '@kubernetes-mesos/api-types';
import { dryRunProblem } from './write-options';

/** How a DELETE was asked for: its body, or the query where there is no body. */
export interface DeleteOptions {
  /** Seconds; `undefined`: the resource's own. */
  readonly gracePeriodSeconds: number | undefined;
  readonly propagation: 'Foreground' | 'Background' | 'Orphan' | undefined;
  readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun: boolean;
}

export const PLAIN_DELETE: DeleteOptions = {
  gracePeriodSeconds: undefined,
  propagation: undefined,
  preconditions: {},
  dryRun: false,
};

const OPTIONS_KIND = { group: 'meta.k8s.io', name: 'DeleteOptions' };
const POLICIES = ['Foreground', 'Background', 'Orphan'] as const;

/**
 * Reads options from a parsed body (`undefined`: none), else from the query.
 * @throws StatusError 400 for what cannot be read, 422 for what contradicts itself
 */
export function deleteOptions(query: URLSearchParams, body: unknown): DeleteOptions {
  const given = body === undefined ? fromQuery(query) : fromBody(body);
  const problems = problemsOf(given);
  if (problems.length > 0) throw invalidObject(OPTIONS_KIND, '', problems);
  const { orphanDependents } = given;
  const fromOrphan = orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background';
  return {
    gracePeriodSeconds: given.gracePeriodSeconds,
    propagation: POLICIES.find((policy) => policy === given.propagationPolicy) ?? fromOrphan,
    preconditions: given.preconditions,
    dryRun: given.dryRun.length > 0,
  };
}

interface GivenOptions {
  readonly gracePeriodSeconds: number | undefined;
  readonly orphanDependents: boolean | undefined;
  readonly propagationPolicy: string | undefined;
  readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun: readonly string[];
}

function fromQuery(query: URLSearchParams): GivenOptions {
  const grace = query.get('gracePeriodSeconds') ?? '';
  const orphan = query.get('orphanDependents');
  const policy = query.get('propagationPolicy') ?? '';
  if (grace !== '' && !/^[+-]?\d{1,18}$/.test(grace)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
  }
  return {
    gracePeriodSeconds: grace === '' ? undefined : Number(grace),
    orphanDependents: orphan === null || orphan === '' ? undefined : !['0', 'f', 'false', 'False'].includes(orphan),
    propagationPolicy: policy === '' ? undefined : policy,
    preconditions: {},
    dryRun: query.getAll('dryRun').filter((value) => value !== ''),
  };
}

function fromBody(body: unknown): GivenOptions {
  if (!isRecord(body)) throw badRequest('the body of a delete must be a DeleteOptions object');
  const { kind = '', apiVersion = '' } = body;
  // Every group has DeleteOptions; in the core group they are of v1.
  const isKnown = apiVersion === '' || apiVersion === 'v1' || (isString(apiVersion) && apiVersion.includes('/'));
  if ((kind !== '' && kind !== 'DeleteOptions') || !isKnown) {
    throw badRequest(
      `no kind ${JSON.stringify(kind === '' ? 'DeleteOptions' : kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ` +
        '"k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27"',
    );
  }
  const preconditions = isRecord(body['preconditions']) ? body['preconditions'] : {};
  return {
    gracePeriodSeconds: member(body, 'gracePeriodSeconds', isInteger, 'an integer'),
    orphanDependents: member(body, 'orphanDependents', isBoolean, 'a boolean'),
    propagationPolicy: member(body, 'propagationPolicy', isString, 'a string'),
    preconditions: {
      ...given('uid', member(preconditions, 'uid', isString, 'a string')),
      ...given('resourceVersion', member(preconditions, 'resourceVersion', isString, 'a string')),
    },
    dryRun: member(body, 'dryRun', isStringList, 'a list of strings') ?? [],
  };
}

function problemsOf(options: GivenOptions): FieldError[] {
  const problems: FieldError[] = [];
  const { propagationPolicy, orphanDependents } = options;
  if (propagationPolicy !== undefined) {
    if (orphanDependents !== undefined) {
      problems.push({
        reason: 'FieldValueInvalid',
        field: 'propagationPolicy',
        value: propagationPolicy,
        detail: 'orphanDependents and deletionPropagation cannot be both set',
      });
    } else if (!POLICIES.some((policy) => policy === propagationPolicy)) {
      problems.push({
        reason: 'FieldValueNotSupported',
        field: 'propagationPolicy',
        value: propagationPolicy,
        detail: 'supported values: "Foreground", "Background", "Orphan", "nil"',
      });
    }
  }
  const dryRun = dryRunProblem(options.dryRun);
  if (dryRun !== undefined) problems.push(dryRun);
  return problems;
}

function member<T>(
  body: Record<string, unknown>,
  name: string,
  is: (value: unknown) => value is T,
  wanted: string,
): T | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!is(value))
    throw badRequest(`DeleteOptions in version "v1" cannot be handled as a DeleteOptions: ${name} must be ${wanted}`);
  return value;
}

function given<K extends string>(name: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, string>);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
function isString(value: unknown): value is string {
  return typeof value === 'string';
}
function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
