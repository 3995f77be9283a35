import { createPrivateKey, sign, type KeyObject } from 'node:crypto';

/** Whom a token speaks for. */
export interface TokenSubject {
  readonly namespace: string;
  readonly account: string;
  readonly accountUid: string;
  readonly secret: string;
}

interface Algorithm {
  /** `alg` of a JWT. */
  readonly name: string;
  readonly digest: string;
}

const EC_BY_CURVE: ReadonlyMap<string, Algorithm> = new Map([
  ['prime256v1', { name: 'ES256', digest: 'sha256' }],
  ['secp384r1', { name: 'ES384', digest: 'sha384' }],
  ['secp521r1', { name: 'ES512', digest: 'sha512' }],
]);

/** Signs service account tokens that do not expire: JWTs in the form of the secrets of Kubernetes 1.0 to 1.23. */
export class TokenSigner {
  readonly #key: KeyObject;
  readonly #algorithm: Algorithm;

  /** @throws Error for a PEM text that holds no RSA, P-256, P-384 or P-521 private key */
  constructor(pem: string) {
    this.#key = createPrivateKey(pem);
    const { asymmetricKeyType, asymmetricKeyDetails } = this.#key;
    const algorithm =
      asymmetricKeyType === 'rsa'
        ? { name: 'RS256', digest: 'sha256' }
        : EC_BY_CURVE.get(asymmetricKeyDetails?.namedCurve ?? '');
    if (algorithm === undefined) {
      throw new Error(`${asymmetricKeyType ?? 'unknown'} keys do not sign service account tokens; use RSA or P-256`);
    }
    this.#algorithm = algorithm;
  }

  sign(subject: TokenSubject): string {
    const { namespace, account, accountUid, secret } = subject;
    const header = encode({ alg: this.#algorithm.name, typ: 'JWT' });
    const claims = encode({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': namespace,
      'kubernetes.io/serviceaccount/secret.name': secret,
      'kubernetes.io/serviceaccount/service-account.name': account,
      'kubernetes.io/serviceaccount/service-account.uid': accountUid,
      sub: `system:serviceaccount:${namespace}:${account}`,
    });
    const signed = `${header}.${claims}`;
    // The encoding is of EC signatures only.
    const key = { key: this.#key, dsaEncoding: 'ieee-p1363' } as const;
    const signature = sign(this.#algorithm.digest, Buffer.from(signed), key);
    return `${signed}.${signature.toString('base64url')}`;
  }
}

function encode(value: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}
