import type { Duplex } from 'node:stream';
import { dataHead, encodeFrame } from './frame-encoder';
import { FrameDecoder } from './frame-decoder';
import { GOAWAY_STATUS, RESET, SETTING_INITIAL_WINDOW, SpdyProtocolError, type Frame } from './frame';
import { decodeHeaders, encodeHeaders, type SpdyHeaders } from './header-block';
import { HeaderDeflater, HeaderInflater } from './header-compression';
import { noWindows, SendWindow } from './send-window';
import { SpdyStream, type StreamLink } from './spdy-stream';

export interface SpdyConnectionOptions {
  /** Whether a stream that the other end opens is wanted; one that is not is reset. */
  readonly accept: (headers: SpdyHeaders, streamId: number) => boolean;
  /** A stream that the other end has opened, replied to already. */
  readonly onStream: (stream: SpdyStream) => void;
  /** Of the two ends, who began: its streams are odd. Default: the other end did. */
  readonly isClient?: boolean;
}

const MAX_STREAMS = 2_000;
/** How long the last frames may take to leave once nothing is read any more. */
const LAST_WORDS_MS = 1_000;
const NO_HEADERS: SpdyHeaders = new Map();

/**
 * A SPDY/3.1 connection over any byte stream. Reads only as fast as its streams are read. When the transport ends, all
 * streams are destroyed; when the other end breaks the protocol, it is told so and the transport ends.
 */
export class SpdyConnection {
  /** Resolves when the transport is gone. */
  readonly closed: Promise<void>;
  readonly #transport: Duplex;
  readonly #options: SpdyConnectionOptions;
  readonly #inflater = new HeaderInflater();
  readonly #deflater = new HeaderDeflater();
  readonly #windows = noWindows();
  readonly #streams = new Map<number, { readonly stream: SpdyStream; readonly window: SendWindow }>();
  readonly #link: StreamLink;
  #lastReceived = 0;
  #nextOwn: number;
  #hasGoneAway = false;

  /** @param head what has been read of the transport already */
  constructor(transport: Duplex, options: SpdyConnectionOptions, head: Buffer = Buffer.alloc(0)) {
    this.#transport = transport;
    this.#options = options;
    this.#nextOwn = options.isClient === true ? 1 : 2;
    this.#link = {
      sendData: (streamId, data, fin) => this.#sendData(streamId, data, fin),
      sendReset: (streamId, status) => this.#send({ type: 'RST_STREAM', streamId, status }),
      sendWindowUpdate: (streamId, delta) => this.#send({ type: 'WINDOW_UPDATE', streamId, delta }),
      forget: (streamId) => void this.#streams.delete(streamId),
    };
    transport.on('error', () => undefined);
    // Also while a stream keeps us from reading, when the end would not be read.
    transport.once('close', () => this.#abandonAll());
    if (head.length > 0) transport.unshift(head);
    this.closed = this.#run();
  }

