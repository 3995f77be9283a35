import { Duplex } from 'node:stream';
import { INITIAL_WINDOW, RESET } from './frame';
import type { SpdyHeaders } from './header-block';
import type { SendWindow } from './send-window';

/** What a stream needs of its connection. */
export interface StreamLink {
  /** Resolves when the bytes have left, rejects when they cannot. */
  sendData(streamId: number, data: Buffer, fin: boolean): Promise<void>;
  sendReset(streamId: number, status: number): void;
  sendWindowUpdate(streamId: number, delta: number): void;
  /** Called once, when nothing more will be sent or received. */
  forget(streamId: number): void;
}

/** Longest DATA frame that is sent, so that streams take turns. */
const MAX_DATA_BYTES = 32 * 1024;
/** Clients of Kubernetes mind no window; what one of them has sent ahead is kept up to this before the connection waits. */
const MAX_UNREAD_BYTES = 16 * INITIAL_WINDOW;

/**
 * One stream of a SPDY connection. Either side ends by itself: `end()` is our end, `'end'` the other's. Destroying it
 * before both have ended resets it.
 */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: SpdyHeaders;
  readonly #link: StreamLink;
  readonly #window: SendWindow;
  #unread: Buffer[] = [];
  #unreadBytes = 0;
  #isWanted = false;
  #hasEnded = false;
  #uncredited = 0;
  #isReset = false;
  #makeRoom: (() => void) | undefined;

  constructor(id: number, headers: SpdyHeaders, link: StreamLink, window: SendWindow) {
    super({ allowHalfOpen: true, emitClose: true });
    this.id = id;
    this.headers = headers;
    this.#link = link;
    this.#window = window;
    // A reset is an ordinary end for whoever only listens for the close.
    this.on('error', () => undefined);
  }

  /** What has arrived; resolves when there is room for more. */
  receive(data: Buffer, fin: boolean): Promise<void> | undefined {
    if (this.#hasEnded || this.destroyed) {
      if (!this.destroyed && data.length > 0) this.#reset(RESET.STREAM_ALREADY_CLOSED);
      return undefined;
    }
    if (data.length > 0) {
      this.#unread.push(data);
      this.#unreadBytes += data.length;
    }
    if (fin) this.#hasEnded = true;
    this.#deliver();
    if (this.#unreadBytes <= MAX_UNREAD_BYTES) return undefined;
    return new Promise((resolve) => (this.#makeRoom = resolve));
  }

  /** The other end lets us send more. */
  credit(delta: number): void {
    if (!this.#window.credit(delta)) this.#reset(RESET.FLOW_CONTROL_ERROR);
  }

  /** The other end has given the stream up, or the connection is gone. */
  abandon(reason: Error): void {
    this.#isReset = true;
    this.destroy(reason);
  }

  override _read(): void {
    this.#isWanted = true;
    this.#deliver();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk).then(
      () => done(),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#link.sendData(this.id, Buffer.alloc(0), true).then(
      () => done(),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const isComplete = this.writableFinished && this.#hasEnded;
    if (!isComplete && !this.#isReset) this.#link.sendReset(this.id, RESET.CANCEL);
    this.#unread = [];
    this.#window.close();
    this.#makeRoom?.();
    this.#link.forget(this.id);
    done(error);
  }

  async #send(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const allowed = await this.#window.take(Math.min(MAX_DATA_BYTES, chunk.length - at));
      if (this.destroyed) throw new Error('the stream has been reset');
      await this.#link.sendData(this.id, chunk.subarray(at, at + allowed), false);
      at += allowed;
    }
  }

  #deliver(): void {
    while (this.#isWanted) {
      const data = this.#unread.shift();
      if (data === undefined) break;
      this.#unreadBytes -= data.length;
      this.#uncredited += data.length;
      this.#isWanted = this.push(data);
    }
    if (this.#hasEnded) {
      if (this.#isWanted && this.#unread.length === 0) {
        this.#isWanted = false;
        this.push(null);
      }
    } else if (this.#uncredited >= INITIAL_WINDOW / 2) {
      this.#link.sendWindowUpdate(this.id, this.#uncredited);
      this.#uncredited = 0;
    }
    if (this.#unreadBytes <= MAX_UNREAD_BYTES) {
      this.#makeRoom?.();
      this.#makeRoom = undefined;
    }
  }

  #reset(status: number): void {
    this.#isReset = true;
    this.#link.sendReset(this.id, status);
    this.destroy(new Error('the stream has been reset'));
  }
}
