import type { FrameWriter } from './frame-writer';
import { DEFAULT_PEER_SETTINGS, type PeerSettings } from './peer-settings';
import { DEFAULT_WINDOW, ErrorCode, MAX_STREAM_ID, MAX_WINDOW, ProtocolError } from './protocol';
import type { RequestStream } from './request-stream';

/** The requests of a connection: when each may begin, and how much of it may be sent (RFC 9113, 5.1.2 and 5.2). */
export class RequestStreams {
  readonly #writer: FrameWriter;
  readonly #open = new Map<number, RequestStream>();
  /** More than the peer takes at a time: to begin when others have ended. */
  #waiting: RequestStream[] = [];
  /** A window holds back what they have to send. In the order of their turn. */
  readonly #blocked = new Set<RequestStream>();
  #peer: PeerSettings = DEFAULT_PEER_SETTINGS;
  #sendWindow = DEFAULT_WINDOW;
  #nextId: number;

  constructor(writer: FrameWriter, firstId: number) {
    this.#writer = writer;
    this.#nextId = firstId;
  }

  /** Number of the next stream. */
  get nextId(): number {
    return this.#nextId;
  }

  get hasIds(): boolean {
    return this.#nextId <= MAX_STREAM_ID;
  }

  get count(): number {
    return this.#open.size + this.#waiting.length;
  }

  get(id: number): RequestStream | undefined {
    return this.#open.get(id);
  }

  start(stream: RequestStream): void {
    if (this.#open.size < this.#peer.maxConcurrentStreams) this.#begin(stream);
    else this.#waiting.push(stream);
  }

  /** Forgets a stream that has ended. */
  remove(stream: RequestStream): void {
    this.#blocked.delete(stream);
    if (stream.id === 0) this.#waiting = this.#waiting.filter((each) => each !== stream);
    else this.#open.delete(stream.id);
    this.#beginWaiting();
  }

  /** Forgets all streams that have not begun, and those above `lastId`. @returns them */
  removeAbove(lastId: number): readonly RequestStream[] {
    const removed = this.#waiting;
    this.#waiting = [];
    for (const stream of this.#open.values()) {
      if (stream.id > lastId) removed.push(stream);
    }
    for (const stream of removed) {
      this.#blocked.delete(stream);
      this.#open.delete(stream.id);
    }
    return removed;
  }

  /** @throws ProtocolError */
  useSettings(peer: PeerSettings): void {
    const change = peer.initialWindow - this.#peer.initialWindow;
    this.#peer = peer;
    for (const stream of this.#open.values()) {
      stream.sendWindow += change;
      if (stream.sendWindow > MAX_WINDOW) throw windowTooLarge();
    }
    this.#sendBlocked();
    this.#beginWaiting();
  }

  /** The peer takes more on the whole connection. @throws ProtocolError */
  widenConnection(increment: number): void {
    this.#sendWindow += increment;
    if (this.#sendWindow > MAX_WINDOW) throw windowTooLarge();
    this.#sendBlocked();
  }

  /** The peer takes more on a stream. @returns `false` if that is more than a stream may have */
  widen(stream: RequestStream, increment: number): boolean {
    stream.sendWindow += increment;
    if (stream.sendWindow > MAX_WINDOW) return false;
    if (this.#blocked.has(stream)) this.#send(stream);
    return true;
  }

  #begin(stream: RequestStream): void {
    stream.id = this.#nextId;
    stream.sendWindow = this.#peer.initialWindow;
    this.#nextId += 2;
    this.#open.set(stream.id, stream);
    this.#writer.headers(stream.id, stream.request.headers);
    this.#send(stream);
  }

  #beginWaiting(): void {
    while (this.#waiting.length > 0 && this.#open.size < this.#peer.maxConcurrentStreams) {
      const next = this.#waiting.shift();
      if (next !== undefined) this.#begin(next);
    }
  }

  #sendBlocked(): void {
    for (const stream of [...this.#blocked]) {
      if (this.#sendWindow <= 0) return;
      this.#send(stream);
    }
  }

  #send(stream: RequestStream): void {
    const { body, endsWithBody } = stream.request;
    while (!stream.isSent) {
      const left = body.length - stream.sent;
      const bytes = Math.min(left, stream.sendWindow, this.#sendWindow, this.#peer.maxFrameSize);
      if (bytes <= 0) {
        this.#blocked.add(stream);
        return;
      }
      this.#writer.data(stream.id, body, stream.sent, stream.sent + bytes, endsWithBody && bytes === left);
      stream.sent += bytes;
      stream.sendWindow -= bytes;
      this.#sendWindow -= bytes;
    }
    this.#blocked.delete(stream);
  }
}

function windowTooLarge(): ProtocolError {
  return new ProtocolError('a window grows too large', ErrorCode.flowControlError);
}
