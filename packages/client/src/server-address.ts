import { ClientConfigError } from './errors';

/** Where one API server listens. */
export interface ServerAddress {
  /** `http://10.0.0.1:8888` */
  readonly origin: string;
  /** Path in front of every request, without a trailing slash; mostly `''`. */
  readonly prefix: string;
}

/**
 * Reads what `--master`, `--api_servers` and kubeconfigs hold: `host`, `host:port`, `[::1]:port`, `:port`, or a URL.
 * Without a scheme it is `https` when TLS material is configured and `http` otherwise, as client libraries have it.
 * @throws ClientConfigError
 */
export function parseServerAddress(text: string, hasTls = false): ServerAddress {
  const trimmed = text.trim();
  if (trimmed === '') throw new ClientConfigError('the address of the API server is empty');
  const withHost = trimmed.startsWith(':') ? `127.0.0.1${trimmed}` : trimmed;
  const candidate = /^[a-z][a-z0-9+.-]*:\/\//i.test(withHost) ? withHost : `${hasTls ? 'https' : 'http'}://${withHost}`;
  if (!URL.canParse(candidate)) {
    throw new ClientConfigError(`"${text}" is no address of an API server: expected host:port or http(s)://host:port`);
  }
  const url = new URL(candidate);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ClientConfigError(`"${text}": only http and https are spoken to an API server`);
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}
