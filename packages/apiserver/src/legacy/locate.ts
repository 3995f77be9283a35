import type { LegacyApiVersion, LegacyResource } from '@kubernetes-mesos/api-types';

/** What a URL below an older version points to. */
export interface LegacyTarget {
  readonly resource: LegacyResource;
  readonly action: 'serve' | 'watch' | 'redirect' | 'proxy';
  /** `''`: all namespaces, or none. */
  readonly namespace: string;
  /** Whether the URL says which namespace is meant: a list without one is over all of them. */
  readonly isInNamespace: boolean;
  /** `''` for the collection. */
  readonly name: string;
  readonly subresource: string;
  /** Segments of the path up to and with the name. */
  readonly depth: number;
}

const PREFIXES = new Set(['watch', 'redirect', 'proxy']);

/** Parts of a namespace; any other segment after its name is a resource inside it. */
const NAMESPACE_PARTS = new Set(['status', 'finalize']);

/** What `POST`, and every path with a name, takes when the URL names no namespace. */
const DEFAULT_NAMESPACE = 'default';

/**
 * Reads a path below a version; `undefined` when it is none. Names of resources are exact. A redirect or a proxy always
 * has a name.
 */
export function locate(
  version: LegacyApiVersion,
  segments: readonly string[],
  method: string,
  query: URLSearchParams,
): LegacyTarget | undefined {
  const [first = ''] = segments;
  const action = PREFIXES.has(first) ? (first as 'watch' | 'redirect' | 'proxy') : 'serve';
  const path = action === 'serve' ? segments : segments.slice(1);
  const before = action === 'serve' ? 0 : 1;
  const found = version.layout === 'flat' ? locateFlat(version, path, method, query) : locateInPath(version, path);
  if (found === undefined) return undefined;
  const { at, ...place } = found;
  const name = path[at + 1] ?? '';
  const subresource = path[at + 2] ?? '';
  const isTooLong = action === 'proxy' ? false : path.length > at + (action === 'serve' ? 3 : 2);
  const needsName = action === 'redirect' || action === 'proxy';
  if (isTooLong || (needsName && name === '')) return undefined;
  return { ...place, action, name, subresource: action === 'serve' ? subresource : '', depth: before + at + 2 };
}

interface FoundResource {
  readonly resource: LegacyResource;
  readonly namespace: string;
  readonly isInNamespace: boolean;
  /** Index of the resource's segment. */
  readonly at: number;
}

function locateFlat(
  version: LegacyApiVersion,
  path: readonly string[],
  method: string,
  query: URLSearchParams,
): FoundResource | undefined {
  const resource = version.resource(path[0] ?? '');
  if (resource === undefined) return undefined;
  if (!resource.namespaced) return { resource, namespace: '', isInNamespace: true, at: 0 };
  const given = query.get('namespace');
  const isForOne = path.length > 1 || method === 'POST';
  return { resource, namespace: given ?? (isForOne ? DEFAULT_NAMESPACE : ''), isInNamespace: true, at: 0 };
}

function locateInPath(version: LegacyApiVersion, path: readonly string[]): FoundResource | undefined {
  const isInside = path[0] === 'namespaces' && path.length >= 3 && !NAMESPACE_PARTS.has(path[2] ?? '');
  const at = isInside ? 2 : 0;
  const resource = version.resource(path[at] ?? '');
  if (resource === undefined || (isInside && !resource.namespaced)) return undefined;
  const isAcross = resource.namespaced && !isInside;
  if (isAcross && path.length > 1) return undefined;
  return { resource, namespace: isInside ? (path[1] ?? '') : '', isInNamespace: !isAcross, at };
}
