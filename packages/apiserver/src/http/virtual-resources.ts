import { notFoundError, type KubeObject, type ResourceDefinition } from '@kubernetes-mesos/api-types';
import type { StoredObject } from '@kubernetes-mesos/storage';
import { describeResource } from '../endpoints/served-resource';
import type { Exchange } from './exchange';
import type { ResourceRoutes, PlaceHandler } from './resource-routes';
import type { VirtualResource } from './resource-version';
import { sendBody, sendParts } from './responder';
import type { ApiTools } from './surface';
import { formatOf } from './wanted-format';

/** A resource that can only be created: what is sent is answered, nothing is kept. */
export function createOnlyResource(definition: ResourceDefinition, create: PlaceHandler): VirtualResource {
  return {
    discovered: discovered(definition),
    routes: { ...noRoutes(definition), collection: { POST: create } },
  };
}

/** A resource without namespaces that is computed when it is asked for. */
export function computedResource(
  tools: ApiTools,
  definition: ResourceDefinition,
  compute: () => Promise<readonly KubeObject[]>,
  encode: (object: KubeObject) => Buffer,
): VirtualResource {
  const resource = describeResource(definition);
  const all = async (): Promise<StoredObject[]> =>
    (await compute()).map((object) => ({
      key: { namespace: '', name: object.metadata.name ?? '' },
      revision: 0,
      object,
      bytes: encode(object),
    }));
  const list = async (exchange: Exchange): Promise<void> => {
    const format = formatOf(tools, exchange);
    await sendParts(exchange, 200, format.contentType, format.list(resource, { revision: 0, items: await all() }));
  };
  const get: PlaceHandler = async (exchange, { name }) => {
    const format = formatOf(tools, exchange);
    const found = (await all()).find((item) => item.key.name === name);
    if (found === undefined) throw notFoundError(resource.resourceName, name);
    sendBody(exchange, 200, format.contentType, format.object(resource, found));
  };
  return {
    discovered: discovered(definition),
    routes: { ...noRoutes(definition), ignoresNamespace: true, collection: { GET: list }, item: { GET: get } },
  };
}

function noRoutes(definition: ResourceDefinition): ResourceRoutes {
  return {
    plural: definition.names.plural,
    isNamespaced: definition.scope === 'Namespaced',
    collection: {},
    acrossNamespaces: {},
    item: {},
    subresources: new Map(),
  };
}

function discovered(definition: ResourceDefinition): VirtualResource['discovered'] {
  const { names, scope, verbs } = definition;
  return {
    name: names.plural,
    namespaced: scope === 'Namespaced',
    kind: names.kind,
    verbs,
    shortNames: names.shortNames,
    categories: names.categories,
  };
}
