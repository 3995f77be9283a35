import type { EndpointAddress, EndpointPort, EndpointSubset } from '@kubernetes-mesos/api-types';

/** One address of a service with one of its ports (or none, for a service without ports). */
export interface EndpointEntry {
  readonly address: EndpointAddress;
  readonly port: EndpointPort | undefined;
  readonly ready: boolean;
}

interface AddressEntry {
  readonly address: EndpointAddress;
  readonly ready: boolean;
  readonly ports: Map<string, EndpointPort>;
}

/**
 * Packs entries into as few subsets as there are different sets of ports, everything sorted, so that equal entries in
 * any order give equal subsets: the canonical form of upstream's `RepackSubsets`.
 */
export function packSubsets(entries: readonly EndpointEntry[]): EndpointSubset[] {
  const byAddress = new Map<string, AddressEntry>();
  for (const { address, port, ready } of entries) {
    const key = `${address.ip}|${address.targetRef?.uid ?? ''}|${ready}`;
    let entry = byAddress.get(key);
    if (entry === undefined) {
      entry = { address, ready, ports: new Map() };
      byAddress.set(key, entry);
    }
    if (port !== undefined) entry.ports.set(portKey(port), port);
  }
  const byPorts = new Map<string, AddressEntry[]>();
  for (const entry of byAddress.values()) {
    const key = [...entry.ports.keys()].sort().join(',');
    const group = byPorts.get(key);
    if (group === undefined) byPorts.set(key, [entry]);
    else group.push(entry);
  }
  return [...byPorts].sort(([a], [b]) => compareText(a, b)).map(([, group]) => subsetOf(group));
}

function subsetOf(group: readonly AddressEntry[]): EndpointSubset {
  const sorted = [...group].sort(
    (a, b) =>
      compareText(a.address.ip, b.address.ip) ||
      compareText(a.address.targetRef?.uid ?? '', b.address.targetRef?.uid ?? ''),
  );
  const addresses = sorted.filter((entry) => entry.ready).map((entry) => entry.address);
  const notReadyAddresses = sorted.filter((entry) => !entry.ready).map((entry) => entry.address);
  const ports = [...(group[0]?.ports ?? new Map<string, EndpointPort>())]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, port]) => port);
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ...(ports.length === 0 ? {} : { ports }),
  };
}

function portKey(port: EndpointPort): string {
  return `${port.name ?? ''}/${port.protocol ?? 'TCP'}/${port.port}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
