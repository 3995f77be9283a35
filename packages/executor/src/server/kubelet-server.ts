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
import { NoSuchContainerError, type ContainerRuntime, type ExecSession } from '../runtime/runtime';
import { findContainer, findPod, LookupError } from './container-lookup';
import { logOptions, sendLog } from './log-request';
import { serveSession, servePortForward } from './web-socket-streams';

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

  constructor(options: KubeletServerOptions) {
    this.#options = options;
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      this.#answer(request, response).catch((error: unknown) => fail(response, error));
    };
    this.#server =
      options.tls === undefined ? http.createServer(onRequest) : https.createServer({ ...options.tls }, onRequest);
    this.#server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => undefined);
      this.#upgrade(request, socket, head).catch((error: unknown) => refuse(socket, error));
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
        return this.#run(parts, url, response);
      case 'logs':
        return sendHostLog(parts.join('/'), response);
      case 'exec':
      case 'attach':
      case 'portForward':
        throw new LookupError(400, 'unable to upgrade: the request is no WebSocket');
      default:
        throw new LookupError(404, '404 page not found');
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { pods, runtime, debuggingHandlers } = this.#options;
    const url = new URL(request.url ?? '/', 'http://node');
    const [, verb = '', ...rest] = url.pathname.split('/');
    const parts = rest.map(decodeURIComponent);
    const upgrade = (request.headers.upgrade ?? '').toLowerCase();
    if (!debuggingHandlers) throw new LookupError(404, '404 page not found');
    if (upgrade !== 'websocket')
      throw new LookupError(400, `unable to upgrade to ${upgrade}: only WebSocket is served`);
    const [namespace = '', name = ''] = parts;
    const worker = findPod(pods, namespace, name);
    if (verb === 'portForward') {
      const uid = worker.pod.metadata.uid ?? '';
      const ports = portsOf(url);
      const targets = await Promise.all(
        ports.map(async (port) => ({ port, target: await runtime.address(uid, port) })),
      );
      servePortForward(request, socket, head, targets);
      return;
    }
    // With the uid in between, as newer API servers write it: <namespace>/<pod>/<uid>/<container>.
    const id = findContainer(worker, parts.at(-1) ?? '');
    const asked = (...names: string[]): boolean =>
      names.some((other) => ['1', 'true'].includes(url.searchParams.get(other) ?? ''));
    const streams = {
      stdin: asked('input', 'stdin'),
      stdout: asked('output', 'stdout'),
      stderr: asked('error', 'stderr'),
      tty: asked('tty'),
    };
    const open = (): Promise<ExecSession> =>
      verb === 'exec'
        ? runtime.exec(id, { ...streams, command: url.searchParams.getAll('command') })
        : runtime.attach(id, streams);
    if (verb !== 'exec' && verb !== 'attach') throw new LookupError(404, '404 page not found');
    serveSession(request, socket, head, open);
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

function portsOf(url: URL): number[] {
  const ports = [...url.searchParams.getAll('port'), ...url.searchParams.getAll('ports')].flatMap((value) =>
    value.split(','),
  );
  const numbers = ports.map(Number);
  if (numbers.length === 0 || numbers.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw new LookupError(400, 'query parameter "port" is required and must be a port number');
  }
  return numbers;
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
  if (error instanceof LookupError) return error.status;
  return error instanceof NoSuchContainerError ? 404 : 500;
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else text(response, statusOf(error), `${errorMessage(error)}\n`);
}

function refuse(socket: Duplex, error: unknown): void {
  const body = `${errorMessage(error)}\n`;
  const head = `HTTP/1.1 ${statusOf(error)} Refused\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`;
  socket.end(head + body);
}
