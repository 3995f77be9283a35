import type { IncomingMessage } from 'node:http';
import { badRequest, internalError, invalidObject, plainError, StatusError } from '@kubernetes-mesos/api-types';
import { keyOf, type ServedResource } from '../endpoints/served-resource';
import type { Exchange } from '../http/exchange';
import { sendBody } from '../http/responder';
import type { Place, SubresourceRoutes } from '../http/resource-routes';
import type { ApiTools } from '../http/surface';
import { forward } from './forward';
import { kubeletLogQuery, logOptionErrors } from './log-options';
import { chosenContainer, kubeletOfPod, type KubeletOptions } from './node-address';

export interface PodStreamParts {
  readonly tools: ApiTools;
  readonly pods: ServedResource;
  readonly nodes: ServedResource;
  readonly kubelet: KubeletOptions;
}

const EMPTY = Buffer.alloc(0);
/** How much is passed on of what a kubelet says. */
const MAX_ERROR_CHARS = 2_000;

/** `pods/NAME/log`: what a container has written, from the kubelet that runs it. */
export function logRoutes(parts: PodStreamParts): SubresourceRoutes {
  const get = async (exchange: Exchange, place: Place): Promise<void> => {
    const { pods, nodes, kubelet } = parts;
    const key = keyOf(pods, place.namespace, place.name);
    const errors = logOptionErrors(exchange.query);
    if (errors.length > 0) throw invalidObject({ group: '', name: 'PodLogOptions' }, place.name, errors);
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
    const text = kubeletLogQuery(exchange.query);
    const path = `/containerLogs/${segments(place.namespace, place.name, container)}${text === '' ? '' : `?${text}`}`;
    const url = `http://${target.host}:${target.port}${path}`;
    await forward(exchange, {
      ...target,
      scheme: 'http',
      path,
      connectTimeoutMs: kubelet.connectTimeoutMs,
      unreachable: (reason) => plainError(`Get ${JSON.stringify(url)}: ${reason}`),
      check: (answer) => checkLogAnswer(answer, pods, place.name),
    });
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
      connectTimeoutMs: kubelet.connectTimeoutMs,
      unreachable: (reason) => plainError(`error dialing backend: ${reason}`),
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

/**
 * What the kubelet says of a log that it does not have, as the API says it.
 * @throws StatusError
 */
async function checkLogAnswer(answer: IncomingMessage, pods: ServedResource, name: string): Promise<void> {
  const { statusCode = 500 } = answer;
  if (statusCode >= 200 && statusCode <= 206) return;
  const said = (await limitedText(answer)).trimEnd();
  switch (statusCode) {
    case 400:
      throw badRequest(said);
    case 404:
      throw new StatusError({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `the server could not find the requested resource ( ${pods.resourceName.name} ${name})`,
        reason: 'NotFound',
        details: { name, kind: pods.resourceName.name },
        code: 404,
      });
    default:
      throw internalError(said);
  }
}

async function limitedText(source: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of source) {
    text += String(chunk);
    if (text.length > MAX_ERROR_CHARS) break;
  }
  return text.slice(0, MAX_ERROR_CHARS);
}

function segments(...names: readonly string[]): string {
  return names.map(encodeURIComponent).join('/');
}
