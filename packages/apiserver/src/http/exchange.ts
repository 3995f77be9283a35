import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { User, VerbContext } from '../endpoints/verb-context';

/** One HTTP request and its answer, on the way through filters and handlers. */
export class Exchange implements VerbContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Undecoded path, without the query. */
  readonly path: string;
  readonly nowMs: number;
  user: User = ANONYMOUS;
  #query: URLSearchParams | undefined;
  readonly #search: string;
  #warnings: string[] | undefined;
  #abort: AbortController | undefined;
  #isTakenOver = false;

  constructor(request: IncomingMessage, response: ServerResponse, nowMs: number) {
    this.request = request;
    this.response = response;
    this.method = request.method ?? 'GET';
    this.nowMs = nowMs;
    const url = request.url ?? '/';
    const question = url.indexOf('?');
    this.path = question < 0 ? url : url.slice(0, question);
    this.#search = question < 0 ? '' : url.slice(question + 1);
  }

  get query(): URLSearchParams {
    return (this.#query ??= this.#search === '' ? EMPTY_QUERY : new URLSearchParams(this.#search));
  }

  /** The query as it came, without the question mark. */
  get search(): string {
    return this.#search;
  }

  get isAnswered(): boolean {
    return this.#isTakenOver || this.response.headersSent || this.response.writableEnded || this.response.destroyed;
  }

  /** Aborts when the client is gone, the time is up or the server stops. Made at first use: most verbs need none. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.response.destroyed || this.response.closed) this.#abort.abort(CLIENT_GONE);
      else this.response.once('close', () => this.abort(CLIENT_GONE));
    }
    return this.#abort.signal;
  }

  /** The connection goes on in another protocol: its end is the end of the request. */
  takeOver(socket: Duplex): void {
    this.#isTakenOver = true;
    socket.once('close', () => this.abort(CLIENT_GONE));
  }

  abort(reason: Error): void {
    this.#abort?.abort(reason);
  }

  /** Said once, however often it is found. */
  warn(text: string): void {
    this.#warnings ??= [];
    if (!this.#warnings.includes(text)) this.#warnings.push(text);
  }

  /** `Warning` headers of the answer. */
  get warnings(): readonly string[] | undefined {
    return this.#warnings?.map((text) => `299 - ${JSON.stringify(text)}`);
  }
}

export const ANONYMOUS: User = { name: 'system:anonymous', uid: '', groups: ['system:unauthenticated'] };

const CLIENT_GONE = new Error('the client is gone');
const EMPTY_QUERY = new URLSearchParams();
