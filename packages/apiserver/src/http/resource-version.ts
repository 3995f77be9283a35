import { unknownResource, type ResourceDefinition } from '@kubernetes-mesos/api-types';
import type { ServedResource } from '../endpoints/served-resource';
import { resourceList, type DiscoveredResource, type DiscoveredVersion } from '../discovery/resource-list';
import { plainRoute } from './dispatcher';
import type { Exchange } from './exchange';
import { ResourceHandlers } from './resource-handlers';
import { findRoute, type PlaceHandler, type ResourceRoutes, type SubresourceRoutes } from './resource-routes';
import { sendBody } from './responder';
import { partRoutes, scaleRoutes } from './subresource-handlers';
import type { ApiTools, ApiVersion, Route } from './surface';
import { statusFormatOf } from './wanted-format';

/** A resource that is no stored objects: bindings, access reviews, component statuses. */
export interface VirtualResource {
  readonly discovered: DiscoveredResource;
  readonly routes: ResourceRoutes;
}

/** Subresources by their resource's plural that need more than the object: `pods` -> `log` -> routes. */
export type SpecialSubresources = (resource: ServedResource, name: string) => SubresourceRoutes | undefined;

/** One group and version of resources that are declared by `ResourceDefinition`, and of virtual ones. */
export class ResourceVersion implements ApiVersion {
  readonly groupVersion: string;
  readonly #names: { readonly group: string; readonly version: string };
  readonly #tools: ApiTools;
  readonly #routes = new Map<string, ResourceRoutes>();
  readonly #discovered: DiscoveredResource[] = [];

  constructor(
    tools: ApiTools,
    names: { readonly group: string; readonly version: string },
    resources: readonly ServedResource[],
    virtual: readonly VirtualResource[],
    special: SpecialSubresources,
  ) {
    this.#tools = tools;
    this.#names = names;
    this.groupVersion = names.group === '' ? names.version : `${names.group}/${names.version}`;
    for (const resource of resources) this.#addServed(resource, special);
    for (const each of virtual) {
      this.#routes.set(each.routes.plural, each.routes);
      this.#discovered.push(each.discovered);
    }
  }

  /** What is served here, for documents. */
  get discovered(): DiscoveredVersion {
    return { ...this.#names, resources: this.#discovered };
  }

  route(exchange: Exchange, segments: readonly string[]): Route {
    if (segments.length === 0) return this.#discoveryRoute(exchange);
    const found = findRoute(this.#routes, this.#names, exchange, segments);
    return {
      info: found.info,
      errorFormat: statusFormatOf(this.#tools, exchange),
      serve: () => found.handler(exchange, found.place),
    };
  }

  #discoveryRoute(exchange: Exchange): Route {
    const errorFormat = statusFormatOf(this.#tools, exchange);
    // Lists of resources are not carried in protobuf here: who wants that reads JSON as well.
    const format = errorFormat.id === 'protobuf' ? this.#tools.formats.json : errorFormat;
    return plainRoute(exchange, errorFormat, async () => {
      if (exchange.method !== 'GET') throw unknownResource();
      const body = format.plain(resourceList(this.groupVersion, this.#discovered));
      sendBody(exchange, 200, format.contentType, body);
    });
  }

  #addServed(resource: ServedResource, special: SpecialSubresources): void {
    const { definition } = resource;
    const handlers = new ResourceHandlers(this.#tools, resource);
    const subresources = new Map<string, SubresourceRoutes>();
    for (const { name } of definition.subresources) {
      const routes =
        special(resource, name) ??
        (name === 'scale' ? scaleRoutes(this.#tools, resource) : partRoutes(handlers, resource, name));
      if (routes !== undefined) subresources.set(name, routes);
    }
    this.#routes.set(definition.names.plural, servedRoutes(resource, handlers, subresources));
    this.#discovered.push(...discoveredOf(definition, subresources));
  }
}

function servedRoutes(
  resource: ServedResource,
  handlers: ResourceHandlers,
  subresources: ReadonlyMap<string, SubresourceRoutes>,
): ResourceRoutes {
  const { definition } = resource;
  const serves = (verb: ResourceDefinition['verbs'][number], method: string, handler: PlaceHandler) =>
    definition.verbs.includes(verb) ? { [method]: handler } : {};
  const listing = serves('list', 'GET', handlers.listOrWatch);
  const isNamespaced = definition.scope === 'Namespaced';
  return {
    plural: definition.names.plural,
    isNamespaced,
    collection: {
      ...listing,
      ...serves('create', 'POST', handlers.create),
      ...serves('deletecollection', 'DELETE', handlers.deleteCollection),
    },
    acrossNamespaces: isNamespaced ? listing : {},
    item: {
      ...serves('get', 'GET', handlers.get),
      ...serves('update', 'PUT', handlers.update),
      ...serves('patch', 'PATCH', handlers.patch),
      ...serves('delete', 'DELETE', handlers.delete),
    },
    subresources,
    ...(definition.verbs.includes('watch') ? { watch: handlers.watch } : {}),
    served: resource,
  };
}

function discoveredOf(
  definition: ResourceDefinition,
  served: ReadonlyMap<string, SubresourceRoutes>,
): DiscoveredResource[] {
  const { names, scope, verbs } = definition;
  const namespaced = scope === 'Namespaced';
  const parts = definition.subresources
    .filter((subresource) => served.has(subresource.name))
    .map(({ name, kind, groupVersion, verbs: partVerbs }) => ({
      name: `${names.plural}/${name}`,
      namespaced,
      kind,
      verbs: partVerbs,
      ...(groupVersion === undefined ? {} : groupVersion),
    }));
  return [
    {
      name: names.plural,
      namespaced,
      kind: names.kind,
      verbs,
      shortNames: names.shortNames,
      categories: names.categories,
    },
    ...parts,
  ];
}
