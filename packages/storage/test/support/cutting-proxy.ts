import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly endpoint: string;
  /** Bytes that clients sent in all. */
  readonly forwarded: number;
  close(): Promise<void>;
}

/** Forwards to a port of this machine, but ends each connection after `limit` bytes from the client. */
export async function startCuttingProxy(port: number, limit: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let forwarded = 0;
  const server: Server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let left = limit;
    const drop = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', drop);
      socket.on('close', drop);
    }
    upstream.pipe(client);
    client.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, left);
      left -= part.length;
      forwarded += part.length;
      if (left > 0) upstream.write(part);
      // What was let through arrives; only then is the connection gone.
      else upstream.end(part, drop);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get forwarded() {
      return forwarded;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
