import type { ServerResponse } from 'node:http';
import { encodeRecord, type MediaType, type MessageCodec } from '@kubernetes-mesos/mesos';

/**
 * The answer to a SUBSCRIBE: an endless RecordIO body in one encoding. Headers and every event are flushed at once.
 * A client that does not read is cut off when `maxBufferedBytes` have piled up: it re-subscribes and starts afresh.
 */
export class EventStream<Event> {
  readonly #response: ServerResponse;
  readonly #codec: MessageCodec<Event, unknown>;
  readonly #maxBufferedBytes: number;
  readonly mediaType: MediaType;
  #open = true;

  constructor(
    response: ServerResponse,
    codec: MessageCodec<Event, unknown>,
    options: {
      readonly mediaType: MediaType;
      readonly headers?: Readonly<Record<string, string>>;
      /** Called once, when either side has ended the stream. */
      readonly onClose: () => void;
      /** Default 256 MiB. */
      readonly maxBufferedBytes?: number;
    },
  ) {
    this.#response = response;
    this.#codec = codec;
    this.mediaType = options.mediaType;
    this.#maxBufferedBytes = options.maxBufferedBytes ?? 256 * 1024 * 1024;
    response.writeHead(200, { 'Content-Type': options.mediaType, ...options.headers });
    response.flushHeaders();
    response.socket?.setNoDelay(true);
    response.once('close', () => {
      this.#open = false;
      options.onClose();
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  send(event: Event): void {
    if (this.#open) this.sendEncoded(this.#codec.encode(event, this.mediaType));
  }

  /** How many bytes `event` takes in this stream's encoding, without its length line. */
  encode(event: Event): Buffer {
    return this.#codec.encode(event, this.mediaType);
  }

  sendEncoded(payload: Buffer): void {
    if (!this.#open) return;
    this.#response.write(encodeRecord(payload));
    if (this.#response.writableLength > this.#maxBufferedBytes) this.#response.destroy();
  }

  /** Ends the stream after what was sent. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#response.end();
  }
}
