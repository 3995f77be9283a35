import {
  isPodInScope,
  parseQuantity,
  Quantity,
  type Container,
  type KubeObject,
  type PersistentVolumeClaim,
  type Pod,
  type ResourceQuota,
  type Service,
} from '@kubernetes-mesos/api-types';
import { isTerminated } from '../objects/pods';

/** What a namespace holds, by the plural of its resource. */
export interface NamespaceContent {
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  readonly persistentvolumeclaims: readonly PersistentVolumeClaim[];
  /** Resources that are only counted. */
  readonly counted: Readonly<Record<string, readonly KubeObject[]>>;
}

const ONE = Quantity.fromInteger(1);
const ZERO = Quantity.fromInteger(0);

/** How much of each resource that the quota limits is in use; the names are those of `spec.hard`. */
export function quotaUsage(quota: ResourceQuota, content: NamespaceContent): Record<string, string> {
  const used: Record<string, string> = {};
  for (const name of Object.keys(quota.spec?.hard ?? {}).sort()) {
    const amount = usageOf(name, quota, content);
    if (amount !== undefined) used[name] = amount.toString();
  }
  return used;
}

/** `undefined`: not a resource that is measured here. */
function usageOf(name: string, quota: ResourceQuota, content: NamespaceContent): Quantity | undefined {
  switch (name) {
    case 'services.nodeports':
      return sum(content.services, nodePorts);
    case 'services.loadbalancers':
      return sum(content.services, (service) => (service.spec?.type === 'LoadBalancer' ? ONE : ZERO));
    case 'requests.storage':
      return sum(content.persistentvolumeclaims, (claim) => quantity(claim.spec?.resources?.requests?.['storage']));
    case 'pods':
      return sum(podsInScope(quota, content.pods), () => ONE);
    case 'count/pods':
      return sum(content.pods, () => ONE);
    case 'services':
    case 'count/services':
      return sum(content.services, () => ONE);
    case 'persistentvolumeclaims':
    case 'count/persistentvolumeclaims':
      return sum(content.persistentvolumeclaims, () => ONE);
  }
  const plural = name.startsWith('count/') ? name.slice('count/'.length) : name;
  const objects = Object.hasOwn(content.counted, plural) ? content.counted[plural] : undefined;
  if (objects !== undefined) return sum(objects, () => ONE);
  const compute = computeResource(name);
  if (compute === undefined) return undefined;
  return sum(podsInScope(quota, content.pods), (pod) => podAmount(pod, compute.kind, compute.resource));
}

function computeResource(
  name: string,
): { readonly kind: 'requests' | 'limits'; readonly resource: string } | undefined {
  if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') return { kind: 'requests', resource: name };
  const match = /^(requests|limits)\.(.+)$/.exec(name);
  if (match === null) return undefined;
  return { kind: match[1] === 'limits' ? 'limits' : 'requests', resource: match[2] ?? '' };
}

/** The sum over the containers, or what one init container takes if that is more. */
function podAmount(pod: Pod, kind: 'requests' | 'limits', resource: string): Quantity {
  const amount = (container: Container): Quantity => quantity(container.resources?.[kind]?.[resource]);
  let total = sum(pod.spec?.containers ?? [], amount);
  for (const container of pod.spec?.initContainers ?? []) {
    const needed = amount(container);
    if (needed.compare(total) > 0) total = needed;
  }
  return total;
}

function podsInScope(quota: ResourceQuota, pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => !isTerminated(pod) && isPodInScope(quota, pod));
}

function nodePorts(service: Service): Quantity {
  const { type } = service.spec ?? {};
  if (type !== 'NodePort' && type !== 'LoadBalancer') return ZERO;
  return Quantity.fromInteger(service.spec?.ports?.length ?? 0);
}

function quantity(text: string | undefined): Quantity {
  return text === undefined ? ZERO : parseQuantity(text);
}

function sum<T>(items: readonly T[], amount: (item: T) => Quantity): Quantity {
  let total = ZERO;
  for (const item of items) total = total.add(amount(item));
  return total;
}
