import type { Secret, ServiceAccount } from '@kubernetes-mesos/api-types';

export const TOKEN_SECRET_TYPE = 'kubernetes.io/service-account-token';
export const ACCOUNT_NAME_ANNOTATION = 'kubernetes.io/service-account.name';
export const ACCOUNT_UID_ANNOTATION = 'kubernetes.io/service-account.uid';

export interface TokenState {
  readonly account: ServiceAccount | undefined;
  /** Token secrets of the namespace that name the account. */
  readonly secrets: readonly Secret[];
  /** PEM text that goes beside the token, if any. */
  readonly rootCa: string | undefined;
}

export interface TokenPlan {
  /** Secrets of an account that is gone, or of an earlier one of the name. */
  readonly remove: readonly Secret[];
  /** Secrets that lack the token, the CA or the namespace. */
  readonly fill: readonly Secret[];
  /** The account needs a secret of its own. */
  readonly create: boolean;
  /** Names that the account should list among its secrets. */
  readonly list: readonly string[];
}

/** What to do about the tokens of one account. */
export function decideTokens(state: TokenState): TokenPlan {
  const { account, secrets, rootCa } = state;
  if (account === undefined || account.metadata.deletionTimestamp !== undefined) {
    return { remove: account === undefined ? secrets : [], fill: [], create: false, list: [] };
  }
  const ours = secrets.filter((secret) => belongsTo(secret, account));
  const remove = secrets.filter((secret) => !belongsTo(secret, account));
  const listed = new Set((account.secrets ?? []).map((reference) => reference.name ?? ''));
  const usable = ours.filter((secret) => secret.metadata.deletionTimestamp === undefined);
  const hasOwn = usable.some((secret) => listed.has(secret.metadata.name ?? ''));
  // One made before a crash, and not yet listed, is taken instead of making another.
  const unlisted = usable.find((secret) => secret.metadata.name?.startsWith(tokenPrefix(account)) === true);
  return {
    remove,
    fill: usable.filter((secret) => lacksData(secret, rootCa)),
    create: !hasOwn && unlisted === undefined,
    list: hasOwn || unlisted === undefined ? [] : [unlisted.metadata.name ?? ''],
  };
}

/** `default-token-` */
export function tokenPrefix(account: ServiceAccount): string {
  return `${account.metadata.name ?? ''}-token-`;
}

/** A secret without the uid was made by hand and asks to be filled in. */
function belongsTo(secret: Secret, account: ServiceAccount): boolean {
  const uid = secret.metadata.annotations?.[ACCOUNT_UID_ANNOTATION];
  return uid === undefined || uid === '' || uid === account.metadata.uid;
}

function lacksData(secret: Secret, rootCa: string | undefined): boolean {
  const { data = {}, metadata } = secret;
  return (
    (data['token'] ?? '') === '' ||
    data['namespace'] !== base64(metadata.namespace ?? '') ||
    (rootCa !== undefined && data['ca.crt'] !== base64(rootCa)) ||
    (metadata.annotations?.[ACCOUNT_UID_ANNOTATION] ?? '') === ''
  );
}

export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
