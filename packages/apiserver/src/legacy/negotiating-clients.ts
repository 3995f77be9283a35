import type { LegacyApiVersion, LegacyResource } from '@kubernetes-mesos/api-types';
import { resourceList, type DiscoveredResource } from '../discovery/resource-list';
import type { Exchange } from '../http/exchange';
import { plainRoute } from '../http/dispatcher';
import { sendBody } from '../http/responder';
import type { ApiTools, ApiVersion, Route } from '../http/surface';
import { statusFormatOf } from '../http/wanted-format';

/** What the old versions serve of each resource. */
const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** Parts of a namespace that stand where the flat versions have no namespaces. */
const NAMESPACE_PARTS = new Set(['status', 'finalize']);

/**
 * An old version as clients younger than itself ask for it. Every kubectl since 1.2 reads a version's resource list before
 * it uses the version, asks for JSON by name, and puts namespaces in the path; release 0.14 had no such list and its flat
 * versions no such paths. With these, `kubectl create -f` takes a manifest of 2015.
 *
 * - The version's root answers its resources to a client that accepts `application/json`; others get release 0.14's 404.
 * - `/api/v1beta1/namespaces/NS/pods` is served as v1beta3 serves it: bodies are decoded by the version they are written in,
 *   answers carry the metadata that such a client reads.
 */
export class NegotiatingClientRoutes implements ApiVersion {
  readonly groupVersion: string;
  readonly #tools: ApiTools;
  readonly #version: LegacyApiVersion;
  readonly #own: ApiVersion;
  readonly #withPaths: ApiVersion;
  readonly #discovered: readonly DiscoveredResource[];

  /** @param withPaths v1beta3's routes @param listed v1beta3's resources: their names are today's */
  constructor(
    tools: ApiTools,
    version: LegacyApiVersion,
    routes: { readonly own: ApiVersion; readonly withPaths: ApiVersion },
    listed: readonly LegacyResource[],
  ) {
    this.groupVersion = version.name;
    this.#tools = tools;
    this.#version = version;
    this.#own = routes.own;
    this.#withPaths = routes.withPaths;
    this.#discovered = listed.map((resource) => discoveredOf(resource, version));
  }

  route(exchange: Exchange, segments: readonly string[]): Route {
    if (segments.length === 0 && namesJson(exchange)) return this.#discoveryRoute(exchange);
    return this.#hasNamespacePath(segments)
      ? this.#withPaths.route(exchange, segments)
      : this.#own.route(exchange, segments);
  }

  malformedRoute(exchange: Exchange): Route {
    const route = this.#own.malformedRoute?.(exchange);
    return route ?? this.#own.route(exchange, []);
  }

  #hasNamespacePath(segments: readonly string[]): boolean {
    const [first, , third = ''] = segments;
    return (
      this.#version.layout === 'flat' && first === 'namespaces' && segments.length >= 3 && !NAMESPACE_PARTS.has(third)
    );
  }

  #discoveryRoute(exchange: Exchange): Route {
    const format = statusFormatOf(this.#tools, exchange);
    return plainRoute(exchange, format, async () => {
      sendBody(exchange, 200, format.contentType, format.plain(resourceList(this.groupVersion, this.#discovered)));
    });
  }
}

function namesJson({ method, request }: Exchange): boolean {
  return method === 'GET' && (request.headers.accept ?? '').includes('application/json');
}

function discoveredOf(resource: LegacyResource, version: LegacyApiVersion): DiscoveredResource {
  const { kind, namespaced } = resource;
  const line = { name: resource.plural, namespaced, kind: version.kind(kind)?.legacyKind ?? kind };
  return { ...line, verbs: kind === 'Binding' ? ['create'] : VERBS };
}
