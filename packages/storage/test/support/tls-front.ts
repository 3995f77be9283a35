import forge from 'node-forge';
import { connect, type AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';

export interface TlsFront {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** A key pair with a certificate, PEM. */
export interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Self-signed, for `localhost` and 127.0.0.1. */
export function makeIdentity(): Identity {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const name = [{ name: 'commonName', value: 'localhost' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 7, ip: '127.0.0.1' },
      ],
    },
  ]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return {
    cert: Buffer.from(forge.pki.certificateToPem(certificate)),
    key: Buffer.from(forge.pki.privateKeyToPem(keys.privateKey)),
  };
}

/** TLS with client certificates in front of a port of this machine. */
export async function startTlsFront(port: number, server: Identity, client: Identity): Promise<TlsFront> {
  const sockets = new Set<TLSSocket>();
  const front = createServer(
    { ...server, ca: client.cert, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] },
    (socket) => {
      sockets.add(socket);
      const upstream = connect(port, '127.0.0.1');
      const drop = (): void => {
        socket.destroy();
        upstream.destroy();
      };
      for (const each of [socket, upstream]) each.on('error', drop).on('close', drop);
      socket.pipe(upstream).pipe(socket);
    },
  );
  front.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `https://127.0.0.1:${(front.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}
