import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { FatalError } from '@kubernetes-mesos/component-base';

export type Claims = Readonly<Record<string, unknown>>;

interface Algorithm {
  /** `alg` of a JWT. */
  readonly name: string;
  readonly digest: 'sha256' | 'sha384' | 'sha512';
  readonly isEc: boolean;
}

const RSA: Algorithm = { name: 'RS256', digest: 'sha256', isEc: false };
const EC_BY_CURVE: ReadonlyMap<string, Algorithm> = new Map([
  ['prime256v1', { name: 'ES256', digest: 'sha256', isEc: true }],
  ['secp384r1', { name: 'ES384', digest: 'sha384', isEc: true }],
  ['secp521r1', { name: 'ES512', digest: 'sha512', isEc: true }],
]);

/** A key of service account tokens: checks them, and signs them where it is a private key. */
export class ServiceAccountKey {
  readonly #public: KeyObject;
  readonly #private: KeyObject | undefined;
  readonly #algorithm: Algorithm;

  /**
   * @param pem a private key, a public key or a certificate
   * @param source named in errors
   * @throws FatalError for what holds no RSA, P-256, P-384 or P-521 key
   */
  constructor(pem: string | Buffer, source: string) {
    try {
      this.#private = pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : undefined;
      this.#public = createPublicKey(this.#private ?? pem);
    } catch (error) {
      throw new FatalError(`${source} holds no key for service account tokens`, { cause: error });
    }
    const algorithm = algorithmOf(this.#public);
    if (algorithm === undefined) {
      throw new FatalError(`${source}: service account tokens need an RSA, P-256, P-384 or P-521 key`);
    }
    this.#algorithm = algorithm;
  }

  get canSign(): boolean {
    return this.#private !== undefined;
  }

  /** The claims of a JWT that this key has signed; `undefined` for anything else. */
  verify(token: string): Claims | undefined {
    const [header = '', payload = '', signature = '', ...rest] = token.split('.', 4);
    if (rest.length > 0 || signature === '') return undefined;
    if (decode(header)?.['alg'] !== this.#algorithm.name) return undefined;
    const signed = Buffer.from(`${header}.${payload}`);
    const given = Buffer.from(signature, 'base64url');
    const isOurs = verify(this.#algorithm.digest, signed, this.#keyOptions(this.#public), given);
    return isOurs ? decode(payload) : undefined;
  }

  /** @throws Error without a private key */
  sign(claims: Claims): string {
    if (this.#private === undefined) throw new Error('a public key signs nothing');
    const signed = `${encode({ alg: this.#algorithm.name, typ: 'JWT' })}.${encode(claims)}`;
    const signature = sign(this.#algorithm.digest, Buffer.from(signed), this.#keyOptions(this.#private));
    return `${signed}.${signature.toString('base64url')}`;
  }

  #keyOptions(key: KeyObject) {
    return this.#algorithm.isEc ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : { key };
  }
}

/**
 * The keys of a PEM file, in its order: while keys are exchanged, tokens of the old one are good beside those of the new.
 * EC parameters, which OpenSSL writes before a key, are passed over.
 * @throws FatalError when there is none, or one that signs no tokens
 */
export function serviceAccountKeys(pem: string, source: string): readonly ServiceAccountKey[] {
  const blocks = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g)];
  const keys = blocks.filter(([, label = '']) => label !== 'EC PARAMETERS').map(([block]) => block);
  // What is no PEM at all is refused in the words for a bad key.
  return (keys.length === 0 ? [pem] : keys).map((key) => new ServiceAccountKey(key, source));
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm | undefined {
  if (asymmetricKeyType === 'rsa') return RSA;
  return asymmetricKeyType === 'ec' ? EC_BY_CURVE.get(asymmetricKeyDetails?.namedCurve ?? '') : undefined;
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
