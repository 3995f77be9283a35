import {
  badRequest,
  notFoundError,
  serviceUnavailable,
  type Endpoints,
  type Service,
} from '@kubernetes-mesos/api-types';
import { keyOf, type ServedResource } from '../endpoints/served-resource';
import type { Exchange } from '../http/exchange';
import type { Place, PlaceHandler, SubresourceRoutes } from '../http/resource-routes';
import { forward } from './forward';
import { kubeletOfNode, type HostPort, type KubeletOptions } from './node-address';
import { podAddress, portNumber } from './pod-address';

/** `[https:]name[:port]`, as the name in a proxy URL. */
interface ProxyName {
  readonly scheme: 'http' | 'https';
  readonly name: string;
  /** A number or the name of a port; `''`: the default one. */
  readonly port: string;
}

type Resolve = (place: Place, name: ProxyName) => Promise<HostPort>;

/** `pods/NAME/proxy/PATH`: the pod itself, at its IP. */
export function podProxy(pods: ServedResource, kubelet: KubeletOptions): SubresourceRoutes {
  return proxyRoutes(kubelet, async (place, { name, port }) => {
    const stored = await pods.store.get(keyOf(pods, place.namespace, name));
    if (stored === undefined) throw notFoundError(pods.resourceName, name);
    return podAddress(stored.object, port);
  });
}

/** `services/NAME/proxy/PATH`: one of the service's endpoints. */
export function serviceProxy(
  services: ServedResource,
  endpoints: ServedResource,
  kubelet: KubeletOptions,
): SubresourceRoutes {
  return proxyRoutes(kubelet, async (place, { name, port }) => {
    const key = keyOf(services, place.namespace, name);
    const stored = await services.store.get(key);
    if (stored === undefined) throw notFoundError(services.resourceName, name);
    const found = await endpoints.store.get(key);
    const portName = servicePortName(stored.object, port);
    const choices = endpointChoices(found?.object, portName);
    const choice = choices[Math.floor(Math.random() * choices.length)];
    if (choice === undefined) {
      throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
    }
    return choice;
  });
}

/** `nodes/NAME/proxy/PATH`: the node's kubelet. */
export function nodeProxy(nodes: ServedResource, kubelet: KubeletOptions): SubresourceRoutes {
  return proxyRoutes(kubelet, async (_place, { name, port }) => {
    const target = await kubeletOfNode(nodes, name, kubelet);
    return { ...target, ...(port === '' ? {} : { port: portNumber(port) }) };
  });
}

function proxyRoutes(kubelet: KubeletOptions, resolve: Resolve): SubresourceRoutes {
  const proxy: PlaceHandler = async (exchange, place) => {
    if (place.rest === '' && redirected(exchange)) return;
    const name = parseProxyName(place.name);
    const target = await resolve(place, name);
    const query = exchange.search === '' ? '' : `?${exchange.search}`;
    await forward(exchange, {
      ...target,
      scheme: name.scheme,
      path: `${place.rest === '' ? '/' : place.rest}${query}`,
      prefix: prefixOf(exchange.path, place.rest),
      connectTimeoutMs: kubelet.connectTimeoutMs,
      // In every version of the API.
      unreachable: (reason) => serviceUnavailable(`error trying to reach service: ${reason}`),
    });
  };
  const methods = Object.fromEntries(
    ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [method, proxy]),
  );
  return { takesPath: true, methods };
}

/** What is in front of the path that is passed on. */
function prefixOf(path: string, rest: string): string {
  const prefix = rest !== '' && path.endsWith(rest) ? path.slice(0, -rest.length) : path;
  return prefix.replace(/\/$/, '');
}

/** Without its slash at the end, relative links of the other end would go wrong: the client is sent there. */
function redirected(exchange: Exchange): boolean {
  if (exchange.path.endsWith('/') || (exchange.method !== 'GET' && exchange.method !== 'HEAD')) return false;
  const query = exchange.search === '' ? '' : `?${exchange.search}`;
  exchange.response.writeHead(301, { Location: `${exchange.path}/${query}`, 'Content-Length': 0 }).end();
  return true;
}

/** @throws StatusError 400 */
export function parseProxyName(text: string): ProxyName {
  const parts = text.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length === 1) return { scheme: 'http', name: first, port: '' };
  if (parts.length === 2) return { scheme: 'http', name: first, port: second };
  if (parts.length === 3 && (first === 'http' || first === 'https' || first === '')) {
    return { scheme: first === 'https' ? 'https' : 'http', name: second, port: third };
  }
  throw badRequest(`invalid name for a proxy: ${JSON.stringify(text)}`);
}

/** The name of the service's port that is meant; endpoints are found by name. */
function servicePortName({ spec }: Service, wanted: string): string | undefined {
  const ports = spec?.ports ?? [];
  if (wanted === '') return ports.length === 1 ? (ports[0]?.name ?? '') : undefined;
  const found = ports.find((port) => port.name === wanted || String(port.port) === wanted);
  if (found === undefined) throw serviceUnavailable(`no service port ${JSON.stringify(wanted)} found`);
  return found.name ?? '';
}

function endpointChoices(
  endpoints: Endpoints | undefined,
  portName: string | undefined,
): { readonly host: string; readonly port: number }[] {
  return (endpoints?.subsets ?? []).flatMap(({ addresses = [], ports = [] }) => {
    const port = portName === undefined ? ports[0] : ports.find((each) => (each.name ?? '') === portName);
    return port === undefined ? [] : addresses.map(({ ip }) => ({ host: ip, port: port.port }));
  });
}
