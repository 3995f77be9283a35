import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { errorMessage, FatalError } from './errors';

/** Answers whether one part of a role is well; the text says what is wrong. */
export interface HealthCheck {
  readonly name: string;
  check(): Promise<{ readonly healthy: boolean; readonly message: string }>;
}

export interface StatusServerOptions {
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly checks?: readonly HealthCheck[];
  readonly metrics?: Registry;
  /** Further paths; return false to answer 404. */
  readonly handler?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A registry with the process' own metrics (CPU, memory, event-loop delay, garbage collection). */
export function createMetricsRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/**
 * `/healthz` (`ok`, or 500 and a line for each failing check; `?verbose` lists all) and `/metrics` (Prometheus text) of a role.
 * @throws FatalError when the port is taken
 */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const server = createServer((request, response) => {
    respond(options, request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`${errorMessage(error)}\n`);
    });
  });
  await listen(server, options.address, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Listens, or fails with one line that names the address. @throws FatalError */
export function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const where = `${address}:${port}`;
      const why =
        error.code === 'EADDRINUSE'
          ? `address ${where} is already in use by another process; choose another port or stop it`
          : error.code === 'EACCES'
            ? `not allowed to listen on ${where}; ports below 1024 need root`
            : error.code === 'EADDRNOTAVAIL'
              ? `${address} is not an address of this machine`
              : `cannot listen on ${where}: ${error.message}`;
      reject(new FatalError(why, { cause: error }));
    };
    server.once('error', onError);
    server.listen(port, address, () => {
      server.removeListener('error', onError);
      resolve();
    });
  });
}

async function respond(
  options: StatusServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://status');
  if (url.pathname === '/healthz') return health(options.checks ?? [], url.searchParams.has('verbose'), response);
  if (url.pathname === '/metrics' && options.metrics !== undefined) {
    const text = await options.metrics.metrics();
    response.writeHead(200, { 'content-type': options.metrics.contentType }).end(text);
    return;
  }
  if (options.handler?.(request, response) === true) return;
  response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
}

async function health(checks: readonly HealthCheck[], verbose: boolean, response: ServerResponse): Promise<void> {
  const results = await Promise.all(
    checks.map(async (part) => {
      try {
        return { name: part.name, ...(await part.check()) };
      } catch (error) {
        return { name: part.name, healthy: false, message: errorMessage(error) };
      }
    }),
  );
  const healthy = results.every((result) => result.healthy);
  const lines = results
    .filter((result) => verbose || !result.healthy)
    .map(
      (result) =>
        `[${result.healthy ? '+' : '-'}]${result.name} ${result.healthy ? 'ok' : `failed: ${result.message}`}\n`,
    );
  const body = healthy && !verbose ? 'ok' : `${lines.join('')}healthz check ${healthy ? 'passed' : 'failed'}\n`;
  response.writeHead(healthy ? 200 : 500, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
}
