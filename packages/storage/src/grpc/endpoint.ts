import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

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
export function openSocket(endpoint: Endpoint, tls: TlsOptions, signal: AbortSignal): Promise<Socket> {
  const { host, port, isTls } = endpoint;
  return new Promise((resolve, reject) => {
    const socket = isTls
      ? connectTls({ host, port, ...tls, ALPNProtocols: ['h2'], ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connectTcp({ host, port });
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
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      settle();
      if ('alpnProtocol' in socket && socket.alpnProtocol !== 'h2') {
        socket.destroy();
        reject(new Error(`${authorityOf(endpoint)} does not speak HTTP/2`));
      } else resolve(socket);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
