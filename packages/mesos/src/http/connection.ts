import { Client, Pool, type Dispatcher } from 'undici';
import { authorizationOf, type Credentials } from './credentials';

/** Where the API of one master or agent is. */
export interface ApiEndpoint {
  /** `http://host:port`. */
  readonly origin: string;
  /** `/api/v1/scheduler`, ... */
  readonly path: string;
  /** Path of a unix socket that is used in place of TCP. */
  readonly socketPath?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly location?: string;
  /** The other side's own words, without surrounding space. */
  readonly text: string;
  readonly bytes: Buffer;
}

export interface ApiStream {
  readonly streamId: string | undefined;
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface ApiRequest {
  readonly body: Buffer;
  readonly contentType: string;
  /** Media type of the answer. */
  readonly accept?: string;
  readonly streamId?: string;
  readonly signal?: AbortSignal;
}

/** An answer's headers have to come within this time, ms; real masters take seconds when they recover. */
const HEADERS_TIMEOUT_MS = 20_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Calls whose order does not matter are spread over this many connections. */
const SPREAD_CONNECTIONS = 4;
/** So many of them are sent on one connection without waiting for answers, as Mesos' own scheduler library does. */
const PIPELINED = 32;

/**
 * The connections to one API: one that the event stream occupies, one for calls whose order matters (it carries one call
 * at a time), and a few for the others.
 */
export class ApiConnection {
  readonly #endpoint: ApiEndpoint;
  readonly #authorization: string | undefined;
  readonly #stream: Client;
  readonly #ordered: Client;
  readonly #spread: Pool;
  #orderedCalls = 0;

  constructor(endpoint: ApiEndpoint, credentials?: Credentials) {
    this.#endpoint = endpoint;
    this.#authorization = credentials === undefined ? undefined : authorizationOf(credentials);
    const options: Client.Options = {
      pipelining: 1,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        ...(endpoint.socketPath === undefined ? {} : { socketPath: endpoint.socketPath }),
      },
    };
    this.#stream = new Client(endpoint.origin, { ...options, bodyTimeout: 0 });
    this.#ordered = new Client(endpoint.origin, options);
    this.#spread = new Pool(endpoint.origin, { ...options, pipelining: PIPELINED, connections: SPREAD_CONNECTIONS });
  }

  /** Opens an event stream, or answers what was said instead. It lives until `signal` aborts or the other side ends it. */
  async subscribe(request: ApiRequest): Promise<ApiStream | ApiAnswer> {
    const answer = await this.#stream.request(this.#options(request));
    if (answer.statusCode !== 200) return readAnswer(answer);
    return {
      streamId: headerOf(answer, 'mesos-stream-id'),
      contentType: headerOf(answer, 'content-type') ?? '',
      body: answer.body,
    };
  }

  /** Whether an `ordered` call has not been answered yet. */
  get hasOrderedCalls(): boolean {
    return this.#orderedCalls > 0;
  }

  /**
   * `ordered` calls are sent, and answered, one after another. `any`: in any order, and again when a connection breaks,
   * so only for calls that may be repeated.
   */
  async call(request: ApiRequest, order: 'ordered' | 'any'): Promise<ApiAnswer> {
    if (order === 'any') return readAnswer(await this.#spread.request({ ...this.#options(request), idempotent: true }));
    this.#orderedCalls += 1;
    try {
      return await readAnswer(await this.#ordered.request(this.#options(request)));
    } finally {
      this.#orderedCalls -= 1;
    }
  }

  /** GET of another path of the same server: one of its endpoints that are not part of the API. */
  async get(path: string, signal: AbortSignal): Promise<ApiAnswer> {
    const authorization = this.#authorization;
    return readAnswer(
      await this.#spread.request({
        method: 'GET',
        path,
        headers: { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) },
        signal,
      }),
    );
  }

  /** Breaks every connection; idempotent. */
  async close(): Promise<void> {
    await Promise.all([this.#stream.destroy(), this.#ordered.destroy(), this.#spread.destroy()]);
  }

  #options(request: ApiRequest): Dispatcher.RequestOptions {
    return {
      method: 'POST',
      path: this.#endpoint.path,
      headers: {
        'content-type': request.contentType,
        ...(request.accept === undefined ? {} : { accept: request.accept }),
        ...(request.streamId === undefined ? {} : { 'mesos-stream-id': request.streamId }),
        ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
      },
      body: request.body,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    };
  }
}

export function isStream(result: ApiStream | ApiAnswer): result is ApiStream {
  return 'body' in result;
}

async function readAnswer(answer: Dispatcher.ResponseData): Promise<ApiAnswer> {
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const location = headerOf(answer, 'location');
  return {
    status: answer.statusCode,
    ...(location === undefined ? {} : { location }),
    // Only refusals carry words; a state snapshot of many MB is not turned into a string.
    text: answer.statusCode >= 300 ? bytes.toString('utf8').trim() : '',
    bytes,
  };
}

function headerOf(answer: Dispatcher.ResponseData, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
