import {
  deepEqual,
  matchesLabelMap,
  type Endpoints,
  type EndpointPort,
  type Pod,
  type Service,
  type ServicePort,
} from '@kubernetes-mesos/api-types';
import { containerPortOfName, firstHostPort, hostPortOfName, hostPortOfNumber } from '../objects/mesos-ports';
import { isDeleting, isReady, isTerminated } from '../objects/pods';
import { packSubsets, type EndpointEntry } from './subsets';

/** Prefix of the annotations that name the container port behind an address: `..._<PROTOCOL>_<hostIP>_<hostPort>`. */
export const CONTAINER_PORT_PREFIX = 'k8s.mesosphere.io/containerPort_';

export interface EndpointsMode {
  /** hostIP:hostPort, for pods that have no address of their own in the cluster; else podIP:containerPort. */
  readonly hostPorts: boolean;
}

export type EndpointsPlan =
  | { readonly kind: 'keep' }
  | { readonly kind: 'create'; readonly endpoints: Endpoints }
  | { readonly kind: 'update'; readonly endpoints: Endpoints };

/** The endpoints that a service with a selector must have. `pods`: those of its namespace. */
export function decideEndpoints(
  service: Service,
  pods: readonly Pod[],
  current: Endpoints | undefined,
  mode: EndpointsMode,
): EndpointsPlan {
  const { name = '', namespace = '', labels } = service.metadata;
  const resolved = pods.filter((pod) => serves(service, pod)).flatMap((pod) => entriesOf(service, pod, mode));
  const subsets = packSubsets(resolved);
  const annotations = annotationsOf(current, resolved);
  const wanted: Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(current?.metadata ?? {}),
      name,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    ...(subsets.length === 0 ? {} : { subsets }),
  };
  if (labels === undefined) delete wanted.metadata.labels;
  if (annotations === undefined) delete wanted.metadata.annotations;
  if (current === undefined) return { kind: 'create', endpoints: wanted };
  const same =
    deepEqual(current.subsets, wanted.subsets) &&
    deepEqual(current.metadata.labels ?? {}, labels ?? {}) &&
    deepEqual(current.metadata.annotations ?? {}, annotations ?? {});
  return same ? { kind: 'keep' } : { kind: 'update', endpoints: wanted };
}

/** Whether the service's endpoints are ours to write. */
export function hasSelector(service: Service): boolean {
  return Object.keys(service.spec?.selector ?? {}).length > 0 && service.spec?.type !== 'ExternalName';
}

export function selects(service: Service, pod: Pod): boolean {
  return hasSelector(service) && matchesLabelMap(service.spec?.selector ?? {}, pod.metadata.labels);
}

interface ResolvedEntry extends EndpointEntry {
  /** For the annotation; only with host ports. */
  readonly containerPort?: number;
}

function serves(service: Service, pod: Pod): boolean {
  if (!selects(service, pod) || isTerminated(pod)) return false;
  return !isDeleting(pod) || service.spec?.publishNotReadyAddresses === true;
}

function entriesOf(service: Service, pod: Pod, mode: EndpointsMode): ResolvedEntry[] {
  const ip = mode.hostPorts ? pod.status?.hostIP : pod.status?.podIP;
  if (ip === undefined || ip === '') return [];
  const { name, namespace, uid } = pod.metadata;
  const nodeName = pod.spec?.nodeName;
  const ready = isReady(pod) || service.spec?.publishNotReadyAddresses === true;
  const hostname = pod.spec?.hostname;
  const isSubdomain = hostname !== undefined && hostname !== '' && pod.spec?.subdomain === service.metadata.name;
  const address = {
    ip,
    ...(isSubdomain ? { hostname } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: {
      kind: 'Pod',
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(uid === undefined ? {} : { uid }),
    },
  };
  const ports = service.spec?.ports ?? [];
  if (ports.length === 0) return [{ address, port: undefined, ready }];
  const entries: ResolvedEntry[] = [];
  for (const port of ports) {
    const target = mode.hostPorts ? hostTarget(pod, port) : podTarget(pod, port);
    if (target === undefined) continue;
    entries.push({ address, port: endpointPort(port, target.port), ready, ...target.annotation });
  }
  return entries;
}

interface Target {
  readonly port: number;
  readonly annotation: { readonly containerPort?: number };
}

/** No target port of the service: the first mapped port of the pod, else the service's own number. */
function hostTarget(pod: Pod, port: ServicePort): Target | undefined {
  const protocol = port.protocol ?? 'TCP';
  const { targetPort } = port;
  if (targetPort === undefined || targetPort === 0 || targetPort === '') {
    const first = firstHostPort(pod, protocol);
    return first === undefined
      ? { port: port.port, annotation: {} }
      : { port: first.hostPort, annotation: { containerPort: first.containerPort } };
  }
  const mapped =
    typeof targetPort === 'number'
      ? hostPortOfNumber(pod, protocol, targetPort)
      : hostPortOfName(pod, protocol, targetPort);
  return mapped === undefined
    ? undefined
    : { port: mapped.hostPort, annotation: { containerPort: mapped.containerPort } };
}

function podTarget(pod: Pod, port: ServicePort): Target | undefined {
  const { targetPort } = port;
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return { port: port.port, annotation: {} };
  if (typeof targetPort === 'number') return { port: targetPort, annotation: {} };
  const number = containerPortOfName(pod, port.protocol ?? 'TCP', targetPort);
  return number === undefined ? undefined : { port: number, annotation: {} };
}

function endpointPort(port: ServicePort, number: number): EndpointPort {
  return {
    ...(port.name === undefined || port.name === '' ? {} : { name: port.name }),
    port: number,
    protocol: port.protocol ?? 'TCP',
    ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
  };
}

/** Others' annotations stay; ours are exactly those of the addresses there are. */
function annotationsOf(
  current: Endpoints | undefined,
  entries: readonly ResolvedEntry[],
): Record<string, string> | undefined {
  const annotations: Record<string, string> = {};
  for (const [key, value] of Object.entries(current?.metadata.annotations ?? {})) {
    if (!key.startsWith(CONTAINER_PORT_PREFIX)) annotations[key] = value;
  }
  for (const { address, port, containerPort } of entries) {
    if (port === undefined || containerPort === undefined) continue;
    annotations[`${CONTAINER_PORT_PREFIX}${port.protocol ?? 'TCP'}_${address.ip}_${port.port}`] = String(containerPort);
  }
  return Object.keys(annotations).length === 0 ? undefined : annotations;
}
