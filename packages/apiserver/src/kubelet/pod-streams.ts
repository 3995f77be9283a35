import { badRequest } from '@kubernetes-mesos/api-types';
import { keyOf, type ServedResource } from '../endpoints/served-resource';
import type { Exchange } from '../http/exchange';
import { sendBody } from '../http/responder';
import type { Place, SubresourceRoutes } from '../http/resource-routes';
import type { ApiTools } from '../http/surface';
import { forward } from './forward';
import { chosenContainer, kubeletOfPod, type KubeletOptions } from './node-address';

export interface PodStreamParts {
  readonly tools: ApiTools;
  readonly pods: ServedResource;
  readonly nodes: ServedResource;
  readonly kubelet: KubeletOptions;
}

/** Query parameters of a log request, as the kubelet reads them. */
const LOG_PARAMETERS = [
  'follow',
  'tailLines',
  'sinceSeconds',
  'sinceTime',
  'timestamps',
  'previous',
  'limitBytes',
] as const;
const EMPTY = Buffer.alloc(0);

/** `pods/NAME/log`: what a container has written, from the kubelet that runs it. */
export function logRoutes(parts: PodStreamParts): SubresourceRoutes {
  const get = async (exchange: Exchange, place: Place): Promise<void> => {
    const { pods, nodes, kubelet } = parts;
    const key = keyOf(pods, place.namespace, place.name);
    checkLogParameters(exchange.query);
    const stored = await pods.store.get(key);
    const hasNode = ((stored?.object as { spec?: { nodeName?: string } } | undefined)?.spec?.nodeName ?? '') !== '';
    if (stored !== undefined && !hasNode) {
      // Nothing has been written yet.
      chosenContainer(stored.object, exchange.query.get('container') ?? '');
      sendBody(exchange, 200, 'text/plain', EMPTY);
      return;
    }
    const { pod, kubelet: target } = await kubeletOfPod(pods, nodes, key, kubelet);
    const container = chosenContainer(pod, exchange.query.get('container') ?? '');
    const query = new URLSearchParams();
    for (const name of LOG_PARAMETERS) {
      const value = exchange.query.get(name);
      if (value !== null && value !== '') query.set(name, value);
    }
    const text = query.toString();
    const path = `/containerLogs/${segments(place.namespace, place.name, container)}${text === '' ? '' : `?${text}`}`;
    await forward(exchange, { ...target, scheme: 'http', path, ...describe(pod, kubelet) });
  };
  return { takesPath: false, methods: { GET: get } };
}

/** `exec`, `attach`, `portforward`: a connection to the kubelet, whatever protocol the client upgrades to. */
export function streamRoutes(parts: PodStreamParts, name: 'exec' | 'attach' | 'portforward'): SubresourceRoutes {
  const connect = async (exchange: Exchange, place: Place): Promise<void> => {
    const { pods, nodes, kubelet, tools } = parts;
    const request = {
      operation: 'CONNECT',
      resource: pods,
      subresource: name,
      namespace: place.namespace,
      name: place.name,
      dryRun: false,
    } as const;
    await tools.services.admission.mutate(request, exchange);
    await tools.services.admission.validate(request, exchange);
    const { pod, kubelet: target } = await kubeletOfPod(pods, nodes, keyOf(pods, place.namespace, place.name), kubelet);
    if (name === 'exec' && exchange.query.getAll('command').length === 0) {
      throw badRequest('you must specify at least 1 command for the container');
    }
    const container = name === 'portforward' ? undefined : chosenContainer(pod, exchange.query.get('container') ?? '');
    const where = name === 'portforward' ? 'portForward' : name;
    const path = `/${where}/${segments(place.namespace, place.name, ...(container === undefined ? [] : [container]))}`;
    const query = new URLSearchParams(exchange.query);
    query.delete('container');
    const text = query.toString();
    await forward(exchange, {
      ...target,
      scheme: 'http',
      path: text === '' ? path : `${path}?${kubeletQuery(text)}`,
      ...describe(pod, kubelet),
    });
  };
  return { takesPath: false, methods: { GET: connect, POST: connect } };
}

/** The kubelet calls the streams `input`, `output` and `error`; both names are passed on. */
function kubeletQuery(query: string): string {
  const given = new URLSearchParams(query);
  for (const [client, own] of [
    ['stdin', 'input'],
    ['stdout', 'output'],
    ['stderr', 'error'],
  ] as const) {
    const value = given.get(client);
    if (value !== null && !given.has(own)) given.set(own, value === 'true' ? '1' : value);
  }
  return given.toString();
}

function describe(pod: { spec?: { nodeName?: string } }, kubelet: KubeletOptions) {
  return { what: `the kubelet of node ${pod.spec?.nodeName ?? ''}`, connectTimeoutMs: kubelet.connectTimeoutMs };
}

function segments(...names: readonly string[]): string {
  return names.map(encodeURIComponent).join('/');
}

/** @throws StatusError 400 */
function checkLogParameters(query: URLSearchParams): void {
  for (const name of ['tailLines', 'sinceSeconds', 'limitBytes']) {
    const value = query.get(name);
    if (value !== null && value !== '' && !/^\d{1,15}$/.test(value)) {
      throw badRequest(`${name}: ${JSON.stringify(value)} is no whole number of at least 0`);
    }
  }
}
