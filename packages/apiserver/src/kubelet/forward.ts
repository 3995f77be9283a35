import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflate, createGunzip, createGzip, createInflate } from 'node:zlib';
import type { StatusError } from '@kubernetes-mesos/api-types';
import type { Exchange } from '../http/exchange';
import { isUpgrade, takeUpgrade } from '../http/upgrades';
import { dialErrorText, DialTimeoutError } from './dial-error';
import { answerHeaders, requestHeaders, type HeaderFields } from './forwarded-headers';
import { HtmlLinkRewriter, rewriteUrl, type LinkRules } from './html-links';
import type { HostPort } from './node-address';

/** Where a request is passed on to. */
export interface ForwardTarget extends HostPort {
  readonly scheme: 'http' | 'https';
  /** Path and query. */
  readonly path: string;
  readonly connectTimeoutMs: number;
  /** What is answered when there is no connection, with the reason in words. */
  readonly unreachable: (reason: string) => StatusError;
  /** Path on this server that is the other end's root: links and redirects are made to lead through it. */
  readonly prefix?: string;
  /** Sees the answer first, and may throw what is to be answered instead. */
  readonly check?: (answer: IncomingMessage) => Promise<void>;
}

/**
 * Passes a request on and its answer back, bodies as streams; a protocol upgrade becomes a tunnel.
 * @throws StatusError when the other end cannot be reached
 */
export async function forward(exchange: Exchange, target: ForwardTarget): Promise<void> {
  if (isUpgrade(exchange.request)) await tunnel(exchange, target);
  else await passOn(exchange, target);
}

async function passOn(exchange: Exchange, target: ForwardTarget): Promise<void> {
  const { request, signal } = exchange;
  const outgoing = startRequest(target, {
    method: exchange.method,
    headers: headersFor(exchange),
    signal,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', (error) => reject(target.unreachable(dialErrorText(target, error))));
  });
  const sent = pipeline(request, outgoing).catch(() => undefined);
  await passBack(exchange, target, await answered);
  await sent;
}

async function passBack(exchange: Exchange, target: ForwardTarget, answer: IncomingMessage): Promise<void> {
  const { response } = exchange;
  try {
    await target.check?.(answer);
  } catch (error) {
    answer.destroy();
    throw error;
  }
  const headers = answerHeaders(answer.headers);
  const changes = target.prefix === undefined ? [] : rewriting(exchange, linkRules(exchange, target), headers);
  response.writeHead(answer.statusCode ?? 502, headers);
  response.flushHeaders();
  try {
    await pipeline([answer, ...changes, response]);
  } catch {
    // One of the two has gone; both ends know by their connection.
    response.destroy();
  }
}

async function tunnel(exchange: Exchange, target: ForwardTarget): Promise<void> {
  const { signal } = exchange;
  const headers = headersFor(exchange);
  headers['connection'] = 'Upgrade';
  headers['upgrade'] = exchange.request.headers.upgrade ?? '';
  const outgoing = startRequest(target, { method: exchange.method, headers, signal });
  outgoing.end();
  const opened = await new Promise<
    | { kind: 'refused'; answer: IncomingMessage }
    | { kind: 'open'; answer: IncomingMessage; socket: NodeJS.ReadWriteStream; head: Buffer }
  >((resolve, reject) => {
    outgoing.once('upgrade', (answer, socket, head) => resolve({ kind: 'open', answer, socket, head }));
    outgoing.once('response', (answer) => resolve({ kind: 'refused', answer }));
    outgoing.once('error', (error) => reject(target.unreachable(dialErrorText(target, error))));
  });
  if (opened.kind === 'refused') return passBack(exchange, target, opened.answer);
  const client = takeUpgrade(exchange);
  client.socket.write(upgradeAnswer(opened.answer));
  if (opened.head.length > 0) client.socket.write(opened.head);
  if (client.head.length > 0) opened.socket.write(client.head);
  await Promise.allSettled([pipeline(client.socket, opened.socket), pipeline(opened.socket, client.socket)]);
}

function startRequest(target: ForwardTarget, options: RequestOptions) {
  const { host, port, path } = target;
  const all = { ...options, host, port, path, agent: false };
  // Pods have certificates of their own making.
  const outgoing = target.scheme === 'https' ? httpsRequest({ ...all, rejectUnauthorized: false }) : httpRequest(all);
  const timer = setTimeout(() => outgoing.destroy(new DialTimeoutError()), target.connectTimeoutMs);
  timer.unref();
  outgoing.once('socket', (socket) => socket.once('connect', () => clearTimeout(timer)));
  outgoing.once('close', () => clearTimeout(timer));
  return outgoing;
}

function headersFor({ request, path }: Exchange): HeaderFields {
  const { headers, socket } = request;
  return requestHeaders({
    headers,
    clientAddress: socket.remoteAddress ?? '',
    isSecure: 'encrypted' in socket,
    path,
  });
}

function linkRules({ request }: Exchange, target: ForwardTarget): LinkRules {
  const { host, port, prefix = '' } = target;
  return { prefix, backend: `${host}:${port}`, requestHost: request.headers.host ?? '' };
}

/** Changes what the headers say of links; returns what the body has to go through. */
function rewriting(exchange: Exchange, rules: LinkRules, headers: HeaderFields): Transform[] {
  const { location } = headers;
  if (typeof location === 'string') {
    headers['location'] = rewriteUrl(location, rules);
    return [];
  }
  if (exchange.method === 'HEAD' || !/^text\/html\b/i.test(String(headers['content-type'] ?? ''))) return [];
  const rewriter = new HtmlLinkRewriter(rules);
  const around = recoding(String(headers['content-encoding'] ?? ''));
  if (around === undefined) return [];
  delete headers['content-length'];
  const [decode, encode] = around;
  return [...decode, rewriter, ...encode];
}

/** Takes a content encoding off and puts it on again; `undefined` for one that is not known. */
function recoding(encoding: string): readonly [Transform[], Transform[]] | undefined {
  switch (encoding.toLowerCase()) {
    case '':
    case 'identity':
      return [[], []];
    case 'gzip':
      return [[createGunzip()], [createGzip()]];
    case 'deflate':
      return [[createInflate()], [createDeflate()]];
    default:
      return undefined;
  }
}

function upgradeAnswer(answer: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${answer.statusCode ?? 101} ${answer.statusMessage ?? 'Switching Protocols'}`];
  for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
    lines.push(`${answer.rawHeaders[at]}: ${answer.rawHeaders[at + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
