import { methodNotAllowed, unknownResource } from '@kubernetes-mesos/api-types';
import { flagParameter } from '../endpoints/list-options';
import type { ServedResource } from '../endpoints/served-resource';
import type { Exchange } from './exchange';
import type { RequestInfo } from './request-info';

/** Serves one method on one place; `place` says which object. */
export type PlaceHandler = (exchange: Exchange, place: Place) => Promise<void>;

/** Where below a version a request points. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
  /** Undecoded rest of the path behind a subresource that takes one (`proxy`), with its slash; else `''`. */
  readonly rest: string;
}

/** A subresource: its methods. */
export interface SubresourceRoutes {
  readonly methods: Readonly<Partial<Record<string, PlaceHandler>>>;
  /** Whether a path may follow. */
  readonly takesPath: boolean;
}

/** A resource as the router sees it: methods on the collection, on an item, and on its parts. */
export interface ResourceRoutes {
  readonly plural: string;
  readonly isNamespaced: boolean;
  /** Whether it may stand inside any namespace although it has none: component statuses did so in release 1.0. */
  readonly ignoresNamespace?: boolean;
  /** Methods on `/namespaces/NS/things`, or on `/things` where there are no namespaces. */
  readonly collection: Readonly<Partial<Record<string, PlaceHandler>>>;
  /** Methods on `/things` across namespaces. */
  readonly acrossNamespaces: Readonly<Partial<Record<string, PlaceHandler>>>;
  readonly item: Readonly<Partial<Record<string, PlaceHandler>>>;
  readonly subresources: ReadonlyMap<string, SubresourceRoutes>;
  /** Serves `/watch/...`; absent where nothing can be watched. */
  readonly watch?: PlaceHandler;
  readonly served?: ServedResource;
}

export interface FoundRoute {
  readonly info: RequestInfo;
  readonly handler: PlaceHandler;
  readonly place: Place;
  readonly routes: ResourceRoutes;
}

/** Subresources of a namespace; any other third segment is a resource inside it. */
const NAMESPACE_PARTS = new Set(['status', 'finalize']);

/**
 * Finds what a path below a version points to.
 * @throws StatusError 404 for what is nothing, 405 for what has no such method
 */
export function findRoute(
  table: ReadonlyMap<string, ResourceRoutes>,
  groupVersion: { readonly group: string; readonly version: string },
  exchange: Exchange,
  segments: readonly string[],
): FoundRoute {
  const prefix = segments[0] === 'watch' || segments[0] === 'proxy' ? segments[0] : undefined;
  const path = prefix === undefined ? segments : segments.slice(1);
  const target = splitTarget(path);
  const routes = table.get(target.resource);
  if (routes === undefined) throw unknownResource();
  if (target.namespace !== '' && !routes.isNamespaced && routes.ignoresNamespace !== true) throw unknownResource();
  if (routes.isNamespaced && target.namespace === '' && target.name !== '') throw unknownResource();
  if (prefix === 'watch') return watchRoute(routes, groupVersion, exchange, target);
  // `/proxy/namespaces/NS/services/NAME/REST` is `/namespaces/NS/services/NAME/proxy/REST` of old.
  const sub = prefix === 'proxy' ? 'proxy' : target.subresource;
  if (sub === '') return plainRoute(routes, groupVersion, exchange, target);
  const subresource = target.name === '' ? undefined : routes.subresources.get(sub);
  const depth = prefix === 'proxy' ? target.itemDepth : target.itemDepth + 1;
  if (subresource === undefined || (path.length > depth && !subresource.takesPath)) throw unknownResource();
  const handler = subresource.methods[exchange.method];
  if (handler === undefined) throw methodNotAllowed();
  const before = (groupVersion.group === '' ? 2 : 3) + (prefix === undefined ? 0 : 1);
  return {
    info: {
      ...infoOf(routes, groupVersion, exchange, target),
      subresource: prefix === 'proxy' ? '' : sub,
      verb: prefix === 'proxy' ? 'proxy' : subresourceVerb(sub, exchange.method),
    },
    handler,
    place: {
      namespace: target.namespace,
      name: target.name,
      rest: subresource.takesPath ? rawRest(exchange.path, before + depth) : '',
    },
    routes,
  };
}

interface Target {
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
  /** Segments up to and with the name. */
  readonly itemDepth: number;
}

function splitTarget(path: readonly string[]): Target {
  const isInside = path[0] === 'namespaces' && path.length >= 3 && !NAMESPACE_PARTS.has(path[2] ?? '');
  const at = isInside ? 2 : 0;
  return {
    namespace: isInside ? (path[1] ?? '') : '',
    resource: path[at] ?? '',
    name: path[at + 1] ?? '',
    subresource: path[at + 2] ?? '',
    itemDepth: at + 2,
  };
}

function plainRoute(
  routes: ResourceRoutes,
  groupVersion: { readonly group: string; readonly version: string },
  exchange: Exchange,
  target: Target,
): FoundRoute {
  const methods =
    target.name !== ''
      ? routes.item
      : routes.isNamespaced && target.namespace === ''
        ? routes.acrossNamespaces
        : routes.collection;
  if (Object.keys(methods).length === 0) throw unknownResource();
  const handler = methods[exchange.method];
  if (handler === undefined) throw methodNotAllowed();
  const { namespace, name } = target;
  return {
    info: infoOf(routes, groupVersion, exchange, target),
    handler,
    place: { namespace, name, rest: '' },
    routes,
  };
}

function watchRoute(
  routes: ResourceRoutes,
  groupVersion: { readonly group: string; readonly version: string },
  exchange: Exchange,
  target: Target,
): FoundRoute {
  if (routes.watch === undefined || target.subresource !== '') throw unknownResource();
  if (exchange.method !== 'GET') throw methodNotAllowed();
  const { namespace, name } = target;
  return {
    info: { ...infoOf(routes, groupVersion, exchange, target), verb: 'watch' },
    handler: routes.watch,
    place: { namespace, name, rest: '' },
    routes,
  };
}

function infoOf(
  routes: ResourceRoutes,
  { group, version }: { readonly group: string; readonly version: string },
  exchange: Exchange,
  target: Target,
): RequestInfo {
  return {
    isResource: true,
    verb: verbOf(exchange, target.name !== ''),
    group,
    version,
    namespace: routes.plural === 'namespaces' ? target.name : target.namespace,
    resource: routes.plural,
    subresource: '',
    name: target.name,
    path: exchange.path,
  };
}

function verbOf(exchange: Exchange, isItem: boolean): string {
  switch (exchange.method) {
    case 'GET':
      return isItem ? 'get' : isWatch(exchange) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return isItem ? 'delete' : 'deletecollection';
    default:
      return exchange.method.toLowerCase();
  }
}

function subresourceVerb(subresource: string, method: string): string {
  switch (method) {
    case 'GET':
      return 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return 'delete';
    default:
      return subresource;
  }
}

/** `?watch=` on a collection. */
export function isWatch(exchange: Exchange): boolean {
  return flagParameter(exchange.query, 'watch');
}

/** What follows the first `count` segments of a path, with its slash. */
function rawRest(path: string, count: number): string {
  let at = 0;
  for (let seen = 0; seen < count; seen++) {
    at = path.indexOf('/', at + 1);
    if (at < 0) return '';
  }
  return path.slice(at);
}
