import { internalError, invalidObject, type FieldError, type Service } from '@kubernetes-mesos/api-types';
import { addressAt, ipToNumber, isUsable, type IpRange } from './ip-range';
import { pickFree, type RandomInteger } from './pick-free';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface ServiceNumbers {
  readonly addresses: IpRange;
  readonly nodePorts: PortRange;
  /** Addresses kept for the server's own services. */
  readonly reserved: ReadonlySet<string>;
  readonly random: RandomInteger;
}

/** Whether a write of a service takes an address or a port that the service does not have yet. */
export function takesNumbers({ spec }: Service, old: Service | undefined): boolean {
  if (spec === undefined) return false;
  const { clusterIP = '', ports = [] } = spec;
  if (wantsAddress(spec) && (clusterIP === '' || clusterIP !== old?.spec?.clusterIP)) return true;
  const kept = nodePortsOf(old);
  return wantsPorts(spec) && ports.some(({ nodePort = 0 }) => nodePort === 0 || !kept.has(nodePort));
}

/**
 * Gives a service its cluster IP and node ports, in place, so that none is one of `others`; what it asks for is checked.
 * Without I/O. The answer takes everything back.
 * @throws StatusError 422 for what is outside the range or taken, 500 when a range is full
 */
export function takeNumbers(
  service: Service,
  old: Service | undefined,
  others: readonly Service[],
  numbers: ServiceNumbers,
): () => void {
  const { spec } = service;
  if (spec === undefined) return () => undefined;
  const { clusterIP, clusterIPs, ports = [] } = spec;
  const before = ports.map(({ nodePort }) => nodePort);
  const giveBack = (): void => {
    restore(spec, 'clusterIP', clusterIP);
    restore(spec, 'clusterIPs', clusterIPs);
    for (const [index, port] of ports.entries()) restore(port, 'nodePort', before[index]);
  };
  try {
    if (wantsAddress(spec)) takeAddress(service, spec, old, others, numbers);
    if (wantsPorts(spec)) takePorts(service, old, others, numbers);
  } catch (error) {
    giveBack();
    throw error;
  }
  return giveBack;
}

type Spec = NonNullable<Service['spec']>;

function takeAddress(
  service: Service,
  spec: Spec,
  old: Service | undefined,
  others: readonly Service[],
  { addresses, reserved, random }: ServiceNumbers,
): void {
  const taken = new Set(others.map((other) => other.spec?.clusterIP ?? ''));
  let { clusterIP = '' } = spec;
  if (clusterIP === '') {
    const isTaken = (index: number): boolean => {
      const address = addressAt(addresses, index);
      return taken.has(address) || reserved.has(address);
    };
    const index = pickFree(1, addresses.size - 2, isTaken, random);
    if (index === undefined) throw internalError('failed to allocate a serviceIP: range is full');
    clusterIP = addressAt(addresses, index);
  } else if (clusterIP !== old?.spec?.clusterIP) {
    if (ipToNumber(clusterIP) === undefined) return; // validation refuses it
    const refuse = (why: string): Error => {
      const detail = `failed to allocated ip:${clusterIP} with error:${why}`;
      return refused(service, { reason: 'FieldValueInvalid', field: 'spec.clusterIPs', value: [clusterIP], detail });
    };
    if (!isUsable(addresses, clusterIP)) {
      throw refuse(`provided IP is not in the valid range. The range of valid IPs is ${addresses.cidr}`);
    }
    if (taken.has(clusterIP)) throw refuse('provided IP is already allocated');
  }
  spec.clusterIP = clusterIP;
  spec.clusterIPs = [clusterIP];
}

function takePorts(
  service: Service,
  old: Service | undefined,
  others: readonly Service[],
  { nodePorts, random }: ServiceNumbers,
): void {
  const taken = new Set(others.flatMap((other) => [...nodePortsOf(other)]));
  const kept = nodePortsOf(old);
  const own = new Map<number, string>();
  for (const [index, port] of (service.spec?.ports ?? []).entries()) {
    const { nodePort = 0, protocol = 'TCP' } = port;
    if (nodePort === 0) {
      const isTaken = (value: number): boolean => taken.has(value) || own.has(value);
      const free = pickFree(nodePorts.first, nodePorts.last, isTaken, random);
      if (free === undefined) throw internalError('failed to allocate a nodePort: range is full');
      port.nodePort = free;
    } else if (!kept.has(nodePort)) {
      const field = `spec.ports[${index}].nodePort`;
      const refuse = (detail: string): Error =>
        refused(service, { reason: 'FieldValueInvalid', field, value: nodePort, detail });
      if (nodePort < nodePorts.first || nodePort > nodePorts.last) {
        const range = `${nodePorts.first}-${nodePorts.last}`;
        throw refuse(`provided port is not in the valid range. The range of valid ports is ${range}`);
      }
      // One number may serve two protocols of the same service.
      if (taken.has(nodePort) || own.get(nodePort) === protocol) throw refuse('provided port is already allocated');
    }
    own.set(port.nodePort ?? nodePort, protocol);
  }
}

function wantsAddress({ type, clusterIP }: Spec): boolean {
  return type !== 'ExternalName' && clusterIP !== 'None';
}

function wantsPorts({ type }: Spec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function nodePortsOf(service: Service | undefined): ReadonlySet<number> {
  return new Set((service?.spec?.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []));
}

function restore<T extends object, K extends keyof T>(object: T, name: K, value: T[K] | undefined): void {
  if (value === undefined) delete object[name];
  else object[name] = value;
}

function refused(service: Service, error: FieldError): Error {
  return invalidObject({ group: '', name: 'Service' }, service.metadata.name ?? '', [error]);
}
