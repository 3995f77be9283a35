import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';

/** Whom a token speaks for. */
export interface TokenSubject {
  readonly namespace: string;
  readonly account: string;
  readonly accountUid: string;
  readonly secret: string;
}

/** Signs service account tokens that do not expire: JWTs in the form of the secrets of Kubernetes 1.0 to 1.23. */
export class TokenSigner {
  readonly #key: KeyObject;
  readonly #algorithm: 'RS256' | 'ES256';

  /** @throws Error for a PEM text that holds no RSA or EC (P-256) private key */
  constructor(pem: string) {
    this.#key = createPrivateKey(pem);
    const { asymmetricKeyType, asymmetricKeyDetails } = this.#key;
    if (asymmetricKeyType === 'rsa') this.#algorithm = 'RS256';
    else if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') this.#algorithm = 'ES256';
    else throw new Error(`${asymmetricKeyType ?? 'unknown'} keys do not sign service account tokens; use RSA or P-256`);
  }

  sign(subject: TokenSubject): string {
    const { namespace, account, accountUid, secret } = subject;
    const header = encode({ alg: this.#algorithm, typ: 'JWT' });
    const claims = encode({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': namespace,
      'kubernetes.io/serviceaccount/secret.name': secret,
      'kubernetes.io/serviceaccount/service-account.name': account,
      'kubernetes.io/serviceaccount/service-account.uid': accountUid,
      sub: `system:serviceaccount:${namespace}:${account}`,
    });
    const signed = `${header}.${claims}`;
    const signature = createSign('sha256')
      .update(signed)
      .sign(this.#algorithm === 'RS256' ? this.#key : { key: this.#key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
}

function encode(value: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}
