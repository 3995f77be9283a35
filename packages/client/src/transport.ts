import type { Readable } from 'node:stream';
import { Backoff, errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { Agent, errors, type Dispatcher } from 'undici';
import { ApiServerUnavailableError, ClientClosedError, errorCode } from './errors';
import { decideRetry, parseRetryAfter, type AttemptFailure } from './retry-policy';
import type { ServerAddress } from './server-address';

/** TLS material as PEM text. */
export interface ClientTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name that the server's certificate is checked against, if not the host in the address. */
  readonly serverName?: string;
  /** Accepts any server certificate. */
  readonly insecureSkipVerify?: boolean;
}

export interface TransportOptions {
  readonly servers: readonly ServerAddress[];
  /** Sent with every request (authorization, user-agent). */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: ClientTls;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Attempts of one call, the first included. */
  readonly maxAttempts: number;
  /** Time for the headers, and between two pieces, of an ordinary answer, ms. */
  readonly timeoutMs: number;
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, as of the root of the API. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface TransportAnswer {
  readonly code: number;
  readonly body: string;
}

export interface TransportStream {
  readonly code: number;
  readonly body: Readable;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Sockets to one server for calls; further calls queue. Streams have their own, unlimited. */
const MAX_CALL_SOCKETS = 128;
const KEEP_ALIVE_MS = 30_000;

/** Error codes of attempts that cannot have reached a server. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOENT',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** Failures of TLS and of configuration: no other attempt changes them. */
const PERMANENT = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_|ERR_SSL_|UND_ERR_INVALID_ARG)/;

/** HTTP to one of several equal API servers: keeps to one that answers, moves on when it does not. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #calls: Agent;
  readonly #streams: Agent;
  #current = 0;
  #closed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    const connect = {
      timeout: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      ...tlsOptions(options.tls),
    };
    this.#calls = new Agent({ connect, connections: MAX_CALL_SOCKETS, keepAliveTimeout: KEEP_ALIVE_MS });
    this.#streams = new Agent({ connect, connections: null, keepAliveTimeout: KEEP_ALIVE_MS });
  }

  /**
   * One call with its whole answer, whatever its code.
   * @throws ApiServerUnavailableError, ClientClosedError, or the signal's reason
   */
  async call(request: TransportRequest): Promise<TransportAnswer> {
    const { timeoutMs } = this.#options;
    return this.#attempts(request, async (server) => {
      const response = await this.#calls.request({
        ...this.#dispatchOptions(server, request),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      return {
        code: response.statusCode,
        retryAfter: headerText(response.headers['retry-after']),
        answer: { code: response.statusCode, body: await response.body.text() },
      };
    });
  }

  /**
   * Opens a stream. The caller reads or destroys its body. `idleTimeoutMs`: longest silence, 0 for any.
   * @throws ApiServerUnavailableError, ClientClosedError, or the signal's reason
   */
  async open(request: TransportRequest, idleTimeoutMs: number): Promise<TransportStream> {
    return this.#attempts(request, async (server) => {
      const response = await this.#streams.request({
        ...this.#dispatchOptions(server, request),
        headersTimeout: this.#options.timeoutMs,
        bodyTimeout: idleTimeoutMs,
      });
      return {
        code: response.statusCode,
        retryAfter: headerText(response.headers['retry-after']),
        answer: { code: response.statusCode, body: response.body },
        discard: () => response.body.dump(),
      };
    });
  }

  /** Breaks what is still running. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([this.#calls.destroy(), this.#streams.destroy()]);
  }

  /** What a stream's end by an error means to its reader. */
  streamError(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true) return signal.reason;
    if (this.#closed) return new ClientClosedError();
    return new ApiServerUnavailableError(`the stream from the API server broke: ${errorMessage(error)}`, {
      servers: [this.#server().origin],
      mayHaveBeenDone: false,
      cause: error,
    });
  }

  async #attempts<Answer>(
    request: TransportRequest,
    attempt: (server: ServerAddress) => Promise<Attempt<Answer>>,
  ): Promise<Answer> {
    const { clock, logger, maxAttempts, servers } = this.#options;
    const { signal } = request;
    const backoff = new Backoff({ initialMs: 50, maxMs: 2000 });
    const tried: string[] = [];
    let mayHaveBeenDone = false;
    for (let attempts = 1; ; attempts += 1) {
      if (this.#closed) throw new ClientClosedError();
      signal?.throwIfAborted();
      const server = this.#server();
      tried.push(server.origin);
      let failure: AttemptFailure;
      let answer: Attempt<Answer> | undefined;
      let cause: unknown;
      try {
        answer = await attempt(server);
        if (answer.code < 429) return answer.answer;
        failure = {
          kind: 'refused',
          code: answer.code,
          retryAfterMs: parseRetryAfter(answer.retryAfter, clock.now()),
        };
      } catch (error) {
        signal?.throwIfAborted();
        if (this.#closed) throw new ClientClosedError();
        cause = error;
        if (isPermanent(error)) throw this.#unavailable(tried, mayHaveBeenDone, error);
        failure = { kind: isNotSent(error) ? 'not-sent' : 'broken' };
        mayHaveBeenDone ||= failure.kind === 'broken';
      }
      const decision = decideRetry({
        failure,
        attempts,
        maxAttempts,
        servers: servers.length,
        idempotent: request.method === 'GET',
        backoffMs: backoff.next(),
      });
      if (decision.kind === 'give-up') {
        if (failure.kind === 'broken' || failure.kind === 'not-sent') this.#moveFrom(server);
        if (answer !== undefined) return answer.answer;
        throw this.#unavailable(tried, mayHaveBeenDone, cause);
      }
      if (answer?.discard !== undefined) await answer.discard();
      if (logger.isDebugEnabled) {
        logger.debug('API call is tried again', { server: server.origin, path: request.path, attempts, error: cause });
      }
      if (decision.switchServer) this.#moveFrom(server);
      if (decision.waitMs > 0) await clock.sleep(decision.waitMs, signal === undefined ? {} : { signal });
    }
  }

  #dispatchOptions(server: ServerAddress, request: TransportRequest): Dispatcher.RequestOptions & { origin: string } {
    return {
      origin: server.origin,
      path: server.prefix + request.path,
      method: request.method,
      headers: {
        ...this.#options.headers,
        accept: request.accept ?? 'application/json',
        ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
      },
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    };
  }

  #server(): ServerAddress {
    const server = this.#options.servers[this.#current];
    if (server === undefined) throw new RangeError('no API server is configured');
    return server;
  }

  /** Moves on unless another call has already done so. */
  #moveFrom(server: ServerAddress): void {
    if (this.#server() === server) this.#current = (this.#current + 1) % this.#options.servers.length;
  }

  #unavailable(tried: readonly string[], mayHaveBeenDone: boolean, cause: unknown): ApiServerUnavailableError {
    const servers = [...new Set(tried)];
    return new ApiServerUnavailableError(
      `no answer from the API server at ${servers.join(', ')}: ${errorMessage(cause)}`,
      {
        servers,
        mayHaveBeenDone,
        cause,
      },
    );
  }
}

interface Attempt<Answer> {
  readonly code: number;
  readonly retryAfter: string | undefined;
  readonly answer: Answer;
  /** Frees the connection of an answer that nobody reads. */
  readonly discard?: () => Promise<void>;
}

function tlsOptions(tls: ClientTls | undefined): Record<string, unknown> {
  if (tls === undefined) return {};
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  };
}

function isNotSent(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isNotSent);
  const code = errorCode(error);
  return code !== undefined && NOT_SENT.has(code);
}

function isPermanent(error: unknown): boolean {
  if (error instanceof errors.InvalidArgumentError) return true;
  const code = errorCode(error);
  return code !== undefined && PERMANENT.test(code);
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
