import { posix } from 'node:path';
import { badRequest, type LegacyApiVersion } from '@kubernetes-mesos/api-types';
import type { ServedResources } from '../api-core';
import type { Exchange } from '../http/exchange';
import { redirect } from '../http/redirect';
import { nonResourceInfo, type RequestInfo } from '../http/request-info';
import type { PlaceHandler } from '../http/resource-routes';
import type { ApiTools, ApiVersion, Route } from '../http/surface';
import { legacyBind } from './legacy-binding';
import { legacyCreate } from './legacy-create';
import { legacyDelete } from './legacy-delete';
import { legacyFailure } from './legacy-errors';
import { LegacyFormat } from './legacy-format';
import { legacyPatch } from './legacy-patch';
import { legacyGet, legacyListOrWatch, legacyWatch } from './legacy-reads';
import type { LegacyRequest, LegacyRules } from './legacy-request';
import { legacyServed } from './legacy-resource';
import { limitTime } from './time-limit';
import { legacyUpdate } from './legacy-update';
import { locate, type LegacyTarget } from './locate';
import { REACHABLE, locationOf, serveRedirect } from './redirect';
import { legacyRefusal } from './refusals';
import { answerText, NO_SUCH_METHOD, NOT_ACCEPTABLE, PAGE_NOT_FOUND } from './text-answers';

/** Carries a request on to a pod, service or node (its URL name today); the rest of the path follows the name. */
export type ProxyOf = (plural: string) => PlaceHandler | undefined;

export interface LegacyVersionOptions {
  readonly version: LegacyApiVersion;
  readonly tools: ApiTools;
  readonly resources: ServedResources;
  readonly rules: LegacyRules;
  /** Where a redirect to a node leads. */
  readonly kubeletPort: number;
  /** `--master_service_namespace` */
  readonly ownNamespace: string;
  /** Absent: nothing can be reached through the server. */
  readonly proxyOf?: ProxyOf;
}

/** Writable parts of resources, and how they are written. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['pods/status', 'PUT'],
  ['pods/binding', 'POST'],
  ['namespaces/status', 'PUT'],
  ['namespaces/finalize', 'PUT'],
  ['resourcequotas/status', 'PUT'],
]);

/** One of v1beta1, v1beta2, v1beta3 over HTTP, on the resources and verbs of today. */
export class LegacyVersionRoutes implements ApiVersion {
  readonly groupVersion: string;
  readonly #options: LegacyVersionOptions;
  readonly #formats = new Map<string, LegacyFormat>();

  constructor(options: LegacyVersionOptions) {
    this.#options = options;
    this.groupVersion = options.version.name;
  }

  route(exchange: Exchange, segments: readonly string[]): Route {
    const { version } = this.#options;
    if (segments.includes('.') || segments.includes('..')) return this.malformedRoute(exchange);
    const target = locate(version, segments, exchange.method, exchange.query);
    const handler = target === undefined ? notFound : this.#handlerOf(exchange, target);
    if (target === undefined || handler === notFound || handler === notAllowed) {
      return this.#textRoute(exchange, handler === notAllowed ? 405 : 404);
    }
    const format = this.#formatOf(target);
    return {
      info: infoOf(version, exchange, target),
      errorFormat: format,
      serve: async () => {
        if (!acceptsJson(exchange.request.headers.accept)) return answerText(exchange, 406, NOT_ACCEPTABLE);
        return this.#serve(exchange, target, format, handler);
      },
    };
  }

