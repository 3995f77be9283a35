import type { TLSSocket } from 'node:tls';
import type { IncomingMessage } from 'node:http';
import type { User } from '../endpoints/verb-context';

/**
 * Finds out who sends a request. `undefined`: this authenticator has nothing to say; `'refused'`: there are credentials,
 * and they are wrong.
 */
export interface Authenticator {
  readonly name: string;
  authenticate(request: IncomingMessage): Promise<User | 'refused' | undefined>;
}

export const AUTHENTICATED_GROUP = 'system:authenticated';

/** The first authenticator that knows the user wins; wrong credentials count only when nobody does. */
export async function authenticateWith(
  authenticators: readonly Authenticator[],
  request: IncomingMessage,
): Promise<User | 'refused' | undefined> {
  let isRefused = false;
  for (const authenticator of authenticators) {
    const user = await authenticator.authenticate(request);
    if (user === 'refused') isRefused = true;
    else if (user !== undefined) return { ...user, groups: [...user.groups, AUTHENTICATED_GROUP] };
  }
  return isRefused ? 'refused' : undefined;
}

/** `Authorization: SCHEME VALUE` */
export function credentialsOf(request: IncomingMessage, scheme: string): string | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  const space = authorization.indexOf(' ');
  if (space < 0 || authorization.slice(0, space).toLowerCase() !== scheme) return undefined;
  return authorization.slice(space + 1).trim();
}

/** Client certificates that the TLS layer has verified: the common name is the user, organizations are groups. */
export const clientCertificates: Authenticator = {
  name: 'x509',
  authenticate: async (request) => {
    const socket = request.socket as Partial<TLSSocket>;
    if (socket.getPeerCertificate === undefined) return undefined;
    const certificate = socket.getPeerCertificate();
    if (Object.keys(certificate).length === 0) return undefined;
    if (socket.authorized !== true) return 'refused';
    const { CN, O } = certificate.subject as { CN?: string | string[]; O?: string | string[] };
    const [name] = [CN ?? []].flat();
    if (name === undefined || name === '') return 'refused';
    return { name, uid: '', groups: [O ?? []].flat() };
  },
};
