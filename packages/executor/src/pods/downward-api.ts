import type { Container, Pod, ResourceFieldRef } from '../api/core-v1';
import { parseQuantity } from './quantity';

/** What of a pod is known only where it runs. */
export interface PodPlace {
  readonly nodeName: string;
  readonly hostIP: string;
  readonly podIP: string;
  /** What a container without a limit may use at most. */
  readonly allocatable: { readonly cpu: number; readonly memoryBytes: number };
}

/** Value of a downward API `fieldPath`; `undefined` for a path that does not exist. */
export function fieldValue(pod: Pod, fieldPath: string, place: PodPlace): string | undefined {
  const keyed = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(fieldPath);
  if (keyed !== null) return pod.metadata[keyed[1] === 'labels' ? 'labels' : 'annotations']?.[keyed[2] ?? ''] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
      return pod.metadata.name ?? '';
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(pod.metadata.labels ?? {});
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations ?? {});
    case 'spec.nodeName':
      return place.nodeName;
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return place.hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return place.podIP;
    default:
      return undefined;
  }
}

/** Value of a `resourceFieldRef` in units of its divisor, rounded up; an absent limit means what the node has. */
export function resourceValue(container: Container, ref: ResourceFieldRef, place: PodPlace): string | undefined {
  const [kind = '', resource = ''] = ref.resource.split('.');
  if (kind !== 'limits' && kind !== 'requests') return undefined;
  const own = parseQuantity(container.resources?.[kind]?.[resource]);
  const fallback =
    kind === 'requests'
      ? (parseQuantity(container.resources?.limits?.[resource]) ?? 0)
      : resource === 'cpu'
        ? place.allocatable.cpu
        : resource === 'memory'
          ? place.allocatable.memoryBytes
          : 0;
  const divisor = parseQuantity(ref.divisor ?? '1') ?? 1;
  return String(Math.ceil(Math.round(((own ?? fallback) / (divisor === 0 ? 1 : divisor)) * 1e6) / 1e6));
}

/** `key="value"` a line, sorted, as the downward API writes label files. */
function formatMap(map: Readonly<Record<string, string>>): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key] ?? '')}`)
    .join('\n');
}
