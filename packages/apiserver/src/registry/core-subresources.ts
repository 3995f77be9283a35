import type { ServedResources } from '../api-core';
import type { ServiceAccountKey } from '../authentication/service-account-keys';
import type { ServedResource } from '../endpoints/served-resource';
import type { SpecialSubresources } from '../http/resource-version';
import { bindingHandler, evictionHandler } from '../http/subresource-handlers';
import type { SubresourceRoutes } from '../http/resource-routes';
import type { ApiTools } from '../http/surface';
import type { KubeletOptions } from '../kubelet/node-address';
import { logRoutes, streamRoutes } from '../kubelet/pod-streams';
import { nodeProxy, podProxy, serviceProxy } from '../kubelet/proxies';
import { tokenRoutes } from './token-requests';

/** Subresources of core kinds that do more than read and write a part of the object. */
export function coreSubresources(
  tools: ApiTools,
  resources: ServedResources,
  kubelet: KubeletOptions,
  tokenKey?: ServiceAccountKey,
): SpecialSubresources {
  const pods = served(resources, 'pods');
  const nodes = served(resources, 'nodes');
  const streams = { tools, pods, nodes, kubelet };
  const routes = new Map<string, SubresourceRoutes>([
    ['pods/binding', { takesPath: false, methods: { POST: bindingHandler(tools, pods) } }],
    ['pods/eviction', { takesPath: false, methods: { POST: evictionHandler(tools, pods) } }],
    ['pods/log', logRoutes(streams)],
    ['pods/exec', streamRoutes(streams, 'exec')],
    ['pods/attach', streamRoutes(streams, 'attach')],
    ['pods/portforward', streamRoutes(streams, 'portforward')],
    ['pods/proxy', podProxy(pods, kubelet)],
    ['services/proxy', serviceProxy(served(resources, 'services'), served(resources, 'endpoints'), kubelet)],
    ['nodes/proxy', nodeProxy(nodes, kubelet)],
  ]);
  if (tokenKey !== undefined) {
    const objects = { accounts: served(resources, 'serviceaccounts'), pods, secrets: served(resources, 'secrets') };
    routes.set('serviceaccounts/token', tokenRoutes(tools, objects, tokenKey));
  }
  return ({ definition }: ServedResource, name) =>
    definition.group === '' ? routes.get(`${definition.names.plural}/${name}`) : undefined;
}

function served(resources: ServedResources, id: string): ServedResource {
  const found = resources.get(id);
  if (found === undefined) throw new Error(`${id} are not served`);
  return found;
}
