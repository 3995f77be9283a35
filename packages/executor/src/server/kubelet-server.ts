import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { cpus, totalmem } from 'node:os';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { podStatusResult } from '../mesos/task-pod';
import type { PodManager } from '../pods/pod-manager';
import { runInContainer } from '../runtime/run-in-container';
import { NoSuchContainerError, type ContainerRuntime } from '../runtime/runtime';
import { UpgradeError, type UpgradeRequest } from '../streaming/upgrade';
import { findContainer, findPod, LookupError } from './container-lookup';
import { logOptions, sendLog } from './log-request';
import { serveStreams } from './stream-requests';

export interface KubeletServerOptions {
  readonly address: string;
  /** Preferred; another one is taken when somebody has it. 0: any. */
  readonly port: number;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly pods: PodManager;
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** exec, attach, run, port-forward and logs. */
  readonly debuggingHandlers: boolean;
}

const RUN_TIMEOUT_MS = 120_000;
const LOG_ROOT = '/var/log';

/** The kubelet's HTTP API: what the API server asks for logs, exec and the like. */
export class KubeletServer {
  readonly #options: KubeletServerOptions;
  readonly #server: http.Server;
  /** Connections that the server has let go of. */
  readonly #upgraded = new Set<Duplex>();

  constructor(options: KubeletServerOptions) {
    this.#options = options;
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      this.#answer(request, response).catch((error: unknown) => fail(response, error));
    };
    this.#server =
      options.tls === undefined ? http.createServer(onRequest) : https.createServer({ ...options.tls }, onRequest);
    this.#server.on('upgrade', (request, socket, head) => {
      this.#upgraded.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#upgraded.delete(socket));
      this.#upgrade({ request, socket, head }).catch((error: unknown) => refuse(socket, error));
    });
  }

  /** Listens; returns the port that it got. */
  async start(): Promise<number> {
    const { address, port, logger } = this.#options;
    try {
      await this.#listen(address, port);
    } catch (error) {
      logger.info('kubelet port is taken, using a free one', { port, error: errorMessage(error) });
      await this.#listen(address, 0);
    }
    // With a port the address is never a path.
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
      for (const socket of this.#upgraded) socket.destroy();
    });
  }

  #listen(address: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, address, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://node');
    const [, root = '', ...rest] = url.pathname.split('/');
    const parts = rest.map(decodeURIComponent);
    switch (root) {
      case 'healthz':
        return text(response, 200, 'ok');
      case 'pods':
      case 'runningpods':
        return json(response, this.#podList());
      case 'podInfo':
        return this.#podInfo(url, response);
      case 'metrics':
        return text(response, 200, await this.#options.metrics(), 'text/plain; version=0.0.4');
      case 'spec':
        return json(response, { num_cores: cpus().length, memory_capacity: totalmem() });
    }
    if (!this.#options.debuggingHandlers) throw new LookupError(404, '404 page not found');
    switch (root) {
      case 'containerLogs':
        return this.#logs(parts, url, request, response);
      case 'run':
        // Whoever may only read must not get there.
        if (request.method !== 'POST') throw new LookupError(405, '405: Method Not Allowed');
        return this.#run(parts, url, response);
      case 'logs':
        return sendHostLog(parts.join('/'), response);
      case 'exec':
      case 'attach':
      case 'portForward':
        throw new LookupError(400, 'unable to upgrade: missing upgrade headers in request');
      default:
        throw new LookupError(404, '404 page not found');
    }
  }

  async #upgrade(upgrade: UpgradeRequest): Promise<void> {
    if (!this.#options.debuggingHandlers) throw new LookupError(404, '404 page not found');
    await serveStreams(this.#options, new URL(upgrade.request.url ?? '/', 'http://node'), upgrade);
  }

  async #logs(parts: readonly string[], url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [namespace = '', name = '', container = ''] = parts;
    const { previous, ...options } = logOptions(url.searchParams, this.#options.clock.now());
    const id = findContainer(findPod(this.#options.pods, namespace, name), container, { previous });
    await sendLog(this.#options.runtime, id, options, request, response);
  }

  async #run(parts: readonly string[], url: URL, response: ServerResponse): Promise<void> {
    const [namespace = '', name = ''] = parts;
    const id = findContainer(findPod(this.#options.pods, namespace, name), parts.at(-1) ?? '');
    const command = (url.searchParams.get('cmd') ?? '').split(' ').filter((word) => word !== '');
    const { output } = await runInContainer(this.#options.runtime, id, command, RUN_TIMEOUT_MS);
    text(response, 200, output);
  }

  #podInfo(url: URL, response: ServerResponse): void {
    const name = url.searchParams.get('podID') ?? '';
    if (name === '') throw new LookupError(400, "Missing 'podID=' query entry.");
    const worker = findPod(this.#options.pods, url.searchParams.get('podNamespace') ?? 'default', name);
    response.writeHead(200, { 'content-type': 'application/json' }).end(podStatusResult(worker.pod, worker.status));
  }

  #podList(): object {
    const items = this.#options.pods.list().map(({ pod, status }) => ({ ...pod, status: status ?? {} }));
    return { kind: 'PodList', apiVersion: 'v1', metadata: {}, items };
  }
}

async function sendHostLog(path: string, response: ServerResponse): Promise<void> {
  const target = resolve(LOG_ROOT, path);
  if (target !== LOG_ROOT && !target.startsWith(LOG_ROOT + sep)) throw new LookupError(404, '404 page not found');
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) throw new LookupError(404, '404 page not found');
  if (found.isDirectory()) {
    const entries = (await readdir(target, { withFileTypes: true })).map(
      (entry) => entry.name + (entry.isDirectory() ? '/' : ''),
    );
    const links = entries.map((name) => `<a href="${encodeURI(name)}">${name.replaceAll('<', '&lt;')}</a>`);
    text(response, 200, `<pre>\n${links.join('\n')}\n</pre>\n`, 'text/html');
    return;
  }
  response.writeHead(200, { 'content-type': 'text/plain' });
  await pipeline(createReadStream(target), response);
}

function text(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function statusOf(error: unknown): number {
  if (error instanceof LookupError || error instanceof UpgradeError) return error.status;
  return error instanceof NoSuchContainerError ? 404 : 500;
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else text(response, statusOf(error), `${errorMessage(error)}\n`);
}

function refuse(socket: Duplex, error: unknown): void {
  const status = statusOf(error);
  const body = `${errorMessage(error)}\n`;
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...(error instanceof UpgradeError ? error.headers : {}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}
