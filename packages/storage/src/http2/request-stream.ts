/** What becomes of a request. Ends with one call that says `ended`, or with `onBroken`. */
export interface StreamListener {
  /** Response headers, later trailers. */
  onHeaders(fields: ReadonlyMap<string, string>, ended: boolean): void;
  /** `bytes` are valid during the call only. */
  onData(bytes: Buffer, ended: boolean): void;
  /** There will be no (more) answer. */
  onBroken(failure: StreamFailure): void;
}

export interface StreamFailure {
  /** `false` only if the peer has certainly not acted on the request, and will not. */
  readonly maybeProcessed: boolean;
  readonly error: Error;
}

/** A request as it is sent. */
export interface Http2Request {
  /** Encoded header fields. */
  readonly headers: Buffer;
  readonly body: Buffer;
  /** `false`: the request stays open for as long as its answer goes on. */
  readonly endsWithBody: boolean;
}

/** One request on a connection, with what flow control must know of it. */
export class RequestStream {
  readonly request: Http2Request;
  readonly listener: StreamListener;
  /** 0: not begun. */
  id = 0;
  /** Bytes of the body that have been sent. */
  sent = 0;
  /** Bytes that the peer still takes on this stream. */
  sendWindow = 0;
  /** Bytes received that the peer was not told of. */
  unacknowledged = 0;

  constructor(request: Http2Request, listener: StreamListener) {
    this.request = request;
    this.listener = listener;
  }

  get isSent(): boolean {
    return this.sent === this.request.body.length;
  }
}
