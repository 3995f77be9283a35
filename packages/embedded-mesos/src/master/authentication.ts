import { timingSafeEqual } from 'node:crypto';
import { textReply, type Reply } from '../http/reply';

/** Who calls: nobody is asked (no credentials configured), a known principal, or nobody we know. */
export type Caller =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'principal'; readonly principal: string }
  | { readonly kind: 'refused'; readonly reply: Reply };

/** HTTP Basic against principals and secrets; secrets may not hold a colon, as in Mesos. */
export class BasicAuthenticator {
  readonly #secrets: ReadonlyMap<string, string>;
  readonly #realm: string;

  constructor(secrets: ReadonlyMap<string, string>, realm: string) {
    this.#secrets = secrets;
    this.#realm = realm;
  }

  caller(authorization: string | undefined): Caller {
    const match = /^Basic ([A-Za-z0-9+/=]+)$/.exec(authorization ?? '');
    const parts = Buffer.from(match?.[1] ?? '', 'base64')
      .toString()
      .split(':');
    const [principal = '', secret = ''] = parts;
    const expected = this.#secrets.get(principal);
    if (parts.length === 2 && expected !== undefined && sameText(expected, secret)) {
      return { kind: 'principal', principal };
    }
    return {
      kind: 'refused',
      reply: {
        ...textReply(401, '401 Unauthorized.'),
        headers: { 'WWW-Authenticate': `Basic realm="${this.#realm}"` },
      },
    };
  }
}

/** Reads `{"credentials":[{"principal":"p","secret":"s"}]}`; `undefined` when the text is not that. */
export function parseCredentials(text: string): Map<string, string> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || !('credentials' in json) || !Array.isArray(json.credentials)) {
    return undefined;
  }
  const secrets = new Map<string, string>();
  for (const entry of json.credentials as unknown[]) {
    if (typeof entry !== 'object' || entry === null) return undefined;
    if (!('principal' in entry) || typeof entry.principal !== 'string') return undefined;
    if (!('secret' in entry) || typeof entry.secret !== 'string') return undefined;
    secrets.set(entry.principal, entry.secret);
  }
  return secrets;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
