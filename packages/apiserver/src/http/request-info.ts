/** What a request means, as authorizers, limits and metrics need to know it. */
export interface RequestInfo {
  readonly isResource: boolean;
  /** `get`, `list`, `watch`, `create`, ... for resources; the HTTP method in lower case elsewhere. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  /** `''` outside namespaces. */
  readonly namespace: string;
  /** The plural, as in the URL. */
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly path: string;
}

/** A path outside the API. */
export function nonResourceInfo(method: string, path: string): RequestInfo {
  return {
    isResource: false,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    path,
  };
}

/** Subresources that hold a connection for as long as the client likes. */
const STREAMING = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

/** Not bound by request timeouts and the limit of requests in flight. */
export function isLongRunning(info: RequestInfo): boolean {
  return info.isResource && (info.verb === 'watch' || info.verb === 'proxy' || STREAMING.has(info.subresource));
}

/**
 * Segments of a path, decoded; a trailing slash does not count.
 * `undefined` for what is no path of the API: empty segments, bad escapes, a slash or a NUL inside a segment.
 */
export function pathSegments(path: string): string[] | undefined {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  const segments = path.slice(1, end).split('/');
  for (let at = 0; at < segments.length; at++) {
    const segment = segments[at] ?? '';
    if (segment === '') return undefined;
    if (!segment.includes('%')) continue;
    try {
      const decoded = decodeURIComponent(segment);
      if (decoded.includes('/') || decoded.includes('\0')) return undefined;
      segments[at] = decoded;
    } catch {
      return undefined;
    }
  }
  return segments;
}
