import { readFile } from 'node:fs/promises';
import { errorMessage, FatalError } from '@kubernetes-mesos/component-base';
import type { AccessRequest, Authorizer } from './authorizer';

/**
 * One line of a policy file. Two forms are read: the flat one of 2015 (`{"user":"bob","readonly":true,...}`), and the one
 * with `apiVersion: abac.authorization.kubernetes.io/v1beta1`, whose fields are in `spec`. In both an absent field of a
 * resource rule restricts nothing in the flat form, and `*` is everything in the newer one.
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
    if (policy === undefined) {
      throw new FatalError(`--authorization_policy_file: line ${index + 1} of ${path} is no policy`);
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

/** `undefined` when the line is no JSON object, or is of a version that is not known. */
export function parseAbacLine(line: string): AbacPolicy | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed)) return undefined;
  const { apiVersion } = parsed;
  if (apiVersion === undefined) return policyOf(parsed, true);
  if (typeof apiVersion !== 'string' || !apiVersion.startsWith('abac.authorization.kubernetes.io/')) return undefined;
  return isRecord(parsed['spec']) ? policyOf(parsed['spec'], false) : undefined;
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

function policyOf(fields: Record<string, unknown>, isFlat: boolean): AbacPolicy {
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  return {
    user: text('user'),
    group: text('group'),
    readonly: fields['readonly'] === true,
    namespace: text('namespace') === '' ? text('ns') : text('namespace'),
    resource: text('resource'),
    apiGroup: text('apiGroup'),
    nonResourcePath: text('nonResourcePath'),
    isFlat,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
