import { readFile } from 'node:fs/promises';
import { errorMessage, FatalError } from '@kubernetes-mesos/component-base';
import type { AccessRequest, Authorizer } from './authorizer';

/**
 * One line of a policy file. Two forms are read: the flat one of 2015 (`{"user":"bob","readonly":true,...}`), and the one
 * with `apiVersion: abac.authorization.kubernetes.io/v1beta1`, whose fields are in `spec`. An absent field restricts
 * nothing in the flat form; in the newer one `*` is everything. Names of fields match without regard to case.
 */
export interface AbacPolicy {
  readonly user: string;
  readonly group: string;
  readonly readonly: boolean;
  readonly namespace: string;
  readonly resource: string;
  readonly apiGroup: string;
  readonly nonResourcePath: string;
  /** The flat form: an empty field matches everything. */
  readonly isFlat: boolean;
}

const READ_VERBS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** Where the fields of a policy are, by its apiVersion. */
const NEWER_VERSIONS: ReadonlyMap<unknown, 'flat' | 'spec'> = new Map([
  ['v0', 'flat'],
  ['abac.authorization.kubernetes.io/v0', 'flat'],
  ['abac.authorization.kubernetes.io/v1beta1', 'spec'],
] as const);

/** @throws FatalError that names the line */
export async function abacAuthorizer(path: string): Promise<Authorizer> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new FatalError(`--authorization_policy_file: cannot read ${path}: ${errorMessage(error)}`, { cause: error });
  }
  const policies: AbacPolicy[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const policy = parseAbacLine(line);
    if (typeof policy === 'string') {
      throw new FatalError(`--authorization_policy_file: line ${index + 1} of ${path} is no policy: ${policy}`);
    }
    policies.push(policy);
  }
  return {
    authorize: (request) => {
      const isAllowed = policies.some((policy) => allows(policy, request));
      return { isAllowed, reason: isAllowed ? '' : 'No policy matched.' };
    },
  };
}

/** The policy of a line, or what is wrong with it: nothing is guessed that would let somebody do more than was meant. */
export function parseAbacLine(line: string): AbacPolicy | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return 'it is no JSON';
  }
  if (!isRecord(parsed)) return 'it is no object';
  const fields = byLowerCase(parsed);
  const apiVersion = fields.get('apiversion') ?? '';
  const kind = fields.get('kind') ?? '';
  if (apiVersion === '' && kind === '') return policyOf(fields, true);
  if (!NEWER_VERSIONS.has(apiVersion)) return `its apiVersion is not one of ${[...NEWER_VERSIONS.keys()].join(', ')}`;
  if (kind !== 'Policy') return 'its kind is not Policy';
  if (NEWER_VERSIONS.get(apiVersion) === 'flat') return policyOf(fields, true);
  const spec = fields.get('spec');
  return isRecord(spec) ? policyOf(byLowerCase(spec), false) : 'it has no spec';
}

/** Whether one policy allows a request; pure. */
export function allows(policy: AbacPolicy, request: AccessRequest): boolean {
  if (!matchesSubject(policy, request)) return false;
  if (policy.readonly && !READ_VERBS.has(request.verb)) return false;
  return policy.isFlat ? matchesFlat(policy, request) : matchesNewer(policy, request);
}

function matchesSubject({ user, group, isFlat }: AbacPolicy, request: AccessRequest): boolean {
  if (user === '' && group === '') return isFlat;
  const isUser = user === '' || user === request.user.name || (!isFlat && user === '*');
  const isGroup = group === '' || request.user.groups.includes(group) || (!isFlat && group === '*');
  return isUser && isGroup;
}

function matchesFlat({ namespace, resource }: AbacPolicy, request: AccessRequest): boolean {
  return (namespace === '' || namespace === request.namespace) && (resource === '' || resource === request.resource);
}

function matchesNewer(policy: AbacPolicy, request: AccessRequest): boolean {
  if (!request.isResource) {
    const { nonResourcePath: path } = policy;
    return path === '*' || path === request.path || (path.endsWith('*') && request.path.startsWith(path.slice(0, -1)));
  }
  const matches = (wanted: string, actual: string): boolean => wanted === '*' || wanted === actual;
  const resource = request.subresource === '' ? request.resource : `${request.resource}/${request.subresource}`;
  return (
    matches(policy.namespace, request.namespace) &&
    (matches(policy.resource, resource) || policy.resource === request.resource) &&
    matches(policy.apiGroup, request.group)
  );
}

/** A policy of fields of the right types, or which is not. */
function policyOf(fields: ReadonlyMap<string, unknown>, isFlat: boolean): AbacPolicy | string {
  const wrong = TEXT_FIELDS.find((name) => !isTextOrAbsent(fields.get(name)));
  if (wrong !== undefined) return `its field ${wrong} is no text`;
  const readonly = fields.get('readonly') ?? false;
  if (typeof readonly !== 'boolean') return 'its field readonly is neither true nor false';
  const text = (name: (typeof TEXT_FIELDS)[number]): string => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  return {
    user: text('user'),
    group: text('group'),
    readonly,
    namespace: text('namespace') === '' ? text('ns') : text('namespace'),
    resource: text('resource'),
    apiGroup: text('apigroup'),
    nonResourcePath: text('nonresourcepath'),
    isFlat,
  };
}

const TEXT_FIELDS = ['user', 'group', 'namespace', 'ns', 'resource', 'apigroup', 'nonresourcepath'] as const;

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

function byLowerCase(fields: Record<string, unknown>): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
