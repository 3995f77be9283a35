import type { KubeObject, Secret } from '@kubernetes-mesos/api-types';
import type { Clock } from '@kubernetes-mesos/component-base';
import type { Storage } from '@kubernetes-mesos/storage';
import type { User } from '../endpoints/verb-context';
import { credentialsOf, type Authenticator } from './authenticator';
import type { ServiceAccountKey } from './service-account-keys';
import { subjectOf, type BoundObject, type TokenSubject } from './token-claims';
import { VerifiedTokens } from './verified-tokens';

/** What the token of an account is kept under in a secret. */
const TOKEN_MEMBER = 'token';

/**
 * Service accounts, by the tokens that their secrets hold or that were asked for. With `lookup`, and for tokens that were
 * asked for always, the account and what the token is bound to must still be there, and a secret must hold the very token.
 */
export function serviceAccountAuthenticator(
  keys: readonly ServiceAccountKey[],
  storage: Storage,
  lookup: boolean,
  clock: Clock,
): Authenticator {
  const tokens = new VerifiedTokens(keys);
  return {
    name: 'service-accounts',
    async authenticate(request) {
      const token = credentialsOf(request, 'bearer');
      if (token === undefined) return undefined;
      const claims = tokens.claimsOf(token);
      const subject = claims === undefined ? undefined : subjectOf(claims, clock.now());
      if (subject === undefined) return 'refused';
      const mustExist = lookup || subject.audiences !== undefined;
      if (mustExist && !(await exists(storage, subject, token))) return 'refused';
      const { audiences } = subject;
      return { user: userOf(subject), ...(audiences === undefined ? {} : { audiences }) };
    },
  };
}

async function exists(storage: Storage, subject: TokenSubject, token: string): Promise<boolean> {
  const { namespace, account, secret, pod } = subject;
  const find = async (plural: string, bound: BoundObject): Promise<KubeObject | undefined> => {
    const stored = await storage.resource('', plural).get({ namespace, name: bound.name });
    const { uid, deletionTimestamp } = stored?.object.metadata ?? {};
    const isSame = bound.uid === '' || bound.uid === uid;
    return isSame && (plural === 'pods' || deletionTimestamp === undefined) ? stored?.object : undefined;
  };
  const [foundAccount, foundSecret, foundPod] = await Promise.all([
    account.uid === '' ? undefined : find('serviceaccounts', account),
    secret === undefined ? undefined : find('secrets', secret),
    pod === undefined ? undefined : find('pods', pod),
  ]);
  if (foundAccount === undefined) return false;
  if (secret !== undefined && (foundSecret === undefined || !holds(foundSecret, subject, token))) return false;
  return pod === undefined || foundPod !== undefined;
}

/** A token of a secret's own must be the one in it; one that is merely bound to the secret is not. */
function holds(secret: Secret, { audiences }: TokenSubject, token: string): boolean {
  if (audiences !== undefined) return true;
  return Buffer.from(secret.data?.[TOKEN_MEMBER] ?? '', 'base64').toString() === token;
}

function userOf({ namespace, account, pod }: TokenSubject): User {
  return {
    name: `system:serviceaccount:${namespace}:${account.name}`,
    uid: account.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    ...(pod === undefined
      ? {}
      : {
          extra: {
            'authentication.kubernetes.io/pod-name': [pod.name],
            'authentication.kubernetes.io/pod-uid': [pod.uid],
          },
        }),
  };
}
