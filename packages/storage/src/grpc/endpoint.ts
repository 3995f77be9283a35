import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { transportOf, type Transport } from '../http2/transport';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** PEM */
export interface TlsOptions {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** etcd's client port. */
const DEFAULT_PORT = 2379;
const READ_BYTES = 64 * 1024;

/**
 * `http://host:port`, `https://host:port` or `host:port`; a path is ignored. TLS also where `withTls` asks for it.
 * @throws TypeError
 */
export function parseEndpoint(text: string, withTls: boolean): Endpoint {
  const full = /^[a-z]+:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full) || !/^https?:/.test(full)) throw new TypeError(`not an endpoint: ${text}`);
  const url = new URL(full);
  const explicit = /:(\d+)(?:\/|$)/.exec(text.replace(/^[a-z]+:\/\//, ''))?.[1];
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: explicit === undefined ? DEFAULT_PORT : Number(explicit),
    isTls: withTls || url.protocol === 'https:',
  };
}

export function authorityOf({ host, port }: Endpoint): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A connection to the endpoint, over which HTTP/2 can be spoken. Aborting ends the attempt, and only that. */
export async function openTransport(endpoint: Endpoint, tls: TlsOptions, signal: AbortSignal): Promise<Transport> {
  const { host, port, isTls } = endpoint;
  if (!isTls) return openTcp(endpoint, signal);
  const socket = connectTls({
    ...{ host, port, ...tls, ALPNProtocols: ['h2'] },
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  await connected(socket, 'secureConnect', endpoint, signal);
  if (socket.alpnProtocol !== 'h2') {
    socket.destroy();
    throw new Error(`${authorityOf(endpoint)} does not speak HTTP/2`);
  }
  return transportOf(socket);
}

/** Always reads into the same memory: a buffer for every chunk would be much of the cost of a call. */
async function openTcp(endpoint: Endpoint, signal: AbortSignal): Promise<Transport> {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  let onChunk: (chunk: Buffer) => void = () => undefined;
  const callback = (bytes: number): boolean => {
    onChunk(buffer.subarray(0, bytes));
    return true;
  };
  const socket = connectTcp({ host: endpoint.host, port: endpoint.port, onread: { buffer, callback } });
  await connected(socket, 'connect', endpoint, signal);
  return { socket, receive: (receiver) => (onChunk = receiver) };
}

function connected(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      socket.destroy(new Error(`no connection to ${authorityOf(endpoint)} in time`));
    };
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    const onError = (error: Error): void => {
      settle();
      reject(error);
    };
    socket.setNoDelay(true);
    // Until its owner listens, and after this attempt has failed.
    socket.on('error', () => undefined);
    socket.once('error', onError);
    socket.once(event, () => {
      settle();
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
