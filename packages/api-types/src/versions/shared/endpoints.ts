import type {
  InternalEndpointAddress,
  InternalEndpointPort,
  InternalEndpointSubset,
  InternalReference,
} from './internal';
import { compact, text } from './members';

export interface ReferenceValue {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly apiVersion: string;
  readonly resourceVersion: string;
  readonly fieldPath: string;
}

export interface SubsetValue {
  readonly addresses: { readonly IP: string; readonly targetRef: ReferenceValue | null }[] | null;
  readonly ports: { readonly name: string; readonly port: number; readonly protocol: string }[] | null;
}

export function referenceToInternal(reference: ReferenceValue): InternalReference {
  return compact<InternalReference>({
    kind: text(reference.kind),
    namespace: text(reference.namespace),
    name: text(reference.name),
    uid: text(reference.uid),
    apiVersion: text(reference.apiVersion),
    resourceVersion: text(reference.resourceVersion),
    fieldPath: text(reference.fieldPath),
  });
}

export function subsetToInternal({ addresses, ports }: SubsetValue, defaults: boolean): InternalEndpointSubset {
  return {
    addresses: (addresses ?? []).map(({ IP, targetRef }) =>
      compact<InternalEndpointAddress>({
        ip: IP,
        targetRef: targetRef === null ? undefined : referenceToInternal(targetRef),
      }),
    ),
    ports: (ports ?? []).map(({ name, port, protocol }) =>
      compact<InternalEndpointPort>({
        name: text(name),
        port,
        protocol: text(protocol) ?? (defaults ? 'TCP' : undefined),
      }),
    ),
  };
}

export function subsetFromInternal({ addresses, ports }: InternalEndpointSubset): {
  addresses: { IP: string; targetRef: InternalReference | null }[] | null;
  ports: InternalEndpointPort[] | null;
} {
  return {
    addresses: addresses?.map(({ ip, targetRef }) => ({ IP: ip, targetRef: targetRef ?? null })) ?? null,
    ports: ports ?? null,
  };
}

/**
 * Brings subsets into the form in which they are kept: those without addresses or ports vanish, addresses of equal
 * ports are merged, made unique and sorted. Ports and subsets are sorted by name, number and protocol.
 */
export function repackSubsets(subsets: readonly InternalEndpointSubset[]): InternalEndpointSubset[] {
  const portsOf = new Map<string, Map<string, InternalEndpointPort>>();
  const addressOf = new Map<string, InternalEndpointAddress>();
  for (const { addresses = [], ports = [] } of subsets) {
    for (const address of addresses) {
      const addressKey = keyOfAddress(address);
      addressOf.set(addressKey, address);
      for (const port of ports) {
        const known = portsOf.get(addressKey) ?? new Map<string, InternalEndpointPort>();
        portsOf.set(addressKey, known.set(keyOfPort(port), port));
      }
    }
  }
  const packed = new Map<string, { addresses: InternalEndpointAddress[]; ports: InternalEndpointPort[] }>();
  for (const addressKey of [...addressOf.keys()].sort()) {
    const address = addressOf.get(addressKey);
    const ports = portsOf.get(addressKey);
    if (address === undefined || ports === undefined) continue;
    const portKeys = [...ports.keys()].sort();
    const subsetKey = portKeys.join('|');
    const subset = packed.get(subsetKey) ?? { addresses: [], ports: portKeys.flatMap((key) => ports.get(key) ?? []) };
    subset.addresses.push(address);
    packed.set(subsetKey, subset);
  }
  return [...packed.keys()].sort().flatMap((key) => packed.get(key) ?? []);
}

function keyOfAddress({ ip, targetRef }: InternalEndpointAddress): string {
  return `${ip}|${targetRef?.uid ?? ''}`;
}

function keyOfPort({ name = '', port, protocol = '' }: InternalEndpointPort): string {
  return `${name}:${String(port).padStart(5, '0')}/${protocol}`;
}
