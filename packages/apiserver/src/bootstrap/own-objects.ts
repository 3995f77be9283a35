import {
  StatusError,
  type Endpoints,
  type KubeObject,
  type Namespace,
  type Service,
} from '@kubernetes-mesos/api-types';
import { create } from '../endpoints/create';
import { modify } from '../endpoints/modify';
import { keyOf, type ServedResource } from '../endpoints/served-resource';
import { PLAIN_WRITE, type VerbServices } from '../endpoints/services';
import type { VerbContext } from '../endpoints/verb-context';
import type { ServedResources } from '../api-core';

/** One service by which pods find this server. */
export interface OwnService {
  readonly name: string;
  readonly clusterIP: string;
  readonly port: number;
  readonly portName: string;
  /** Where this server listens: its address as others reach it, and its port. */
  readonly targetAddress: string;
  readonly targetPort: number;
}

export interface OwnObjectsOptions {
  readonly services: VerbServices;
  readonly resources: ServedResources;
  readonly context: () => VerbContext;
  /** Where the services are; `--master_service_namespace`. */
  readonly serviceNamespace: string;
  readonly ownServices: readonly OwnService[];
  /** Addresses of other servers are kept in the endpoints up to this many with ours; `--apiserver_count`. */
  readonly serverCount: number;
}

/** Namespaces that today's Kubernetes makes, and release 0.14 did not. */
export const LATER_NAMESPACES: readonly string[] = ['kube-node-lease', 'kube-public', 'kube-system'];
const OWN_LABELS = { component: 'apiserver', provider: 'kubernetes' };

/** Makes what the server itself provides, and makes it again where it has gone: namespaces, services and their endpoints. */
export async function ensureOwnObjects(options: OwnObjectsOptions): Promise<void> {
  const names = new Set<string>(['default', ...LATER_NAMESPACES, options.serviceNamespace]);
  for (const name of names) await ensureNamespace(options, name);
  for (const service of options.ownServices) {
    await ensureService(options, service);
    await ensureEndpoints(options, service);
  }
}

/** A namespace by this name, made when it is missing. */
export async function ensureNamespace(
  options: Pick<OwnObjectsOptions, 'services' | 'resources' | 'context'>,
  name: string,
): Promise<void> {
  const namespaces = resource(options.resources, 'namespaces');
  if ((await namespaces.store.get(keyOf(namespaces, '', name), { kind: 'any' })) !== undefined) return;
  const namespace: Namespace = { kind: 'Namespace', apiVersion: 'v1', metadata: { name } };
  await createOnce(options, namespaces, '', namespace);
}

async function ensureService(options: OwnObjectsOptions, own: OwnService): Promise<void> {
  const services = resource(options.resources, 'services');
  const key = keyOf(services, options.serviceNamespace, own.name);
  if ((await services.store.get(key, { kind: 'any' })) !== undefined) return;
  const service: Service = {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: own.name, namespace: options.serviceNamespace, labels: { ...OWN_LABELS } },
    spec: {
      clusterIP: own.clusterIP,
      ports: [{ name: own.portName, port: own.port, protocol: 'TCP', targetPort: own.targetPort }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  };
  await createOnce(options, services, options.serviceNamespace, service);
}

async function ensureEndpoints(options: OwnObjectsOptions, own: OwnService): Promise<void> {
  const endpoints = resource(options.resources, 'endpoints');
  const key = keyOf(endpoints, options.serviceNamespace, own.name);
  const ports = [{ name: own.portName, port: own.targetPort, protocol: 'TCP' }];
  if ((await endpoints.store.get(key, { kind: 'any' })) === undefined) {
    const object: Endpoints = {
      kind: 'Endpoints',
      apiVersion: 'v1',
      metadata: { name: own.name, namespace: options.serviceNamespace },
      subsets: [{ addresses: [{ ip: own.targetAddress }], ports }],
    };
    await createOnce(options, unvalidated(endpoints), options.serviceNamespace, object);
    return;
  }
  await modify(endpoints, key, (current) => {
    const object: Endpoints = current.object;
    const present = object.subsets?.[0]?.addresses?.map(({ ip }) => ip) ?? [];
    const wanted = wantedAddresses(present, own.targetAddress, options.serverCount);
    const isSamePort = object.subsets?.length === 1 && object.subsets[0]?.ports?.[0]?.port === own.targetPort;
    if (isSamePort && present.join() === wanted.join()) return { kind: 'keep' };
    const next: Endpoints = { ...object, subsets: [{ addresses: wanted.map((ip) => ({ ip })), ports }] };
    return { kind: 'write', object: next };
  });
}

/** Our address and those of the other servers, sorted, no more than there are servers; pure. */
export function wantedAddresses(present: readonly string[], own: string, serverCount: number): string[] {
  const others = [...new Set(present)].filter((ip) => ip !== own).sort();
  return [own, ...others.slice(0, Math.max(0, serverCount - 1))].sort();
}

/** Endpoints may not be loopback addresses, but this server's is one where the machine has no other. */
function unvalidated(served: ServedResource): ServedResource {
  const { strategy } = served.definition;
  return { ...served, definition: { ...served.definition, strategy: { ...strategy, validateCreate: () => [] } } };
}

async function createOnce(
  options: Pick<OwnObjectsOptions, 'services' | 'context'>,
  served: ServedResource,
  namespace: string,
  object: KubeObject,
): Promise<void> {
  try {
    served.definition.strategy.applyDefaults(object);
    await create(options.services, options.context(), served, namespace, object, PLAIN_WRITE);
  } catch (error) {
    if (!(error instanceof StatusError && error.reason === 'AlreadyExists')) throw error;
  }
}

function resource(resources: ServedResources, id: string): ServedResource {
  const found = resources.get(id);
  if (found === undefined) throw new Error(`the server needs ${id}, which are not served`);
  return found;
}
