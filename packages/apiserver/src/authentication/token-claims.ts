import type { Claims } from './service-account-keys';

/** Issuer of the tokens in secrets, which do not expire. */
const SECRET_ISSUER = 'kubernetes/serviceaccount';
/** Issuer of the tokens that are asked for, and the audience that they are for unless they say another. */
export const REQUEST_ISSUER = 'https://kubernetes.default.svc';
/** Clocks of two API servers may differ by so much: a token of one is good at the other at once. */
const LEEWAY_MS = 60_000;

/** An object that a token ends with. */
export interface BoundObject {
  readonly name: string;
  /** `''` where the token does not say. */
  readonly uid: string;
}

/** Whom a token speaks for, and what it hangs on. */
export interface TokenSubject {
  readonly namespace: string;
  readonly account: BoundObject;
  readonly secret?: BoundObject;
  readonly pod?: BoundObject;
  /** Whom it may be shown to; `undefined` for tokens of secrets, which are for the API server. */
  readonly audiences?: readonly string[];
}

/** `undefined` for claims that are not valid now, or no service account's. Pure. */
export function subjectOf(claims: Claims, nowMs: number): TokenSubject | undefined {
  const { exp, nbf, iss, aud } = claims;
  if (typeof exp === 'number' && exp * 1000 <= nowMs) return undefined;
  if (typeof nbf === 'number' && nbf * 1000 > nowMs + LEEWAY_MS) return undefined;
  if (iss === SECRET_ISSUER) return subjectOfSecret(claims);
  if (iss !== REQUEST_ISSUER || typeof exp !== 'number') return undefined;
  const bound = record(claims['kubernetes.io']);
  const account = boundObject(bound['serviceaccount']);
  if (account === undefined) return undefined;
  const secret = boundObject(bound['secret']);
  const pod = boundObject(bound['pod']);
  return complete({
    namespace: text(bound['namespace']),
    account,
    ...(secret === undefined ? {} : { secret }),
    ...(pod === undefined ? {} : { pod }),
    audiences: [aud].flat().filter((audience): audience is string => typeof audience === 'string'),
  });
}

function subjectOfSecret(claims: Claims): TokenSubject | undefined {
  const claim = (name: string): string => text(claims[`kubernetes.io/serviceaccount/${name}`]);
  const secret = claim('secret.name');
  return complete({
    namespace: claim('namespace'),
    account: { name: claim('service-account.name'), uid: claim('service-account.uid') },
    ...(secret === '' ? {} : { secret: { name: secret, uid: '' } }),
  });
}

function complete(subject: TokenSubject): TokenSubject | undefined {
  return subject.namespace === '' || subject.account.name === '' ? undefined : subject;
}

function boundObject(value: unknown): BoundObject | undefined {
  const { name, uid } = record(value);
  return text(name) === '' ? undefined : { name: text(name), uid: text(uid) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
