import { gzipSync } from 'node:zlib';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A whole HTTP answer, as a value: handlers decide it, one place writes it. */
export interface Reply {
  readonly status: number;
  readonly body?: Buffer | string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** From this size on, a body is compressed when the client takes gzip; as libprocess does. */
const GZIP_MIN_BYTES = 1024;
const TEXT = 'text/plain; charset=utf-8';

export const ACCEPTED: Reply = { status: 202 };
export const OK: Reply = { status: 200 };

export function textReply(status: number, text: string): Reply {
  return { status, body: text, contentType: TEXT };
}
export const badRequest = (text: string): Reply => textReply(400, text);
export const forbidden = (text: string): Reply => textReply(403, text);
export const notFound = (text = ''): Reply => textReply(404, text);
export const unavailable = (text: string): Reply => textReply(503, text);

export function jsonReply(value: unknown): Reply {
  return { status: 200, body: JSON.stringify(value), contentType: 'application/json' };
}

export function writeReply(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  let body = typeof reply.body === 'string' ? Buffer.from(reply.body) : (reply.body ?? Buffer.alloc(0));
  const headers: Record<string, string | number> = { ...reply.headers };
  if (reply.contentType !== undefined) headers['Content-Type'] = reply.contentType;
  if (body.length >= GZIP_MIN_BYTES && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    body = gzipSync(body, { level: 1 });
    headers['Content-Encoding'] = 'gzip';
  }
  headers['Content-Length'] = body.length;
  response.writeHead(reply.status, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}
