/** More hops than this means that two masters point at each other. */
export const MAX_REDIRECTS = 5;

/**
 * `host:port` that a 307 leads to. Mesos sends a network-path reference (`//host:port/path`); absolute URLs work too.
 * `undefined` when the header is missing or no URL.
 */
export function redirectTarget(location: string | undefined, origin: string): string | undefined {
  if (location === undefined) return undefined;
  try {
    const url = new URL(location, origin);
    return url.port === '' ? `${url.hostname}:${url.protocol === 'https:' ? 443 : 80}` : url.host;
  } catch {
    return undefined;
  }
}