  /** Opens a stream of our own. */
  open(headers: SpdyHeaders): SpdyStream {
    const streamId = this.#nextOwn;
    this.#nextOwn += 2;
    const stream = this.#register(streamId, headers);
    const headerBlock = this.#deflater.deflate(encodeHeaders(headers));
    this.#send({
      type: 'SYN_STREAM',
      streamId,
      associatedTo: 0,
      priority: 0,
      fin: false,
      unidirectional: false,
      headerBlock,
    });
    return stream;
  }

  /** Says that there will be no more, then waits `graceMs` for the other end to go before cutting. Idempotent. */
  async close(graceMs: number): Promise<void> {
    this.#goAway(GOAWAY_STATUS.OK);
    const timer = setTimeout(() => this.#transport.destroy(), graceMs);
    await this.closed;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const decoder = new FrameDecoder();
    try {
      for await (const chunk of this.#transport.iterator({ destroyOnReturn: false })) {
        for (const frame of decoder.push(chunk as Buffer)) await this.#handle(frame);
      }
    } catch (error) {
      // What else there is comes of a transport that broke.
      if (error instanceof SpdyProtocolError) this.#goAway(GOAWAY_STATUS.PROTOCOL_ERROR);
    } finally {
      this.#inflater.close();
      this.#abandonAll();
      const cut = (): void => void this.#transport.destroy();
      setTimeout(cut, LAST_WORDS_MS).unref();
      this.#transport.end(cut);
    }
  }

  async #handle(frame: Frame): Promise<void> {
    switch (frame.type) {
      case 'SYN_STREAM':
        return this.#opened(frame);
      case 'DATA':
        return this.#received(frame.streamId, frame.data, frame.fin);
      case 'SYN_REPLY':
      case 'HEADERS':
        // The blocks have to be read in any case: the ones after them lean on them.
        decodeHeaders(await this.#inflater.inflate(frame.headerBlock));
        return frame.fin ? this.#received(frame.streamId, Buffer.alloc(0), true) : undefined;
      case 'RST_STREAM':
        this.#streams.get(frame.streamId)?.stream.abandon(new Error('the other end has reset the stream'));
        return;
      case 'WINDOW_UPDATE':
        this.#windows.isEnforced = true;
        this.#streams.get(frame.streamId)?.stream.credit(frame.delta);
        return;
      case 'SETTINGS':
        for (const { id, value } of frame.entries) {
          if (id !== SETTING_INITIAL_WINDOW) continue;
          this.#windows.isEnforced = true;
          this.#windows.initial = value;
          for (const { window } of this.#streams.values()) window.changed();
        }
        return;
      case 'PING':
        // One of ours would come back with our parity; none is sent.
        if (frame.id % 2 !== this.#nextOwn % 2) this.#send(frame);
        return this.#writable();
      case 'GOAWAY':
      case 'UNKNOWN':
        return;
    }
  }

  async #opened(frame: Extract<Frame, { type: 'SYN_STREAM' }>): Promise<void> {
    const { streamId } = frame;
    const headers = decodeHeaders(await this.#inflater.inflate(frame.headerBlock));
    if (streamId % 2 === this.#nextOwn % 2 || streamId <= this.#lastReceived) {
      throw new SpdyProtocolError(`stream ${streamId} cannot be opened`);
    }
    this.#lastReceived = streamId;
    if (this.#hasGoneAway) return;
    if (this.#streams.size >= MAX_STREAMS) {
      this.#send({ type: 'RST_STREAM', streamId, status: RESET.REFUSED_STREAM });
      return;
    }
    if (!this.#options.accept(headers, streamId)) {
      this.#send({ type: 'RST_STREAM', streamId, status: RESET.CANCEL });
      return;
    }
    const stream = this.#register(streamId, headers);
    // Before anything of it: data that come before the reply are dropped by the other end.
    const headerBlock = this.#deflater.deflate(encodeHeaders(NO_HEADERS));
    this.#send({ type: 'SYN_REPLY', streamId, fin: false, headerBlock });
    if (frame.unidirectional) stream.end();
    if (frame.fin) await stream.receive(Buffer.alloc(0), true);
    this.#options.onStream(stream);
    await this.#writable();
  }

  #received(streamId: number, data: Buffer, fin: boolean): Promise<void> | undefined {
    return this.#streams.get(streamId)?.stream.receive(data, fin);
  }

  #register(streamId: number, headers: SpdyHeaders): SpdyStream {
    const window = new SendWindow(this.#windows);
    const stream = new SpdyStream(streamId, headers, this.#link, window);
    this.#streams.set(streamId, { stream, window });
    return stream;
  }

  #abandonAll(): void {
    const gone = new Error('the connection has ended');
    for (const { stream } of [...this.#streams.values()]) stream.abandon(gone);
  }

  #goAway(status: number): void {
    if (this.#hasGoneAway) return;
    this.#hasGoneAway = true;
    this.#send({ type: 'GOAWAY', lastStreamId: this.#lastReceived, status });
  }

  #send(frame: Exclude<Frame, { type: 'UNKNOWN' }>): void {
    if (this.#transport.writable) this.#transport.write(encodeFrame(frame));
  }

  #sendData(streamId: number, data: Buffer, fin: boolean): Promise<void> {
    const transport = this.#transport;
    if (!transport.writable) return Promise.reject(new Error('the connection has ended'));
    return new Promise((resolve, reject) => {
      const done = (error?: Error | null): void => (error === undefined || error === null ? resolve() : reject(error));
      const head = dataHead(streamId, fin, data.length);
      if (data.length === 0) {
        transport.write(head, done);
        return;
      }
      transport.cork();
      transport.write(head);
      transport.write(data, done);
      transport.uncork();
    });
  }

  /** Who asks much without reading the answers is not read either. */
  async #writable(): Promise<void> {
    const transport = this.#transport;
    if (!transport.writableNeedDrain || transport.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        transport.off('drain', done).off('close', done);
        resolve();
      };
      transport.once('drain', done).once('close', done);
    });
  }
}
