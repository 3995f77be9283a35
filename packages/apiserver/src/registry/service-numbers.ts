import {
  internalError,
  invalidObject,
  type FieldError,
  type Service,
  type ServicePort,
} from '@kubernetes-mesos/api-types';
import { addressAt, isUsable, type IpRange } from './ip-range';
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
  const isNew = ({ nodePort = 0 }: ServicePort): boolean =>
    nodePort === 0 ? givesNodePorts(spec) : !kept.has(nodePort);
  if (wantsPorts(spec) && ports.some(isNew)) return true;
  return wantsHealthPort(spec) && heldHealthPort(old) === 0;
}

/**
 * Gives a service its cluster IP, node ports and health check port, in place, so that none is one of `others`; what it asks for is checked.
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
  const { clusterIP, clusterIPs, healthCheckNodePort, ports = [] } = spec;
  const before = ports.map(({ nodePort }) => nodePort);
  const giveBack = (): void => {
    restore(spec, 'clusterIP', clusterIP);
    restore(spec, 'clusterIPs', clusterIPs);
    restore(spec, 'healthCheckNodePort', healthCheckNodePort);
    for (const [index, port] of ports.entries()) restore(port, 'nodePort', before[index]);
  };
  try {
    if (wantsAddress(spec)) takeAddress(service, spec, old, others, numbers);
    if (wantsPorts(spec)) {
      const taken = new Set(others.flatMap((other) => [...nodePortsOf(other)]));
      takePorts(service, old, taken, numbers);
      if (wantsHealthPort(spec)) takeHealthPort(service, spec, old, taken, numbers);
    }
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
  taken: ReadonlySet<number>,
  numbers: ServiceNumbers,
): void {
  const kept = nodePortsOf(old);
  const own = new Map<number, string>();
  for (const [index, port] of (service.spec?.ports ?? []).entries()) {
    const { nodePort = 0, protocol = 'TCP' } = port;
    if (nodePort === 0) {
      if (!givesNodePorts(service.spec)) continue;
      port.nodePort = freePort((value) => taken.has(value) || own.has(value), 'nodePort', numbers);
    } else if (!kept.has(nodePort)) {
      // One number may serve two protocols of the same service.
      const isTaken = taken.has(nodePort) || own.get(nodePort) === protocol;
      requireFree(service, `spec.ports[${index}].nodePort`, nodePort, isTaken, numbers);
    }
    own.set(port.nodePort ?? nodePort, protocol);
  }
}

/** The port at which nodes say whether they have pods of a balanced service: given once, and kept. */
function takeHealthPort(
  service: Service,
  spec: Spec,
  old: Service | undefined,
  taken: ReadonlySet<number>,
  numbers: ServiceNumbers,
): void {
  const field = 'spec.healthCheckNodePort';
  const held = heldHealthPort(old);
  const wanted = (spec.healthCheckNodePort ?? 0) || held;
  if (held !== 0 && wanted !== held) {
    const detail = 'cannot change healthCheckNodePort on loadBalancer service with externaltraffic=local during update';
    throw refused(service, { reason: 'FieldValueInvalid', field, value: wanted, detail });
  }
  const own = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort));
  const isTaken = (value: number): boolean => taken.has(value) || own.has(value);
  if (wanted !== held) requireFree(service, field, wanted, isTaken(wanted), numbers);
  spec.healthCheckNodePort = wanted !== 0 ? wanted : freePort(isTaken, 'HealthCheck NodePort', numbers);
}

function freePort(isTaken: (value: number) => boolean, what: string, { nodePorts, random }: ServiceNumbers): number {
  const free = pickFree(nodePorts.first, nodePorts.last, isTaken, random);
  if (free === undefined) throw internalError(`failed to allocate a ${what}: range is full`);
  return free;
}

function requireFree(
  service: Service,
  field: string,
  port: number,
  isTaken: boolean,
  { nodePorts: { first, last } }: ServiceNumbers,
): void {
  const refuse = (detail: string): Error =>
    refused(service, { reason: 'FieldValueInvalid', field, value: port, detail });
  if (port < first || port > last) {
    throw refuse(`provided port is not in the valid range. The range of valid ports is ${first}-${last}`);
  }
  if (isTaken) throw refuse('provided port is already allocated');
}

function wantsAddress({ type, clusterIP }: Spec): boolean {
  return type !== 'ExternalName' && clusterIP !== 'None';
}

function wantsPorts({ type }: Spec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function wantsHealthPort({ type, externalTrafficPolicy }: Spec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

function givesNodePorts(spec: Spec | undefined): boolean {
  return spec?.allocateLoadBalancerNodePorts !== false;
}

function heldHealthPort(old: Service | undefined): number {
  return old?.spec !== undefined && wantsHealthPort(old.spec) ? (old.spec.healthCheckNodePort ?? 0) : 0;
}

/** Every port of the nodes that a service has. */
function nodePortsOf(service: Service | undefined): ReadonlySet<number> {
  const { ports = [], healthCheckNodePort = 0 } = service?.spec ?? {};
  const numbers = new Set(ports.map(({ nodePort = 0 }) => nodePort).filter((port) => port !== 0));
  return healthCheckNodePort === 0 ? numbers : numbers.add(healthCheckNodePort);
}

function restore<T extends object, K extends keyof T>(object: T, name: K, value: T[K] | undefined): void {
  if (value === undefined) delete object[name];
  else object[name] = value;
}

function refused(service: Service, error: FieldError): Error {
  return invalidObject({ group: '', name: 'Service' }, service.metadata.name ?? '', [error]);
}
