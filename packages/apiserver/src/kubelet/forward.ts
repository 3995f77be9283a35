import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { StatusError } from '@kubernetes-mesos/api-types';
import type { Exchange } from '../http/exchange';
import { isUpgrade, takeUpgrade } from '../http/upgrades';
import type { HostPort } from './node-address';

/** Where a request is passed on to. */
export interface ForwardTarget extends HostPort {
  readonly scheme: 'http' | 'https';
  /** Path and query. */
  readonly path: string;
  /** What the other end is, for messages: `the kubelet of node n1`. */
  readonly what: string;
  readonly connectTimeoutMs: number;
  /** Default: that of the request. */
  readonly method?: string;
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

/**
 * Passes a request on and its answer back, bodies as streams; a protocol upgrade becomes a tunnel.
 * @throws StatusError 502 when the other end cannot be reached
 */
export async function forward(exchange: Exchange, target: ForwardTarget): Promise<void> {
  if (isUpgrade(exchange.request)) await tunnel(exchange, target);
  else await passOn(exchange, target);
}

async function passOn(exchange: Exchange, target: ForwardTarget): Promise<void> {
  const { request, response, signal } = exchange;
  const outgoing = startRequest(target, {
    method: target.method ?? exchange.method,
    headers: withoutUndefined(forwardedHeaders(exchange, target)),
    signal,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', (error) => reject(unreachable(target, error)));
  });
  const sent = pipeline(request, outgoing).catch(() => undefined);
  const answer = await answered;
  response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
  response.flushHeaders();
  try {
    await pipeline(answer, response);
  } catch {
    // One of the two has gone; both ends know by their connection.
    response.destroy();
  }
  await sent;
}

async function tunnel(exchange: Exchange, target: ForwardTarget): Promise<void> {
  const { signal } = exchange;
  const headers = forwardedHeaders(exchange, target);
  headers['connection'] = 'Upgrade';
  headers['upgrade'] = exchange.request.headers.upgrade;
  const outgoing = startRequest(target, {
    method: target.method ?? exchange.method,
    headers: withoutUndefined(headers),
    signal,
  });
  outgoing.end();
  const opened = await new Promise<
    | { kind: 'refused'; answer: IncomingMessage }
    | { kind: 'open'; answer: IncomingMessage; socket: NodeJS.ReadWriteStream; head: Buffer }
  >((resolve, reject) => {
    outgoing.once('upgrade', (answer, socket, head) => resolve({ kind: 'open', answer, socket, head }));
    outgoing.once('response', (answer) => resolve({ kind: 'refused', answer }));
    outgoing.once('error', (error) => reject(unreachable(target, error)));
  });
  const { answer } = opened;
  if (opened.kind === 'refused') {
    exchange.response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    await pipeline(answer, exchange.response).catch(() => exchange.response.destroy());
    return;
  }
  const client = takeUpgrade(exchange);
  client.socket.write(upgradeAnswer(answer));
  if (opened.head.length > 0) client.socket.write(opened.head);
  if (client.head.length > 0) opened.socket.write(client.head);
  await Promise.allSettled([pipeline(client.socket, opened.socket), pipeline(opened.socket, client.socket)]);
}

function startRequest(target: ForwardTarget, options: RequestOptions) {
  const request = target.scheme === 'https' ? httpsRequest : httpRequest;
  const outgoing = request({ ...options, host: target.host, port: target.port, path: target.path, agent: false });
  const timer = setTimeout(
    () => outgoing.destroy(new Error(`no connection within ${target.connectTimeoutMs} ms`)),
    target.connectTimeoutMs,
  );
  timer.unref();
  outgoing.once('socket', (socket) => socket.once('connect', () => clearTimeout(timer)));
  outgoing.once('close', () => clearTimeout(timer));
  return outgoing;
}

function forwardedHeaders(exchange: Exchange, target: ForwardTarget): Record<string, string | string[] | undefined> {
  const { headers, socket } = exchange.request;
  const from = socket.remoteAddress ?? '';
  const before = headers['x-forwarded-for'];
  return {
    ...endToEnd(headers),
    host: `${target.host}:${target.port}`,
    // Credentials are for this server only.
    authorization: undefined,
    'x-forwarded-for': before === undefined ? from : `${[before].flat().join(', ')}, ${from}`,
  };
}

function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[] | undefined> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => value !== undefined && !HOP_HEADERS.has(name)),
  );
}

function upgradeAnswer(answer: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${answer.statusCode ?? 101} ${answer.statusMessage ?? 'Switching Protocols'}`];
  for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
    lines.push(`${answer.rawHeaders[at]}: ${answer.rawHeaders[at + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function unreachable(target: ForwardTarget, error: Error): StatusError {
  return new StatusError(
    {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `error dialing ${target.what} at ${target.host}:${target.port}: ${error.message}`,
      reason: 'BadGateway',
      code: 502,
    },
    { cause: error },
  );
}

function withoutUndefined(headers: Record<string, string | string[] | undefined>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
