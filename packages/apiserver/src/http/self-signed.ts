import { generateKeyPair, randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorMessage, FatalError } from '@kubernetes-mesos/component-base';
import type { TlsMaterial } from './listeners';

const KEY_BITS = 2048;
const VALID_DAYS = 365;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Certificates that end sooner than this are made anew. */
const RENEW_BEFORE_MS = 30 * DAY_MS;
/** Clocks of clients may be behind. */
const BACKDATE_MS = 60 * 60 * 1000;

/** Who a self-made certificate is for. */
export interface CertificateNames {
  readonly commonName: string;
  /** DNS names and IP addresses. */
  readonly alternatives: readonly string[];
}

/**
 * The self-made certificate of `dir` (`apiserver.crt`, `apiserver.key`), made when it is missing, for other names or near
 * its end. Files are readable by their owner only.
 * @throws FatalError when the directory cannot be written
 */
export async function selfSignedCertificate(dir: string, names: CertificateNames, nowMs: number): Promise<TlsMaterial> {
  const certPath = join(dir, 'apiserver.crt');
  const keyPath = join(dir, 'apiserver.key');
  const existing = await readExisting(certPath, keyPath);
  if (existing !== undefined && isUsable(existing.cert, names, nowMs)) return existing;
  const made = await makeCertificate(names, nowMs);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFile(keyPath, made.key, { mode: 0o600 });
    await writeFile(certPath, made.cert, { mode: 0o600 });
  } catch (error) {
    throw new FatalError(
      `cannot write the self-made certificate to ${dir}: ${errorMessage(error)}; ` +
        'set --cert_dir to a writable directory, give --tls_cert_file and --tls_private_key_file, or --secure_port=0',
      { cause: error },
    );
  }
  return made;
}

async function readExisting(certPath: string, keyPath: string): Promise<{ cert: string; key: string } | undefined> {
  try {
    const [cert, key] = await Promise.all([readFile(certPath, 'utf8'), readFile(keyPath, 'utf8')]);
    return { cert, key };
  } catch {
    return undefined;
  }
}

function isUsable(pem: string, names: CertificateNames, nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const holds = (name: string): boolean =>
      (isIP(name) === 0 ? certificate.checkHost(name, { subject: 'never' }) : certificate.checkIP(name)) !== undefined;
    return Date.parse(certificate.validTo) - nowMs > RENEW_BEFORE_MS && names.alternatives.every(holds);
  } catch {
    return false;
  }
}

async function makeCertificate(names: CertificateNames, nowMs: number): Promise<{ cert: string; key: string }> {
  // Large, and wanted once in the life of a certificate.
  const { default: forge } = await import('node-forge');
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // Positive, and no byte in front that says nothing: OpenSSL refuses to read a number with one.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(nowMs - BACKDATE_MS);
  certificate.validity.notAfter = new Date(nowMs + VALID_DAYS * DAY_MS);
  const subject = [{ name: 'commonName', value: names.commonName }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'keyUsage', keyCertSign: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: names.alternatives.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
    },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: privateKey };
}
