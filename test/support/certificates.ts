import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';

/** A certificate and its key, PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateSubject {
  readonly commonName: string;
  readonly organizations?: readonly string[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** An authority of the test's own, and certificates of clients that it signs. */
export class TestAuthority {
  readonly #own: TestCertificate;

  constructor(name = 'test authority') {
    this.#own = makeCertificate({ commonName: name }, undefined, DAY_MS, true);
  }

  /** PEM, for `--client_ca_file`. */
  get cert(): string {
    return this.#own.cert;
  }

  /** @param validMs how long from now; negative for one that has expired */
  sign(subject: CertificateSubject, validMs = DAY_MS): TestCertificate {
    return makeCertificate(subject, this.#own, validMs, false);
  }
}

function makeCertificate(
  { commonName, organizations = [] }: CertificateSubject,
  issuer: TestCertificate | undefined,
  validMs: number,
  isAuthority: boolean,
): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - 2 * DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + validMs);
  certificate.setSubject([
    { name: 'commonName', value: commonName },
    ...organizations.map((value) => ({ name: 'organizationName', value })),
  ]);
  certificate.setIssuer(
    issuer === undefined
      ? certificate.subject.attributes
      : forge.pki.certificateFromPem(issuer.cert).subject.attributes,
  );
  certificate.setExtensions([
    { name: 'basicConstraints', cA: isAuthority },
    isAuthority ? { name: 'keyUsage', keyCertSign: true } : { name: 'extKeyUsage', clientAuth: true },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.key ?? privateKey), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: privateKey };
}
