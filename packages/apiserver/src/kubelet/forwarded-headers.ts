import type { IncomingHttpHeaders } from 'node:http';

/** As `http.request` and `writeHead` take them. */
export type HeaderFields = Record<string, string | string[]>;

/** What the request was before it was passed on. */
export interface Forwarded {
  readonly headers: IncomingHttpHeaders;
  /** `''` when it is not known. */
  readonly clientAddress: string;
  readonly isSecure: boolean;
  /** Undecoded, without the query. */
  readonly path: string;
}

/** Headers that are about one connection only. */
const HOP_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What another server says of who may read its answers does not hold for this one. */
const CORS_HEADERS: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
]);

/** Headers of a request that is passed on: those of the client but its credentials, and who it is. Pure. */
export function requestHeaders({ headers, clientAddress, isSecure, path }: Forwarded): HeaderFields {
  const passed = endToEnd(headers);
  // Credentials are for this server only.
  delete passed['authorization'];
  const before = headers['x-forwarded-for'];
  return {
    ...passed,
    'x-forwarded-for': [...(before === undefined ? [] : [before].flat()), clientAddress].join(', '),
    'x-forwarded-host': headers.host ?? '',
    'x-forwarded-proto': isSecure ? 'https' : 'http',
    'x-forwarded-uri': path,
  };
}

/** Headers of the answer as the client gets them. Pure. */
export function answerHeaders(headers: IncomingHttpHeaders): HeaderFields {
  return Object.fromEntries(Object.entries(endToEnd(headers)).filter(([name]) => !CORS_HEADERS.has(name)));
}

function endToEnd(headers: IncomingHttpHeaders): HeaderFields {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || HOP_HEADERS.has(name) || named.includes(name) ? [] : [[name, value] as const],
    ),
  );
}
