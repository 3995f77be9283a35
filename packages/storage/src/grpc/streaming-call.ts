import type { RequestStream, StreamFailure, StreamListener } from '../http2/request-stream';
import type { Channel, GrpcMethod, Link } from './channel';
import { errorOfHttpStatus, errorOfTrailers, GrpcCode, GrpcError, malformed } from './grpc-error';
import { MessageAssembler } from './message-assembler';

export interface StreamingRequest {
  readonly method: GrpcMethod;
  /** With its gRPC prefix. The request stays open behind it. */
  readonly message: Buffer;
}

export interface StreamingListener {
  /** `message` is valid during the call only. What it throws ends the stream. */
  onMessage(message: Buffer): void;
  /** The last call; not after `cancel`. */
  onEnd(error: Error): void;
}

/** A call that is answered by messages until it ends. */
export class StreamingCall implements StreamListener {
  readonly #channel: Channel;
  readonly #request: StreamingRequest;
  readonly #listener: StreamingListener;
  readonly #assembler: MessageAssembler;
  #link: Link | undefined;
  #stream: RequestStream | undefined;
  #isDone = false;

  constructor(channel: Channel, request: StreamingRequest, listener: StreamingListener) {
    this.#channel = channel;
    this.#request = request;
    this.#listener = listener;
    this.#assembler = new MessageAssembler('assembler', (message) => {
      if (!this.#isDone) listener.onMessage(message);
    });
  }

  start(): void {
    this.#channel.connect().then(
      (link) => {
        if (this.#isDone) return;
        if (link.connection.isUsable) this.#send(link);
        else this.#end(new GrpcError(undefined, 'the connection is gone again', false));
      },
      (error: unknown) => this.#end(error instanceof Error ? error : new Error(String(error))),
    );
  }

  cancel(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (this.#link !== undefined && this.#stream !== undefined) this.#link.connection.cancel(this.#stream);
  }

  onHeaders(fields: ReadonlyMap<string, string>, ended: boolean): void {
    if (ended) {
      const error = errorOfTrailers(fields);
      if (error?.code === GrpcCode.unavailable && this.#link !== undefined) this.#channel.avoid(this.#link);
      this.#end(error ?? new Error('the server has ended the stream'));
      return;
    }
    const error = errorOfHttpStatus(fields.get(':status'));
    if (error !== undefined) this.#giveUp(error);
  }

  onData(bytes: Buffer, ended: boolean): void {
    if (this.#isDone) return;
    if (ended) {
      this.#end(malformed('an answer without trailers'));
      return;
    }
    try {
      this.#assembler.push(bytes);
    } catch (error) {
      this.#giveUp(error instanceof Error ? error : new Error(String(error)));
    }
  }

  onBroken({ maybeProcessed, error }: StreamFailure): void {
    this.#end(new GrpcError(undefined, error.message, maybeProcessed, { cause: error }));
  }

  #send(link: Link): void {
    const { method, message } = this.#request;
    this.#link = link;
    this.#stream = link.connection.request({ headers: link.headers(method), body: message, endsWithBody: false }, this);
  }

  #giveUp(error: Error): void {
    if (this.#isDone) return;
    this.cancel();
    this.#listener.onEnd(error);
  }

  #end(error: Error): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#listener.onEnd(error);
  }
}
