import type { TLSSocket } from 'node:tls';
import type { IncomingMessage } from 'node:http';
import type { User } from '../endpoints/verb-context';
import { REQUEST_ISSUER } from './token-claims';

/** Who sends a request, and whom the credentials are for; the latter undefined where they do not say. */
export interface Authenticated {
  readonly user: User;
  readonly audiences?: readonly string[];
}

/**
 * Finds out who sends a request. `undefined`: this authenticator has nothing to say; `'refused'`: there are credentials,
 * and they are wrong.
 */
export interface Authenticator {
  readonly name: string;
  authenticate(request: IncomingMessage): Promise<Authenticated | 'refused' | undefined>;
}

export const AUTHENTICATED_GROUP = 'system:authenticated';

/** Whom tokens that are shown to this server are for. */
export const API_AUDIENCES: readonly string[] = [REQUEST_ISSUER];

/**
 * The first authenticator that knows the user wins; wrong credentials, and those for others than `audiences`, count only
 * when nobody does. The answer names those of the audiences that the credentials are for.
 */
export async function authenticateWith(
  authenticators: readonly Authenticator[],
  request: IncomingMessage,
  audiences: readonly string[] = API_AUDIENCES,
): Promise<Required<Authenticated> | 'refused' | undefined> {
  let isRefused = false;
  for (const authenticator of authenticators) {
    const found = await authenticator.authenticate(request);
    if (found === undefined) continue;
    if (found !== 'refused') {
      const { user, audiences: meant = API_AUDIENCES } = found;
      const common = audiences.filter((audience) => meant.includes(audience));
      const groups = [...new Set([...user.groups, AUTHENTICATED_GROUP])];
      if (common.length > 0) return { user: { ...user, groups }, audiences: common };
    }
    isRefused = true;
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
    return { user: { name, uid: '', groups: [O ?? []].flat() } };
  },
};
