import type { Clock } from '@kubernetes-mesos/component-base';
import type { Storage } from '@kubernetes-mesos/storage';
import type { User } from '../endpoints/verb-context';
import { credentialsOf, type Authenticator } from './authenticator';
import type { Claims, ServiceAccountKey } from './service-account-keys';

/** Issuer of the tokens in secrets, which do not expire. */
const SECRET_ISSUER = 'kubernetes/serviceaccount';
/** Issuer of the tokens that are asked for. */
export const REQUEST_ISSUER = 'https://kubernetes.default.svc';

/** Whom a token speaks for, and what it hangs on. */
interface TokenSubject {
  readonly namespace: string;
  readonly account: string;
  readonly uid: string;
  /** The secret that holds it, for tokens that are in one. */
  readonly secret: string;
}

/**
 * Service accounts, by the tokens that their secrets hold or that were asked for. With `lookup`, and for tokens that were
 * asked for always, the account (and the secret) must still be there.
 */
export function serviceAccountAuthenticator(
  keys: readonly ServiceAccountKey[],
  storage: Storage,
  lookup: boolean,
  clock: Clock,
): Authenticator {
  return {
    name: 'service-accounts',
    async authenticate(request) {
      const token = credentialsOf(request, 'bearer');
      if (token === undefined) return undefined;
      const claims = verified(keys, token);
      // Not ours: perhaps another authenticator knows it.
      if (claims === undefined) return undefined;
      const subject = subjectOf(claims, clock.now());
      if (subject === undefined) return 'refused';
      const mustExist = lookup || claims['iss'] === REQUEST_ISSUER;
      if (mustExist && !(await exists(storage, subject))) return 'refused';
      return userOf(subject);
    },
  };
}

function verified(keys: readonly ServiceAccountKey[], token: string): Claims | undefined {
  for (const key of keys) {
    const claims = key.verify(token);
    if (claims !== undefined) return claims;
  }
  return undefined;
}

/** `undefined` for claims that are not valid now, or no service account's. */
export function subjectOf(claims: Claims, nowMs: number): TokenSubject | undefined {
  const { exp, nbf, iss } = claims;
  if (typeof exp === 'number' && exp * 1000 <= nowMs) return undefined;
  if (typeof nbf === 'number' && nbf * 1000 > nowMs) return undefined;
  if (iss === SECRET_ISSUER) {
    const claim = (name: string): string => text(claims[`kubernetes.io/serviceaccount/${name}`]);
    return complete({
      namespace: claim('namespace'),
      account: claim('service-account.name'),
      uid: claim('service-account.uid'),
      secret: claim('secret.name'),
    });
  }
  if (iss !== REQUEST_ISSUER || typeof exp !== 'number') return undefined;
  const bound = record(claims['kubernetes.io']);
  const account = record(bound['serviceaccount']);
  return complete({
    namespace: text(bound['namespace']),
    account: text(account['name']),
    uid: text(account['uid']),
    secret: '',
  });
}

function complete(subject: TokenSubject): TokenSubject | undefined {
  return subject.namespace === '' || subject.account === '' ? undefined : subject;
}

async function exists(storage: Storage, { namespace, account, uid, secret }: TokenSubject): Promise<boolean> {
  const stored = await storage.resource('', 'serviceaccounts').get({ namespace, name: account });
  if (stored === undefined || stored.object.metadata.uid !== uid) return false;
  if (secret === '') return true;
  const held = await storage.resource('', 'secrets').get({ namespace, name: secret });
  return held !== undefined && held.object.metadata.deletionTimestamp === undefined;
}

function userOf({ namespace, account, uid }: TokenSubject): User {
  return {
    name: `system:serviceaccount:${namespace}:${account}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
