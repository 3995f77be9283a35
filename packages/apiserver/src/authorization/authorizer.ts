import type { User } from '../endpoints/verb-context';

/** What somebody wants to do. */
export interface AccessRequest {
  readonly user: User;
  readonly verb: string;
  /** Resources have these; paths outside the API have `path` only. */
  readonly isResource: boolean;
  readonly group: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly path: string;
}

export interface AccessDecision {
  readonly isAllowed: boolean;
  /** Why not; may be empty. */
  readonly reason: string;
}

export interface Authorizer {
  authorize(request: AccessRequest): AccessDecision;
}

export const alwaysAllow: Authorizer = { authorize: () => ({ isAllowed: true, reason: '' }) };
export const alwaysDeny: Authorizer = { authorize: () => ({ isAllowed: false, reason: 'Everything is forbidden.' }) };

/** Members may do everything, whatever the authorizer says, so that nobody locks everybody out. */
const ADMINISTRATORS = 'system:masters';

/** The authorizer, but for administrators. */
export function exceptAdministrators(authorizer: Authorizer): Authorizer {
  return {
    authorize: (request) =>
      request.user.groups.includes(ADMINISTRATORS) ? { isAllowed: true, reason: '' } : authorizer.authorize(request),
  };
}
