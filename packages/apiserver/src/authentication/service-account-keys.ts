import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { FatalError } from '@kubernetes-mesos/component-base';

export type Claims = Readonly<Record<string, unknown>>;

type Algorithm = 'RS256' | 'ES256';

/** The key of service account tokens: checks them, and signs them where it is a private key. */
export class ServiceAccountKey {
  readonly #public: KeyObject;
  readonly #private: KeyObject | undefined;
  readonly #algorithm: Algorithm;

  /**
   * @param pem a private key, a public key or a certificate
   * @param source named in errors
   * @throws FatalError for what holds no RSA or P-256 key
   */
  constructor(pem: string | Buffer, source: string) {
    try {
      this.#private = pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : undefined;
      this.#public = createPublicKey(this.#private ?? pem);
    } catch (error) {
      throw new FatalError(`${source} holds no key for service account tokens`, { cause: error });
    }
    const { asymmetricKeyType, asymmetricKeyDetails } = this.#public;
    if (asymmetricKeyType === 'rsa') this.#algorithm = 'RS256';
    else if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') this.#algorithm = 'ES256';
    else throw new FatalError(`${source}: service account tokens need an RSA or a P-256 key`);
  }

  get canSign(): boolean {
    return this.#private !== undefined;
  }

  /** The claims of a JWT that this key has signed; `undefined` for anything else. */
  verify(token: string): Claims | undefined {
    const [header = '', payload = '', signature = '', ...rest] = token.split('.');
    if (rest.length > 0 || signature === '') return undefined;
    if (decode(header)?.['alg'] !== this.#algorithm) return undefined;
    const signed = Buffer.from(`${header}.${payload}`);
    const isOurs = verify('sha256', signed, this.#keyOptions(this.#public), Buffer.from(signature, 'base64url'));
    return isOurs ? decode(payload) : undefined;
  }

  /** @throws Error without a private key */
  sign(claims: Claims): string {
    if (this.#private === undefined) throw new Error('a public key signs nothing');
    const signed = `${encode({ alg: this.#algorithm, typ: 'JWT' })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), this.#keyOptions(this.#private));
    return `${signed}.${signature.toString('base64url')}`;
  }

  #keyOptions(key: KeyObject) {
    return this.#algorithm === 'ES256' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : { key };
  }
}

function encode(value: Claims): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}
