import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import type { StatusError } from '@kubernetes-mesos/api-types';
import { type Status } from '@kubernetes-mesos/api-types';
import type { ListBody, PiecedBody, ResponseFormat, WholeBody } from '../formats/format';
import type { Exchange } from './exchange';

/** Writes a whole body. */
export function sendBody(exchange: Exchange, code: number, contentType: string, body: Buffer): void {
  if (exchange.isAnswered) return;
  const { response } = exchange;
  response.writeHead(code, headersOf(exchange, contentType, body.length));
  response.end(exchange.method === 'HEAD' ? undefined : body);
}

/** Writes a body in parts, waiting for the client between them. */
export async function sendParts(exchange: Exchange, code: number, contentType: string, list: ListBody): Promise<void> {
  const body = 'pieces' in list ? await gather(exchange, list) : list;
  if (exchange.isAnswered) return;
  const { response } = exchange;
  response.writeHead(code, headersOf(exchange, contentType, body.length));
  for (const part of body.parts) {
    if (response.destroyed) return;
    const isTaken = response.write(part, (error) => {
      if (error === undefined || error === null) body.release?.(part);
    });
    if (!isTaken) await drained(exchange);
  }
  response.end();
}

/** All pieces, each made in a turn of its own, as long as there is a client. */
async function gather({ response }: Exchange, { pieces, around }: PiecedBody): Promise<WholeBody> {
  const parts: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    parts.push(piece);
    length += piece.length;
    await nextTurn();
    if (response.destroyed) break;
  }
  const [before, after] = around?.(length) ?? [];
  if (before !== undefined && after !== undefined) {
    parts.unshift(before);
    parts.push(after);
    length += before.length + after.length;
  }
  return { length, parts };
}

export function sendStatus(
  exchange: Exchange,
  format: ResponseFormat,
  status: Status,
  code = status.code ?? 200,
): void {
  sendBody(exchange, code, format.contentType, format.plain(status));
}

export function sendError(exchange: Exchange, format: ResponseFormat, error: StatusError): void {
  if (exchange.isAnswered) {
    exchange.response.destroy();
    return;
  }
  const retryAfter = error.status.details?.retryAfterSeconds;
  if (retryAfter !== undefined) exchange.response.setHeader('Retry-After', String(retryAfter));
  // What is left of a body is not waited for.
  if (!exchange.request.complete) exchange.response.setHeader('Connection', 'close');
  sendStatus(exchange, format, error.status, error.code);
}

/** Resolves when the client can take more, or is gone. */
export async function drained(exchange: Exchange): Promise<void> {
  const { response } = exchange;
  if (response.destroyed || !response.writableNeedDrain) return;
  const done = new AbortController();
  const { signal } = done;
  try {
    await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  } finally {
    done.abort();
  }
}

function headersOf(exchange: Exchange, contentType: string, length: number): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    'Cache-Control': 'no-cache, private',
    'Content-Type': contentType,
    'Content-Length': length,
  };
  const { warnings } = exchange;
  if (warnings !== undefined) headers['Warning'] = [...warnings];
  return headers;
}
