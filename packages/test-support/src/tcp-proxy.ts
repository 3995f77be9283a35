import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** `toServer`: what clients send; `toClient`: what the server answers. */
export type Direction = 'toServer' | 'toClient';

interface Link {
  readonly client: Socket;
  readonly upstream: Socket;
}

/** A TCP proxy on loopback whose connections a test can cut, refuse or stall in one direction. */
export class TcpProxy {
  readonly #server: Server;
  readonly #target: { readonly host: string; port: number };
  readonly #links = new Set<Link>();
  readonly #paused = new Set<Direction>();
  #refusing = false;
  #accepted = 0;

  private constructor(server: Server, target: { host: string; port: number }) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (client) => this.#accept(client));
  }

  /** Forwards a free port of 127.0.0.1 to `target`. */
  static async start(target: { readonly host?: string; readonly port: number }): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new TcpProxy(server, { host: target.host ?? '127.0.0.1', port: target.port });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve());
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `127.0.0.1:port` */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Connections open now. */
  get connections(): number {
    return this.#links.size;
  }

  /** Connections accepted so far, also refused ones. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Where new connections go from now on. */
  retarget(port: number): void {
    this.#target.port = port;
  }

  /** Resets every open connection; new ones are accepted. */
  cut(): void {
    for (const link of [...this.#links]) this.#drop(link);
  }

  /** Resets every open connection and each new one until `accept`. */
  refuse(): void {
    this.#refusing = true;
    this.cut();
  }

  accept(): void {
    this.#refusing = false;
  }

  /** Holds back what flows in one direction (of new connections too) until `resume`; nothing is lost. */
  pause(direction: Direction): void {
    this.#paused.add(direction);
    for (const link of this.#links) sourceOf(link, direction).pause();
  }

  /** Lets held directions flow again; without an argument both. */
  resume(direction?: Direction): void {
    for (const each of direction === undefined ? (['toServer', 'toClient'] as const) : [direction]) {
      this.#paused.delete(each);
      for (const link of this.#links) sourceOf(link, each).resume();
    }
  }

  async close(): Promise<void> {
    this.refuse();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    if (this.#refusing) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ ...this.#target, allowHalfOpen: true });
    const link = { client, upstream };
    this.#links.add(link);
    this.#forward(link, 'toServer', client, upstream);
    this.#forward(link, 'toClient', upstream, client);
  }

  #forward(link: Link, direction: Direction, from: Socket, to: Socket): void {
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => {
      if (to.write(chunk)) return;
      from.pause();
      to.once('drain', () => {
        if (!this.#paused.has(direction)) from.resume();
      });
    });
    from.on('end', () => to.end());
    from.on('error', () => this.#drop(link));
    from.on('close', () => {
      if (to.destroyed) this.#links.delete(link);
    });
    if (this.#paused.has(direction)) from.pause();
  }

  #drop(link: Link): void {
    this.#links.delete(link);
    for (const socket of [link.client, link.upstream]) {
      if (socket.connecting) socket.destroy();
      else if (!socket.destroyed) socket.resetAndDestroy();
    }
  }
}

function sourceOf(link: Link, direction: Direction): Socket {
  return direction === 'toServer' ? link.client : link.upstream;
}
