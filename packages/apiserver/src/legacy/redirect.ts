import { badRequest, notFoundError, plainError, type Endpoints, type Pod } from '@kubernetes-mesos/api-types';
import type { ServedResources } from '../api-core';
import { keyOf } from '../endpoints/served-resource';
import type { Exchange } from '../http/exchange';
import type { LegacyTarget } from './locate';

/** Resources that a redirect, or a proxy, can lead to. */
export const REACHABLE = new Set(['pods', 'services', 'nodes']);

/**
 * Answers 307 with where the thing listens.
 * @throws StatusError
 */
export async function serveRedirect(
  exchange: Exchange,
  target: LegacyTarget,
  resources: ServedResources,
  kubeletPort: number,
): Promise<void> {
  const location = await locationOf(target, resources, kubeletPort);
  exchange.response.writeHead(307, { Location: `http://${location}`, 'Content-Length': 0 });
  exchange.response.end();
}

/**
 * `host:port` of the thing; without a port where it names none.
 * @throws StatusError
 */
export async function locationOf(
  { resource, namespace, name }: LegacyTarget,
  resources: ServedResources,
  kubeletPort: number,
): Promise<string> {
  switch (resource.plural) {
    case 'pods':
      return podLocation(namespace, name, resources);
    case 'services':
      return serviceLocation(namespace, name, resources);
    default:
      return nodeLocation(name, resources, kubeletPort);
  }
}

/** The pod's address, and the port after a colon or the first that a container has. */
async function podLocation(namespace: string, request: string, resources: ServedResources): Promise<string> {
  const [name = '', port, ...more] = request.split(':');
  if (more.length > 0) throw badRequest(`invalid pod request ${JSON.stringify(request)}`);
  const pod = await stored<Pod>(resources, 'pods', namespace, name, 'pods');
  const address = pod.status?.podIP ?? '';
  const first = pod.spec?.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
  const chosen = port ?? first;
  return chosen === undefined ? address : `${address}:${chosen}`;
}

/**
 * One of the endpoints, at random; a name after the colon chooses the port. The only port may have a name: services of then
 * had none for theirs.
 */
async function serviceLocation(namespace: string, request: string, resources: ServedResources): Promise<string> {
  const [name = '', portName = '', ...more] = request.split(':');
  if (more.length > 0) throw badRequest(`invalid service request ${JSON.stringify(request)}`);
  const endpoints = await stored<Endpoints>(resources, 'endpoints', namespace, name, 'endpoints');
  const places = (endpoints.subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
    ports
      .filter(({ name: own = '' }) => own === portName || (portName === '' && ports.length === 1))
      .flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
  );
  const place = places[Math.floor(Math.random() * places.length)];
  if (place === undefined) throw plainError(`no endpoints available for ${JSON.stringify(request)}`);
  return place;
}

async function nodeLocation(name: string, resources: ServedResources, kubeletPort: number): Promise<string> {
  await stored(resources, 'nodes', '', name, 'minion');
  return `${name}:${kubeletPort}`;
}

async function stored<T>(
  resources: ServedResources,
  plural: string,
  namespace: string,
  name: string,
  kind: string,
): Promise<T> {
  const served = resources.get(plural);
  const found = await served?.store.get(keyOf(served, namespace, name));
  if (found === undefined) throw notFoundError({ group: '', name: kind }, name);
  return found.object as T; // what is stored under a resource is of its kind
}
