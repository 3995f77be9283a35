import type { IncomingMessage } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { UpgradeRequest } from './upgrade';

/** A message that says that a channel has ended; since `v5.channel.k8s.io`. */
const CLOSE_CHANNEL = 255;
/** Clients may send a whole file in one message. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/**
 * Answers 101 and goes on as a WebSocket that speaks the first of `protocols` that the client offers, `''` when that is
 * none. What is no proper handshake is answered here.
 */
export function upgradeToWebSocket(
  { request, socket, head }: UpgradeRequest,
  protocols: readonly string[],
): Promise<{ readonly socket: WebSocket; readonly protocol: string }> {
  const offered = offeredProtocols(request);
  const protocol = protocols.find((each) => offered.includes(each)) ?? '';
  // Chosen here: the library takes no name with a slash in it, which that of a tunnel has.
  delete request.headers['sec-websocket-protocol'];
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on('headers', (headers) => {
    if (protocol !== '') headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
  });
  return new Promise((resolve) => {
    server.handleUpgrade(request, socket, head, (connection) => resolve({ socket: connection, protocol }));
  });
}

export function offeredProtocols(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim());
}

/** Numbered byte streams over one WebSocket: the number is the first byte of a message, or its first digit in base64. */
export class WebSocketChannels {
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  readonly protocol: string;
  readonly #socket: WebSocket;
  readonly #isBase64: boolean;
  readonly #inputs = new Map<number, Readable>();
  readonly #full = new Set<number>();

  constructor({ socket, protocol }: { readonly socket: WebSocket; readonly protocol: string }) {
    this.protocol = protocol;
    this.#socket = socket;
    this.#isBase64 = protocol.includes('base64');
    socket.on('error', () => undefined);
    socket.on('message', (raw: Buffer) => this.#received(raw));
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        const gone = new Error('the connection has ended');
        for (const input of this.#inputs.values()) input.destroy(gone);
        resolve();
      });
    });
  }

  /** What the client sends on a channel; nothing is read of any channel while it is full. */
  input(channel: number): Readable {
    const input = new Readable({
      read: () => {
        this.#full.delete(channel);
        if (this.#full.size === 0) this.#socket.resume();
      },
      destroy: (error, done) => {
        this.#inputs.delete(channel);
        this.#full.delete(channel);
        if (this.#full.size === 0) this.#socket.resume();
        done(error);
      },
    });
    input.on('error', () => undefined);
    this.#inputs.set(channel, input);
    return input;
  }

  /** Ending it ends nothing: the protocols have no word for it. */
  output(channel: number): Writable {
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => this.#send(channel, chunk, done),
    });
    output.on('error', () => undefined);
    void this.closed.then(() => output.destroy(new Error('the connection has ended')));
    return output;
  }

  /** Sends the closing message; the connection ends when the client has answered it, or has not for half a minute. */
  close(): void {
    for (const input of [...this.#inputs.values()]) input.destroy();
    this.#socket.close(1000);
  }

  #send(channel: number, data: Buffer, done: (error?: Error | null) => void): void {
    const message = this.#isBase64
      ? `${channel}${data.toString('base64')}`
      : Buffer.concat([Buffer.from([channel]), data]);
    this.#socket.send(message, (error) => done(error));
  }

  #received(raw: Buffer): void {
    if (raw.length === 0) return;
    const channel = this.#isBase64 ? Number(raw.toString('latin1', 0, 1)) : (raw[0] ?? 0);
    const data = this.#isBase64 ? Buffer.from(raw.toString('latin1', 1), 'base64') : raw.subarray(1);
    if (channel === CLOSE_CHANNEL && this.protocol.startsWith('v5.')) {
      const ended = data[0];
      if (ended !== undefined) this.#inputs.get(ended)?.push(null);
      return;
    }
    const input = this.#inputs.get(channel);
    if (input === undefined || input.readableEnded || data.length === 0) return;
    if (!input.push(data)) {
      this.#full.add(channel);
      this.#socket.pause();
    }
  }
}
