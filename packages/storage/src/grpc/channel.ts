import { Backoff, systemClock } from '@kubernetes-mesos/component-base';
import { Http2Connection } from '../http2/connection';
import { encodeHeaders } from '../http2/header-encoder';
import type { KeepaliveOptions } from '../http2/keepalive';
import type { ScratchBuffers } from '../http2/scratch-buffers';
import type { Transport } from '../http2/transport';
import { authorityOf, openTransport, type Endpoint, type TlsOptions } from './endpoint';

export interface ChannelOptions {
  /** At least one. One is used at a time; the next one when it fails. */
  readonly endpoints: readonly Endpoint[];
  readonly tls: TlsOptions;
  readonly keepalive: KeepaliveOptions;
  /** How long one endpoint may take until requests can be sent, ms. */
  readonly connectTimeoutMs: number;
  readonly buffers: ScratchBuffers;
}

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 2_000;

/** A method as it is called: one object for all calls. */
export interface GrpcMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  /** What the server is told of how long it may take, ms. */
  readonly timeoutMs?: number;
  readonly metadata?: readonly (readonly [name: string, value: string])[];
}

/** A connection to one of the endpoints. */
export class Link {
  readonly connection: Http2Connection;
  readonly #endpoint: Endpoint;
  readonly #blocks = new Map<GrpcMethod, Buffer>();

  constructor(connection: Http2Connection, endpoint: Endpoint) {
    this.connection = connection;
    this.#endpoint = endpoint;
  }

  /** Encoded headers of a call; made once for each method. */
  headers(method: GrpcMethod): Buffer {
    const known = this.#blocks.get(method);
    if (known !== undefined) return known;
    const { path, timeoutMs, metadata = [] } = method;
    const block = encodeHeaders([
      [':method', 'POST'],
      [':scheme', this.#endpoint.isTls ? 'https' : 'http'],
      [':path', path],
      [':authority', authorityOf(this.#endpoint)],
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
      ...(timeoutMs === undefined ? [] : ([['grpc-timeout', `${timeoutMs}m`]] as const)),
      ...metadata,
    ]);
    this.#blocks.set(method, block);
    return block;
  }
}

/** Keeps a connection to a server of which there may be several, for as long as it is used. */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #backoff = new Backoff({ initialMs: FIRST_DELAY_MS, maxMs: MAX_DELAY_MS });
  readonly #closed = new AbortController();
  readonly #links = new Set<Link>();
  #link: Link | undefined;
  #connecting: Promise<Link> | undefined;
  /** The attempt under way at one endpoint. */
  #attempt: AbortController | undefined;
  /** Not to be tried before, ms of `performance.now()`. */
  #notBefore = 0;
  #position = 0;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  /** The connection, if there is one that takes calls. */
  get link(): Link | undefined {
    return this.#link;
  }

  /** Tries every endpoint once, after a while if that has just failed. @throws the last endpoint's error */
  connect(): Promise<Link> {
    if (this.#link !== undefined) return Promise.resolve(this.#link);
    this.#connecting ??= this.#tryAll().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  /** Sends further calls to the next endpoint, if there is another: this one answers, but does not serve. */
  avoid(link: Link): void {
    if (this.#options.endpoints.length === 1 || this.#link !== link) return;
    link.connection.drain(new Error('another endpoint is tried'));
  }

  /** Ends all connections; calls under way are broken. */
  close(): void {
    const error = new Error('the client is closed');
    this.#closed.abort(error);
    this.#attempt?.abort();
    for (const { connection } of [...this.#links]) connection.destroy(error);
  }

  async #tryAll(): Promise<Link> {
    this.#closed.signal.throwIfAborted();
    const delay = this.#notBefore - performance.now();
    if (delay > 0) await systemClock.sleep(delay, { signal: this.#closed.signal });
    const { endpoints } = this.#options;
    let failure: unknown;
    for (let count = 0; count < endpoints.length; count += 1) {
      const endpoint = endpoints[this.#position % endpoints.length];
      if (endpoint === undefined) break;
      try {
        const link = await this.#open(endpoint);
        this.#backoff.reset();
        return link;
      } catch (error) {
        this.#closed.signal.throwIfAborted();
        failure = error;
        this.#position += 1;
      }
    }
    this.#notBefore = performance.now() + this.#backoff.next();
    throw failure;
  }

  async #open(endpoint: Endpoint): Promise<Link> {
    const { tls, connectTimeoutMs } = this.#options;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const timer = setTimeout(() => attempt.abort(), connectTimeoutMs);
    try {
      const transport = await openTransport(endpoint, tls, attempt.signal);
      return await this.#establish(endpoint, transport, attempt.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  #establish(endpoint: Endpoint, transport: Transport, signal: AbortSignal): Promise<Link> {
    return new Promise((resolve, reject) => {
      const { keepalive, buffers } = this.#options;
      const connection = new Http2Connection(transport, buffers, {
        keepalive,
        onReady: () => {
          signal.removeEventListener('abort', onAbort);
          this.#link = link;
          resolve(link);
        },
        onUnusable: (reason) => {
          signal.removeEventListener('abort', onAbort);
          this.#drop(link);
          reject(reason);
        },
        onClosed: () => this.#links.delete(link),
      });
      const link = new Link(connection, endpoint);
      this.#links.add(link);
      const onAbort = (): void => {
        connection.destroy(new Error(`${authorityOf(endpoint)} does not begin to speak HTTP/2`));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
  }

  #drop(link: Link): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#position += 1;
  }
}
