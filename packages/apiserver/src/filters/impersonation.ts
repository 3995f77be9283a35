import type { IncomingMessage } from 'node:http';
import { internalError } from '@kubernetes-mesos/api-types';
import type { AccessRequest, Authorizer } from '../authorization/authorizer';
import { AUTHENTICATED_GROUP } from '../authentication/authenticator';
import type { User } from '../endpoints/verb-context';
import { ANONYMOUS } from '../http/exchange';
import { forbidden } from './authorization';
import type { Filter } from './filter';

const USER = 'impersonate-user';
const UID = 'impersonate-uid';
const GROUP = 'impersonate-group';
const EXTRA_PREFIX = 'impersonate-extra-';
const PREFIX = 'impersonate-';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Somebody whom a request wants to act as. */
export interface Impersonation {
  readonly user: User;
  /** What the one who asks must be allowed to `impersonate`. */
  readonly needed: readonly Pick<AccessRequest, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>[];
}

/**
 * Lets those who may act as somebody else (`kubectl --as`); everything after this sees the other user only.
 * Refuses what the authorizer does not allow, 403; groups or extras without a user, 500 as upstream.
 */
export function impersonationFilter(authorizer: Authorizer): Filter {
  return (exchange) => {
    const wanted = wantedImpersonation(exchange.request);
    if (wanted === undefined) return 'pass';
    for (const needed of wanted.needed) {
      const request = { ...needed, user: exchange.user, verb: 'impersonate', isResource: true, path: exchange.path };
      const decision = authorizer.authorize(request);
      if (!decision.isAllowed) throw forbidden(request, decision.reason);
    }
    exchange.user = wanted.user;
    // A kubelet or pod behind the proxy must not see whom it was asked for.
    for (const name of Object.keys(exchange.request.headers)) {
      if (name.startsWith(PREFIX)) delete exchange.request.headers[name];
    }
    return 'pass';
  };
}

/**
 * Whom the headers name; `undefined` when none does. Pure.
 * @throws StatusError 500
 */
export function wantedImpersonation(
  request: Pick<IncomingMessage, 'headers' | 'headersDistinct'>,
): Impersonation | undefined {
  // `headers` is there for every request, `headersDistinct` is made when it is read.
  if (!hasImpersonation(request.headers)) return undefined;
  const headers = request.headersDistinct;
  const [name = ''] = headers[USER] ?? [];
  const [uid = ''] = headers[UID] ?? [];
  const groups = headers[GROUP] ?? [];
  const extra = extrasOf(headers);
  if (name === '') {
    if (groups.length === 0 && uid === '' && extra.size === 0) return undefined;
    throw internalError('requested impersonation of groups, uid or extra without impersonating a user');
  }
  const [, namespace = '', account = ''] = SERVICE_ACCOUNT.exec(name) ?? [];
  const none = { group: '', subresource: '', namespace: '', name: '' };
  const authentication = { ...none, group: 'authentication.k8s.io' };
  return {
    user: {
      name,
      uid,
      groups: groupsOf(name, namespace, groups),
      ...(extra.size === 0 ? {} : { extra: Object.fromEntries(extra) }),
    },
    needed: [
      account === ''
        ? { ...none, resource: 'users', name }
        : { ...none, resource: 'serviceaccounts', namespace, name: account },
      ...groups.map((group) => ({ ...none, resource: 'groups', name: group })),
      ...[...extra].flatMap(([key, values]) =>
        values.map((value) => ({ ...authentication, resource: 'userextras', subresource: key, name: value })),
      ),
      ...(uid === '' ? [] : [{ ...authentication, resource: 'uids', name: uid }]),
    ],
  };
}

function hasImpersonation(headers: IncomingMessage['headers']): boolean {
  for (const name in headers) if (name.startsWith(PREFIX)) return true;
  return false;
}

function extrasOf(headers: IncomingMessage['headersDistinct']): ReadonlyMap<string, readonly string[]> {
  const extra = new Map<string, readonly string[]>();
  for (const [name, values = []] of Object.entries(headers)) {
    if (name.startsWith(EXTRA_PREFIX)) extra.set(decoded(name.slice(EXTRA_PREFIX.length)), values);
  }
  return extra;
}

/** Groups that are named are all; else those that the user would have by its own credentials, as far as they are known. */
function groupsOf(name: string, namespace: string, given: readonly string[]): readonly string[] {
  const { name: anonymous, groups: unauthenticated } = ANONYMOUS;
  if (name === anonymous) return given.length > 0 ? given : unauthenticated;
  const own =
    given.length > 0 || namespace === '' ? given : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return own.includes(AUTHENTICATED_GROUP) || own.some((group) => unauthenticated.includes(group))
    ? own
    : [...own, AUTHENTICATED_GROUP];
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
