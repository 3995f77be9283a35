import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ResponseFormat } from '../formats/format';
import type { Exchange } from './exchange';
import { drained } from './responder';

/** Where the events of one watch go. */
export interface WatchSink {
  /** How events are joined: a chunk may hold several for a byte stream, one frame is one event for messages. */
  readonly joins: boolean;
  open(): void;
  /** One event, or several already joined. False: wait for `drained` before the next. */
  write(bytes: Buffer): boolean;
  drained(): Promise<void>;
  end(): void;
  /** Ends it without what still waits. */
  destroy(): void;
}

/** A chunked HTTP answer: events end as the format says. */
export class HttpWatchSink implements WatchSink {
  readonly joins = true;

  constructor(
    private readonly exchange: Exchange,
    private readonly format: ResponseFormat,
  ) {}

  open(): void {
    const { response } = this.exchange;
    response.writeHead(200, {
      'Cache-Control': 'no-cache, private',
      'Content-Type': this.format.streamContentType,
    });
    response.flushHeaders();
    response.socket?.setNoDelay(true);
    response.socket?.setTimeout(0);
  }

  write(bytes: Buffer): boolean {
    return this.exchange.response.write(bytes);
  }

  drained(): Promise<void> {
    return drained(this.exchange);
  }

  end(): void {
    this.exchange.response.end();
  }

  destroy(): void {
    this.exchange.response.destroy();
  }
}

/** Bytes that may wait in a WebSocket before the watch pauses. */
const MESSAGE_BACKLOG_BYTES = 64 * 1024;

/** A WebSocket: each event is one message, of text or, where its bytes come with their length, of the bytes alone. */
export class WebSocketWatchSink implements WatchSink {
  readonly joins = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly framePrefixBytes = 0,
  ) {}

  open(): void {
    // The upgrade has been answered already.
  }

  write(bytes: Buffer): boolean {
    this.socket.send(bytes.subarray(this.framePrefixBytes), { binary: this.framePrefixBytes > 0 });
    return this.socket.bufferedAmount < MESSAGE_BACKLOG_BYTES;
  }

  drained(): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return Promise.resolve();
    // The callback comes when everything queued before it has been written out.
    return new Promise((resolve) => this.socket.ping(undefined, undefined, () => resolve()));
  }

  end(): void {
    this.socket.close(1000);
  }

  destroy(): void {
    this.socket.terminate();
  }
}

/** Frames larger than this from a watching client end the connection: it has nothing to say. */
const MAX_CLIENT_FRAME_BYTES = 4096;

const upgrader = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: MAX_CLIENT_FRAME_BYTES,
  perMessageDeflate: false,
});

/** Answers a WebSocket upgrade. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<WebSocket> {
  return new Promise((resolve) => upgrader.handleUpgrade(request, socket, head, resolve));
}
