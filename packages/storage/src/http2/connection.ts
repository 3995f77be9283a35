import { FrameReader } from './frame-reader';
import { FrameWriter } from './frame-writer';
import { HeaderDecoder } from './header-decoder';
import { Keepalive, type KeepaliveOptions } from './keepalive';
import { applySettings, DEFAULT_PEER_SETTINGS, type PeerSettings } from './peer-settings';
import { DEFAULT_WINDOW, ErrorCode, errorName, Flag, FrameType, PREFACE, ProtocolError, Setting } from './protocol';
import { RequestStream, type Http2Request, type StreamListener } from './request-stream';
import { RequestStreams } from './request-streams';
import type { ScratchBuffers } from './scratch-buffers';
import type { Transport } from './transport';

export interface Http2ConnectionOptions {
  readonly keepalive: KeepaliveOptions;
  /** Once: the peer has said what it takes, so that requests may be sent. */
  readonly onReady: () => void;
  /** Once: no more requests can begin here. Requests under way may go on. */
  readonly onUnusable: (reason: Error) => void;
  /** Once: it is over. */
  readonly onClosed?: () => void;
  /** Odd. Default 1; others are for tests. */
  readonly firstStreamId?: number;
  /** What the peer may send, on a stream and in all, before it must hear from us, bytes. Default 64 MiB: more than it ever waits for. */
  readonly window?: number;
}

const DEFAULT_RECEIVE_WINDOW = 64 * 1024 * 1024;
const MAX_HEADER_BLOCK = 64 * 1024;
const PING_PAYLOAD = Buffer.from('km-alive');

/** A header block of which a part has come. */
interface OpenBlock {
  readonly streamId: number;
  readonly endStream: boolean;
  readonly parts: Buffer[];
  bytes: number;
}

/**
 * The client's side of an HTTP/2 connection, as far as gRPC needs it: every request has one body, nothing is pushed, and
 * what is received counts as consumed at once. Over a socket that it owns.
 */
export class Http2Connection {
  readonly #socket: Transport['socket'];
  readonly #options: Http2ConnectionOptions;
  readonly #writer: FrameWriter;
  readonly #headers = new HeaderDecoder();
  readonly #streams: RequestStreams;
  readonly #keepalive: Keepalive;
  readonly #window: number;
  #peer: PeerSettings = DEFAULT_PEER_SETTINGS;
  #block: OpenBlock | undefined;
  #unacknowledged = 0;
  #isReady = false;
  #isUnusable = false;
  #isClosed = false;
  #isFlushScheduled = false;
  /** Streams from here on have not been given to the socket. */
  #unflushedId: number;

