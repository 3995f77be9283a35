import { badRequest, notFoundError, type Node, type Pod } from '@kubernetes-mesos/api-types';
import type { ServedResource } from '../endpoints/served-resource';

/** How kubelets are reached. */
export interface KubeletOptions {
  /** Port of nodes that do not say one. */
  readonly defaultPort: number;
  /** ms to open a connection. */
  readonly connectTimeoutMs: number;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const ADDRESS_TYPES = ['InternalIP', 'LegacyHostIP', 'Hostname', 'ExternalIP'] as const;

/** Where the kubelet of a node listens; pure. */
export function kubeletAddress(node: Node, options: KubeletOptions): HostPort {
  const addresses = node.status?.addresses ?? [];
  const found = ADDRESS_TYPES.map((type) => addresses.find((address) => address.type === type)?.address).find(
    (address) => address !== undefined && address !== '',
  );
  const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 0;
  return { host: found ?? node.metadata.name ?? '', port: port === 0 ? options.defaultPort : port };
}

/** @throws StatusError 404 */
export async function kubeletOfNode(nodes: ServedResource, name: string, options: KubeletOptions): Promise<HostPort> {
  const stored = await nodes.store.get({ namespace: '', name });
  if (stored === undefined) throw notFoundError(nodes.resourceName, name);
  return kubeletAddress(stored.object, options);
}

/**
 * The pod and the kubelet that runs it.
 * @throws StatusError 404 for a missing pod or node, 400 for a pod without a node
 */
export async function kubeletOfPod(
  pods: ServedResource,
  nodes: ServedResource,
  key: { readonly namespace: string; readonly name: string },
  options: KubeletOptions,
): Promise<{ readonly pod: Pod; readonly kubelet: HostPort }> {
  const stored = await pods.store.get(key);
  if (stored === undefined) throw notFoundError(pods.resourceName, key.name);
  const pod = stored.object as Pod;
  const nodeName = pod.spec?.nodeName ?? '';
  if (nodeName === '') throw badRequest(`pod ${key.name} does not have a host assigned`);
  return { pod, kubelet: await kubeletOfNode(nodes, nodeName, options) };
}

/**
 * The container that a request means.
 * @throws StatusError 400 when it names none of several, or one that the pod does not have
 */
export function chosenContainer(pod: Pod, wanted: string): string {
  const containers = (pod.spec?.containers ?? []).map(({ name }) => name);
  const initContainers = (pod.spec?.initContainers ?? []).map(({ name }) => name);
  const podName = pod.metadata.name ?? '';
  if (wanted === '') {
    const [only] = containers;
    if (containers.length === 1 && initContainers.length === 0 && only !== undefined) return only;
    const choices =
      initContainers.length === 0
        ? `choose one of: [${containers.join(' ')}]`
        : `choose one of: [${containers.join(' ')}] or one of the init containers: [${initContainers.join(' ')}]`;
    throw badRequest(`a container name must be specified for pod ${podName}, ${choices}`);
  }
  if (!containers.includes(wanted) && !initContainers.includes(wanted)) {
    throw badRequest(`container ${wanted} is not valid for pod ${podName}`);
  }
  return wanted;
}