  /** `//`, `.` and `..` in a path lead to the path without; what else is wrong with a path makes it none. */
  malformedRoute(exchange: Exchange): Route {
    const cleaned = posix.normalize(exchange.path);
    if (cleaned === exchange.path) return this.#textRoute(exchange, 404);
    const location = exchange.search === '' ? cleaned : `${cleaned}?${exchange.search}`;
    return this.#otherRoute(exchange, async () => {
      exchange.request.resume();
      redirect(exchange.response, exchange.method, 301, location);
    });
  }

  async #serve(exchange: Exchange, target: LegacyTarget, format: LegacyFormat, handler: Handler): Promise<void> {
    const { version, tools, resources, rules } = this.#options;
    const { resource } = target;
    if (target.name !== '' && resource.namespaced && target.namespace === '') {
      throw badRequest('Namespace parameter required.');
    }
    // Bindings are kept in pods.
    const stored = resources.get(resource.kind === 'Binding' ? 'pods' : resource.plural);
    if (stored === undefined) return answerText(exchange, 404, PAGE_NOT_FOUND);
    const served = legacyServed(stored, resource);
    const timer = limitTime(exchange, tools.clock, format);
    try {
      await handler({ tools, exchange, version, target, served, resources, format, rules });
    } catch (error) {
      throw legacyFailure(legacyRefusal(error, resource, target.name), resource, resource.invalidKind);
    } finally {
      timer?.cancel();
    }
  }

  #handlerOf(exchange: Exchange, target: LegacyTarget): Handler {
    switch (target.action) {
      case 'watch':
        return isWatchable(target) ? onlyGet(exchange, legacyWatch) : notFound;
      case 'redirect':
        return this.#redirectOf(exchange, target);
      case 'proxy':
        return this.#proxyOf(target);
      case 'serve':
        return this.#serveHandlerOf(exchange, target);
    }
  }

  #serveHandlerOf({ method }: Exchange, target: LegacyTarget): Handler {
    const { resource, name, subresource } = target;
    const bind: Handler = (request) => legacyBind(request, request.served);
    if (subresource !== '') {
      const partMethod = PARTS.get(`${resource.plural}/${subresource}`);
      if (partMethod === undefined) return notFound;
      if (method !== partMethod) return notAllowed;
      return subresource === 'binding' ? bind : legacyUpdate;
    }
    if (resource.kind === 'Binding') return name !== '' ? notFound : method === 'POST' ? bind : notAllowed;
    const handlers = name === '' ? (target.isInNamespace ? COLLECTION : ACROSS_NAMESPACES) : ITEM;
    return handlers[method] ?? notAllowed;
  }

  #redirectOf(exchange: Exchange, target: LegacyTarget): Handler {
    const { resources, kubeletPort } = this.#options;
    if (!REACHABLE.has(target.resource.plural)) return notFound;
    return onlyGet(exchange, () => serveRedirect(exchange, target, resources, kubeletPort));
  }

  #proxyOf(target: LegacyTarget): Handler {
    const proxy = this.#options.proxyOf?.(target.resource.plural);
    if (!REACHABLE.has(target.resource.plural) || proxy === undefined) return notFound;
    // Segments before the rest: `api`, the version, then what the target says.
    return async ({ exchange, resources }) => {
      const { namespace, name } = target;
      // What is not there is missed in the words of a redirect.
      await locationOf(target, resources, this.#options.kubeletPort);
      await proxy(exchange, { namespace, name, rest: rawRest(exchange.path, 2 + target.depth) });
    };
  }

  #textRoute(exchange: Exchange, code: 404 | 405): Route {
    const text = code === 404 ? PAGE_NOT_FOUND : NO_SUCH_METHOD;
    return this.#otherRoute(exchange, async () => answerText(exchange, code, text));
  }

  #otherRoute(exchange: Exchange, serve: () => Promise<void>): Route {
    const { formats } = this.#options.tools;
    return { info: nonResourceInfo(exchange.method, exchange.path), errorFormat: formats.json, serve };
  }

  #formatOf(target: LegacyTarget): LegacyFormat {
    const { resource, subresource, isInNamespace, namespace, name } = target;
    const acrossNamespaces = !isInNamespace;
    const isList = name === '';
    const key = [resource.urlName, subresource, acrossNamespaces, isList].join(' ');
    const known = this.#formats.get(key);
    // Lists name their namespace: of those there is no end.
    const isKept = !isList || namespace === '';
    if (isKept && known !== undefined) return known;
    const ttlSeconds = this.#options.resources.get(resource.plural)?.definition.ttlSeconds;
    const style = { resource, subresource, acrossNamespaces, namespace, ownNamespace: this.#options.ownNamespace };
    const format = new LegacyFormat(this.#options.version, style, ttlSeconds);
    if (isKept) this.#formats.set(key, format);
    return format;
  }
}

type Handler = (request: LegacyRequest) => Promise<void>;

const notFound: Handler = async ({ exchange }) => answerText(exchange, 404, PAGE_NOT_FOUND);
const notAllowed: Handler = async ({ exchange }) => answerText(exchange, 405, NO_SUCH_METHOD);

const COLLECTION: Readonly<Record<string, Handler>> = { GET: legacyListOrWatch, POST: legacyCreate };
const ACROSS_NAMESPACES: Readonly<Record<string, Handler>> = { GET: legacyListOrWatch };
const ITEM: Readonly<Record<string, Handler>> = {
  GET: legacyGet,
  PUT: legacyUpdate,
  PATCH: legacyPatch,
  DELETE: legacyDelete,
};

function onlyGet({ method }: Exchange, handler: Handler): Handler {
  return method === 'GET' ? handler : notAllowed;
}

function isWatchable({ resource }: LegacyTarget): boolean {
  return resource.kind !== 'Binding';
}

function infoOf(version: LegacyApiVersion, exchange: Exchange, target: LegacyTarget): RequestInfo {
  const { resource, namespace, name, subresource } = target;
  return {
    isResource: true,
    verb: verbOf(exchange, target),
    group: '',
    version: version.name,
    namespace: resource.plural === 'namespaces' ? name : namespace,
    resource: resource.plural,
    subresource,
    name,
    path: exchange.path,
  };
}

function verbOf({ method, query }: Exchange, { action, name }: LegacyTarget): string {
  if (action === 'watch' || action === 'proxy') return action;
  switch (method) {
    case 'GET':
      return name !== '' ? 'get' : query.has('watch') ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    default:
      return method.toLowerCase();
  }
}

function acceptsJson(accept: string | undefined): boolean {
  return accept === undefined || accept === '' || /\*\/\*|application\/(json|\*)/.test(accept);
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