  constructor(transport: Transport, buffers: ScratchBuffers, options: Http2ConnectionOptions) {
    const { socket } = transport;
    this.#socket = socket;
    this.#options = options;
    this.#writer = new FrameWriter(buffers);
    this.#window = Math.max(options.window ?? DEFAULT_RECEIVE_WINDOW, DEFAULT_WINDOW + 1);
    this.#unflushedId = options.firstStreamId ?? 1;
    this.#streams = new RequestStreams(this.#writer, this.#unflushedId);
    this.#keepalive = new Keepalive(options.keepalive, {
      isInUse: () => this.#streams.count > 0,
      probe: () => {
        this.#writer.ping(PING_PAYLOAD, false);
        this.#scheduleFlush();
      },
      dead: () => this.destroy(new Error('the connection has gone silent')),
    });
    const reader = new FrameReader((type, flags, streamId, payload) => this.#onFrame(type, flags, streamId, payload));
    transport.receive((chunk) => this.#onChunk(reader, chunk));
    socket.on('error', (error) => this.destroy(error));
    socket.on('end', () => this.destroy(new Error('the connection was closed')));
    socket.on('close', () => this.destroy(new Error('the connection was closed')));
    socket.write(PREFACE);
    this.#writer.settings([
      [Setting.enablePush, 0],
      [Setting.initialWindowSize, this.#window],
    ]);
    this.#writer.windowUpdate(0, this.#window - DEFAULT_WINDOW);
    this.#scheduleFlush();
  }

  /** Whether requests can begin. */
  get isUsable(): boolean {
    return this.#isReady && !this.#isUnusable;
  }

  /** Sends a request; call only while usable. `listener` is called later, never within. */
  request(request: Http2Request, listener: StreamListener): RequestStream {
    const stream = new RequestStream(request, listener);
    this.#streams.start(stream);
    this.#scheduleFlush();
    if (!this.#streams.hasIds) this.drain(new Error('the connection has no stream ids left'));
    return stream;
  }

  /** Gives a request up; its listener is not called again. @returns whether the peer may have acted on it */
  cancel(stream: RequestStream): boolean {
    this.#streams.remove(stream);
    if (stream.id !== 0) this.#reset(stream);
    this.#closeIfDrained();
    return stream.id !== 0;
  }

  /** Lets no more requests begin, and closes when those under way have ended. */
  drain(reason: Error): void {
    this.#becomeUnusable(reason);
    this.#closeIfDrained();
  }

  /** Closes at once; requests under way are broken. */
  destroy(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#keepalive.stop();
    this.#socket.destroy();
    this.#becomeUnusable(error);
    for (const { id, listener } of this.#streams.removeAbove(0)) {
      listener.onBroken({ maybeProcessed: id !== 0 && id < this.#unflushedId, error });
    }
    this.#options.onClosed?.();
  }

  #becomeUnusable(reason: Error): void {
    if (this.#isUnusable) return;
    this.#isUnusable = true;
    this.#options.onUnusable(reason);
  }

  #closeIfDrained(): void {
    if (!this.#isUnusable || this.#isClosed || this.#streams.count > 0) return;
    this.#flush();
    this.#socket.end();
    this.destroy(new Error('the connection has been drained'));
  }

  #onChunk(reader: FrameReader, chunk: Buffer): void {
    if (this.#isClosed) return;
    this.#keepalive.heard();
    try {
      reader.push(chunk);
    } catch (error) {
      const code = error instanceof ProtocolError ? error.code : ErrorCode.protocolError;
      this.#writer.goaway(0, code);
      this.#flush();
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #onFrame(type: number, flags: number, streamId: number, payload: Buffer): void {
    if (this.#isClosed) return;
    if (this.#block !== undefined && (type !== FrameType.continuation || streamId !== this.#block.streamId)) {
      throw new ProtocolError('a header block is interrupted');
    }
    if (!this.#isReady && (type !== FrameType.settings || (flags & Flag.ack) !== 0)) {
      throw new ProtocolError('the peer does not begin with its settings');
    }
    switch (type) {
      case FrameType.data:
        return this.#onData(flags, streamId, payload);
      case FrameType.headers:
        return this.#onHeaders(flags, streamId, payload);
      case FrameType.continuation:
        return this.#onContinuation(flags, payload);
      case FrameType.rstStream:
        return this.#onReset(streamId, payload);
      case FrameType.settings:
        return this.#onSettings(flags, payload);
      case FrameType.ping:
        return this.#onPing(flags, payload);
      case FrameType.goaway:
        return this.#onGoaway(payload);
      case FrameType.windowUpdate:
        return this.#onWindowUpdate(streamId, payload);
      case FrameType.pushPromise:
        throw new ProtocolError('the peer pushes');
      default:
        // Priorities, and extensions: to be ignored.
        return;
    }
  }

  #onData(flags: number, streamId: number, payload: Buffer): void {
    const stream = this.#streamOf(streamId);
    this.#unacknowledged += payload.length;
    if (this.#unacknowledged >= this.#window / 2) {
      this.#writer.windowUpdate(0, this.#unacknowledged);
      this.#unacknowledged = 0;
      this.#scheduleFlush();
    }
    if (stream === undefined) return;
    const ended = (flags & Flag.endStream) !== 0;
    if (ended) this.#finish(stream);
    else this.#acknowledge(stream, payload.length);
    stream.listener.onData(withoutPadding(flags, payload), ended);
    if (ended) this.#closeIfDrained();
  }

  #acknowledge(stream: RequestStream, bytes: number): void {
    stream.unacknowledged += bytes;
    if (stream.unacknowledged < this.#window / 2) return;
    this.#writer.windowUpdate(stream.id, stream.unacknowledged);
    stream.unacknowledged = 0;
    this.#scheduleFlush();
  }

  #onHeaders(flags: number, streamId: number, payload: Buffer): void {
    this.#streamOf(streamId);
    let fragment = withoutPadding(flags, payload);
    if ((flags & Flag.priority) !== 0) fragment = fragment.subarray(5);
    const endStream = (flags & Flag.endStream) !== 0;
    if ((flags & Flag.endHeaders) !== 0) this.#onBlock(streamId, endStream, fragment);
    else this.#block = { streamId, endStream, parts: [Buffer.from(fragment)], bytes: fragment.length };
  }

  #onContinuation(flags: number, payload: Buffer): void {
    const block = this.#block;
    if (block === undefined) throw new ProtocolError('CONTINUATION of nothing');
    block.bytes += payload.length;
    if (block.bytes > MAX_HEADER_BLOCK) throw new ProtocolError('a header block is too large');
    block.parts.push(Buffer.from(payload));
    if ((flags & Flag.endHeaders) === 0) return;
    this.#block = undefined;
    this.#onBlock(block.streamId, block.endStream, Buffer.concat(block.parts));
  }

  #onBlock(streamId: number, ended: boolean, block: Buffer): void {
    // Also of streams that are over: the decoder must see every block.
    const fields = this.#headers.decode(block);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (ended) this.#finish(stream);
    stream.listener.onHeaders(fields, ended);
    if (ended) this.#closeIfDrained();
  }

  #onReset(streamId: number, payload: Buffer): void {
    const stream = this.#streamOf(streamId);
    const code = uint32(payload, 4, 'RST_STREAM');
    if (stream === undefined) return;
    this.#streams.remove(stream);
    this.#scheduleFlush();
    const error = new Error(`the peer has reset the request: ${errorName(code)}`);
    stream.listener.onBroken({ maybeProcessed: code !== ErrorCode.refusedStream, error });
    this.#closeIfDrained();
  }

  #onSettings(flags: number, payload: Buffer): void {
    if ((flags & Flag.ack) !== 0) return;
    this.#peer = applySettings(this.#peer, payload);
    this.#writer.settingsAck();
    this.#streams.useSettings(this.#peer);
    this.#scheduleFlush();
    if (this.#isReady) return;
    this.#isReady = true;
    this.#options.onReady();
  }

  #onPing(flags: number, payload: Buffer): void {
    if (payload.length !== 8) throw new ProtocolError('PING of a wrong size', ErrorCode.frameSizeError);
    if ((flags & Flag.ack) !== 0) return;
    this.#writer.ping(payload, true);
    this.#scheduleFlush();
  }

  /** The peer will not act on streams above the last that it names. */
  #onGoaway(payload: Buffer): void {
    if (payload.length < 8) throw new ProtocolError('GOAWAY of a wrong size', ErrorCode.frameSizeError);
    const lastId = payload.readUInt32BE(0) & 0x7fff_ffff;
    const debug = payload.toString('latin1', 8);
    const name = errorName(payload.readUInt32BE(4));
    const error = new Error(`the peer goes away: ${name}${debug === '' ? '' : ` (${debug})`}`);
    this.#becomeUnusable(error);
    for (const { listener } of this.#streams.removeAbove(lastId)) listener.onBroken({ maybeProcessed: false, error });
    this.#closeIfDrained();
  }

  #onWindowUpdate(streamId: number, payload: Buffer): void {
    const increment = uint32(payload, 4, 'WINDOW_UPDATE') & 0x7fff_ffff;
    if (streamId === 0) {
      if (increment === 0) throw new ProtocolError('a window grows by nothing');
      this.#streams.widenConnection(increment);
    } else {
      const stream = this.#streamOf(streamId);
      if (stream === undefined) return;
      if (increment === 0 || !this.#streams.widen(stream, increment)) {
        throw new ProtocolError('a window grows by nothing or too much', ErrorCode.flowControlError);
      }
    }
    this.#scheduleFlush();
  }

  /** `undefined`: the stream is over. @throws ProtocolError for one that never was */
  #streamOf(id: number): RequestStream | undefined {
    if (id % 2 === 0 || id >= this.#streams.nextId) throw new ProtocolError(`a frame of stream ${id}`);
    return this.#streams.get(id);
  }

  /** The peer has ended its side. */
  #finish(stream: RequestStream): void {
    const isHalfOpen = !stream.isSent || !stream.request.endsWithBody;
    this.#streams.remove(stream);
    if (isHalfOpen) this.#reset(stream);
    this.#scheduleFlush();
  }

  #reset(stream: RequestStream): void {
    this.#writer.rstStream(stream.id, ErrorCode.cancel);
    this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    if (this.#writer.isEmpty || this.#isFlushScheduled || this.#isClosed) return;
    this.#isFlushScheduled = true;
    process.nextTick(() => {
      this.#isFlushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isClosed || this.#writer.isEmpty) return;
    const { bytes, done } = this.#writer.take();
    this.#unflushedId = this.#streams.nextId;
    this.#socket.write(bytes, done);
  }
}

/** DATA and HEADERS may be padded. @throws ProtocolError */
function withoutPadding(flags: number, payload: Buffer): Buffer {
  if ((flags & Flag.padded) === 0) return payload;
  const padding = payload[0] ?? payload.length;
  if (padding >= payload.length) throw new ProtocolError('more padding than frame');
  return payload.subarray(1, payload.length - padding);
}

function uint32(payload: Buffer, size: number, what: string): number {
  if (payload.length !== size) throw new ProtocolError(`${what} of a wrong size`, ErrorCode.frameSizeError);
  return payload.readUInt32BE(0);
}
