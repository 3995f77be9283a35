import net from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { errorMessage } from '@kubernetes-mesos/component-base';
import type { ExecSession } from '../runtime/runtime';

/** Channels of the `channel.k8s.io` protocols: the first byte of each message. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

const PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'base64.channel.k8s.io',
];
const PORT_PROTOCOLS = ['v4.channel.k8s.io', 'portforward.k8s.io', 'v4.base64.channel.k8s.io'];

const server = (protocols: readonly string[]): WebSocketServer =>
  new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false,
  });

/** Serves one exec or attach over a WebSocket; `open` begins the command once the connection stands. */
export function serveSession(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  open: () => Promise<ExecSession>,
): void {
  server(PROTOCOLS).handleUpgrade(request, socket, head, (connection) => {
    const channel = new Channels(connection);
    // What comes before the command has begun waits.
    connection.pause();
    open().then(
      (session) => {
        channel.serve(session);
        connection.resume();
      },
      (error: unknown) => {
        connection.resume();
        channel.fail(errorMessage(error));
      },
    );
  });
}

/** Forwards the ports of a pod over a WebSocket: a data and an error channel each, in the order of `ports`. */
export function servePortForward(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  ports: readonly { readonly port: number; readonly target: { readonly host: string; readonly port: number } }[],
): void {
  server(PORT_PROTOCOLS).handleUpgrade(request, socket, head, (connection) => {
    const channels = new Channels(connection);
    const sockets = ports.map(({ port, target }, index) => {
      const number = Buffer.alloc(2);
      number.writeUInt16LE(port);
      channels.send(index * 2, number);
      channels.send(index * 2 + 1, number);
      const remote = net.connect(target);
      remote.on('data', (chunk: Buffer) => channels.send(index * 2, chunk));
      remote.once('error', (error) => channels.send(index * 2 + 1, Buffer.from(error.message)));
      remote.once('close', () => connection.close());
      return remote;
    });
    channels.onMessage((channel, data) => {
      if (channel % 2 === 0) sockets[channel / 2]?.write(data);
    });
    connection.once('close', () => sockets.forEach((remote) => remote.destroy()));
  });
}

/** Numbered byte streams over one WebSocket, in binary or base64. */
class Channels {
  readonly #socket: WebSocket;
  readonly #base64: boolean;
  readonly #version: 4 | 5 | 1;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#base64 = socket.protocol.includes('base64');
    this.#version = socket.protocol.startsWith('v5') ? 5 : socket.protocol.startsWith('v4') ? 4 : 1;
    socket.on('error', () => undefined);
  }

  send(channel: number, data: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#base64) this.#socket.send(`${channel}${data.toString('base64')}`);
    else this.#socket.send(Buffer.concat([Buffer.from([channel]), data]));
  }

  onMessage(handler: (channel: number, data: Buffer) => void): void {
    this.#socket.on('message', (raw: Buffer) => {
      if (raw.length === 0) return;
      if (this.#base64) handler(Number(raw.toString('latin1', 0, 1)), Buffer.from(raw.toString('latin1', 1), 'base64'));
      else handler(raw[0] ?? 0, raw.subarray(1));
    });
  }

  fail(message: string): void {
    this.#end({ status: 'Failure', message, reason: 'InternalError', code: 500 });
  }

  serve(session: ExecSession): void {
    const outputs = [this.#copy(session.stdout, CHANNEL.stdout), this.#copy(session.stderr, CHANNEL.stderr)];
    this.onMessage((channel, data) => {
      if (channel === CHANNEL.stdin) session.stdin?.write(data);
      else if (channel === CHANNEL.close && this.#version === 5 && data[0] === CHANNEL.stdin) session.stdin?.end();
      else if (channel === CHANNEL.resize) resize(session, data);
    });
    this.#socket.once('close', () => session.close());
    Promise.all([session.exit, ...outputs]).then(
      ([code]) => this.#end(exitStatus(code)),
      (error: unknown) => this.fail(errorMessage(error)),
    );
  }

  #copy(stream: NodeJS.ReadableStream, channel: number): Promise<void> {
    stream.on('data', (chunk: Buffer) => this.send(channel, chunk));
    return new Promise((resolve) => {
      stream.once('end', () => resolve());
      stream.once('close', () => resolve());
      stream.once('error', () => resolve());
    });
  }

  #end(status: object): void {
    if (this.#version !== 1) this.send(CHANNEL.error, Buffer.from(JSON.stringify({ metadata: {}, ...status })));
    this.#socket.close(1000);
  }
}

/** The Status object that tells a client how a command ended. */
export function exitStatus(code: number): object {
  if (code === 0) return { status: 'Success' };
  return {
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** A terminal size as clients send it: `{"Width":80,"Height":24}`. What cannot be read is ignored. */
export function resize(session: ExecSession, data: Buffer): void {
  try {
    const size: unknown = JSON.parse(data.toString('utf8'));
    if (typeof size !== 'object' || size === null || !('Width' in size) || !('Height' in size)) return;
    session.resize(Number(size.Width), Number(size.Height)).catch(() => undefined);
  } catch {
    // Not a size.
  }
}
