import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { listen } from '@kubernetes-mesos/component-base';
import type { Dispatcher } from './dispatcher';
import type { RequestLimits } from './limits';

/** TLS material of the secure port, PEM. */
export interface TlsMaterial {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Certificates that sign those of clients; given, clients may identify themselves by certificate. */
  readonly clientCa?: string | Buffer;
}

export interface ListenerOptions {
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly dispatcher: Pick<Dispatcher, 'onRequest' | 'onUpgrade'>;
  readonly limits: RequestLimits;
  readonly tls?: TlsMaterial;
}

export interface Listener {
  readonly address: string;
  readonly port: number;
  /** Takes no more connections, lets requests under way end for `graceMs`, then cuts; idempotent. */
  close(graceMs: number): Promise<void>;
}

/** How long an idle connection is kept, ms; longer than those of common proxies in front. */
const KEEP_ALIVE_MS = 90_000;
/** Between two looks for idle connections while closing, ms. */
const SWEEP_MS = 10;

/** @throws FatalError that names the address when it cannot be listened on */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const server = makeServer(options);
  // The server lets go of a connection that is upgraded, and would wait for it for ever.
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    options.dispatcher.onUpgrade(request, socket, head);
  });
  // A request that is no HTTP is told so and its connection ended.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else socket.end(`HTTP/1.1 ${statusOf(error.code)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  await listen(server, options.address, options.port);
  return { address: options.address, port: portOf(server), close: (graceMs) => closeServer(server, upgraded, graceMs) };
}

function makeServer({ dispatcher, limits, tls }: ListenerOptions): HttpServer {
  const settings = {
    // The URL is among the headers here: one that is only a little too long is told so by the dispatcher.
    maxHeaderSize: limits.headerBytes + 2 * limits.urlChars,
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: Math.ceil(limits.headersMs / 4),
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: 0,
    noDelay: true,
  };
  if (tls === undefined) return createServer(settings, dispatcher.onRequest);
  const { cert, key, clientCa } = tls;
  return createSecureServer(
    {
      ...settings,
      cert,
      key,
      minVersion: 'TLSv1.2',
      handshakeTimeout: limits.headersMs,
      ALPNProtocols: ['http/1.1'],
      ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
    },
    dispatcher.onRequest,
  );
}

function statusOf(code: string | undefined): string {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout';
    default:
      return '400 Bad Request';
  }
}

function portOf(server: HttpServer): number {
  return (server.address() as AddressInfo).port;
}

function closeServer(server: HttpServer, upgraded: ReadonlySet<Duplex>, graceMs: number): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
    }, graceMs);
    // Connections whose last answer ends from now on are kept too, and nothing tells when.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
