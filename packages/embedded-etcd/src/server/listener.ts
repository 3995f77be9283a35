import { Server as GrpcServer, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { createServer, type Server, type Socket } from 'node:net';
import { FatalError } from '@kubernetes-mesos/component-base';
import type { Method } from './service';
import { httpServer } from './http-endpoints';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** How every HTTP/2 connection begins. */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n');
/** etcd's request limit and the room that it leaves for gRPC, bytes. */
const MAX_MESSAGE_BYTES = 1_572_864 + 512 * 1_024;
/** A client that says nothing for so long is disconnected, ms. */
const FIRST_BYTES_TIMEOUT_MS = 30_000;

/** gRPC and plain HTTP on the same ports, told apart by the first bytes of a connection, as etcd does. */
export class Listener {
  readonly #grpc: GrpcServer;
  readonly #http = httpServer();
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #inject: (socket: Socket) => void;

  constructor(methods: readonly Method[]) {
    this.#grpc = new GrpcServer({
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      'grpc.max_send_message_length': -1,
      'grpc.max_concurrent_streams': 4_294_967_295,
    });
    const implementation: UntypedServiceImplementation = {};
    for (const { definition, handler } of methods) {
      // grpc-js cannot type a table of different methods; `unary` and `bidirectional` have typed each one.
      implementation[definition.path] = handler as UntypedServiceImplementation[string];
    }
    this.#grpc.addService(
      Object.fromEntries(methods.map(({ definition }) => [definition.path, definition])),
      implementation,
    );
    const injector = this.#grpc.createConnectionInjector(ServerCredentials.createInsecure());
    this.#inject = (socket) => injector.injectConnection(socket);
  }

  /** @returns the address with its real port. @throws FatalError when it is taken */
  async listen(address: ListenAddress): Promise<ListenAddress> {
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) =>
        reject(new FatalError(`cannot listen on ${address.host}:${address.port}`, { cause: error })),
      );
      server.listen(address.port, address.host, () => resolve());
    });
    this.#servers.push(server);
    const bound = server.address();
    return { host: address.host, port: bound === null || typeof bound === 'string' ? address.port : bound.port };
  }

  async close(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    this.#grpc.forceShutdown();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(FIRST_BYTES_TIMEOUT_MS, () => socket.destroy());
    let seen = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const length = Math.min(seen.length, HTTP2_PREFACE.length);
      const isHttp2 = seen.subarray(0, length).equals(HTTP2_PREFACE.subarray(0, length));
      if (isHttp2 && seen.length < HTTP2_PREFACE.length) return;
      socket.off('data', onData);
      socket.setTimeout(0);
      socket.pause();
      socket.unshift(seen);
      // An HTTP/2 session reads what is buffered and then the socket's handle itself: it must stay paused.
      if (isHttp2) {
        this.#inject(socket);
      } else {
        this.#http.emit('connection', socket);
        socket.resume();
      }
    };
    socket.on('data', onData);
  }
}
