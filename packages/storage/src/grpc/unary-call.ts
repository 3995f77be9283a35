import type { RequestStream, StreamFailure, StreamListener } from '../http2/request-stream';
import type { Channel, GrpcMethod, Link } from './channel';
import { errorOfHttpStatus, errorOfTrailers, GrpcCode, GrpcError, malformed } from './grpc-error';
import { MessageAssembler } from './message-assembler';

export interface UnaryRequest {
  readonly method: GrpcMethod;
  /** With its gRPC prefix. */
  readonly message: Buffer;
  /** For everything, also for making a connection, ms. */
  readonly timeoutMs: number;
}

/** Calls a method that answers one message. One attempt. @throws GrpcError */
export function callUnary(channel: Channel, request: UnaryRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => new UnaryCall(channel, request, resolve, reject).start());
}

class UnaryCall implements StreamListener {
  readonly #channel: Channel;
  readonly #request: UnaryRequest;
  readonly #resolve: (message: Buffer) => void;
  readonly #reject: (error: GrpcError) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #assembler = new MessageAssembler('receiver', (message) => this.#onMessage(message));
  #link: Link | undefined;
  #stream: RequestStream | undefined;
  #answer: Buffer | undefined;
  #isDone = false;

  constructor(
    channel: Channel,
    request: UnaryRequest,
    resolve: (message: Buffer) => void,
    reject: (error: GrpcError) => void,
  ) {
    this.#channel = channel;
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    // After a turn of the event loop that took long, the answer may be there unread: timers come before it.
    this.#timer = setTimeout(() => setImmediate(() => this.#onTimeout()), request.timeoutMs);
  }

  start(): void {
    const { link } = this.#channel;
    if (link !== undefined) {
      this.#send(link);
      return;
    }
    this.#channel.connect().then(
      (connected) => {
        if (this.#isDone) return;
        if (connected.connection.isUsable) this.#send(connected);
        else this.#fail(new GrpcError(undefined, 'the connection is gone again', false));
      },
      (error: unknown) => this.#fail(new GrpcError(undefined, messageOf(error), false, { cause: error })),
    );
  }

  onHeaders(fields: ReadonlyMap<string, string>, ended: boolean): void {
    if (ended) this.#onTrailers(fields);
    else {
      const error = errorOfHttpStatus(fields.get(':status'));
      if (error !== undefined) this.#giveUp(error);
    }
  }

  onData(bytes: Buffer, ended: boolean): void {
    if (this.#isDone) return;
    if (ended) {
      this.#fail(malformed('an answer without trailers'));
      return;
    }
    try {
      this.#assembler.push(bytes);
    } catch (error) {
      this.#giveUp(malformed(messageOf(error)));
    }
  }

  onBroken({ maybeProcessed, error }: StreamFailure): void {
    this.#fail(new GrpcError(undefined, error.message, maybeProcessed, { cause: error }));
  }

  #send(link: Link): void {
    const { method, message } = this.#request;
    this.#link = link;
    this.#stream = link.connection.request({ headers: link.headers(method), body: message, endsWithBody: true }, this);
  }

  #onMessage(message: Buffer): void {
    if (this.#answer === undefined) this.#answer = message;
    else throw new Error('more than one message');
  }

  #onTrailers(fields: ReadonlyMap<string, string>): void {
    const error = errorOfTrailers(fields);
    if (error !== undefined) {
      if (error.code === GrpcCode.unavailable && this.#link !== undefined) this.#channel.avoid(this.#link);
      this.#fail(error);
    } else if (this.#answer === undefined || !this.#assembler.isAtBoundary) {
      this.#fail(malformed('an answer without a whole message'));
    } else if (!this.#isDone) {
      this.#finish();
      this.#resolve(this.#answer);
    }
  }

  #onTimeout(): void {
    if (this.#isDone) return;
    if (this.#link !== undefined) this.#channel.avoid(this.#link);
    this.#giveUp(new GrpcError(GrpcCode.deadlineExceeded, `no answer in ${this.#request.timeoutMs} ms`, true));
  }

  /** Ends the request as well. */
  #giveUp(error: GrpcError): void {
    if (this.#isDone) return;
    const isBegun =
      this.#link !== undefined && this.#stream !== undefined && this.#link.connection.cancel(this.#stream);
    this.#fail(isBegun ? error : new GrpcError(error.code, error.message, false));
  }

  #fail(error: GrpcError): void {
    if (this.#isDone) return;
    this.#finish();
    this.#reject(error);
  }

  #finish(): void {
    this.#isDone = true;
    clearTimeout(this.#timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
