import { randomInt } from 'node:crypto';
import {
  internalError,
  invalidObject,
  type FieldError,
  type KubeObject,
  type Service,
} from '@kubernetes-mesos/api-types';
import type { Reservation, ResourceBehaviour, ServedResource } from '../endpoints/served-resource';
import { addressAt, ipToNumber, isUsable, type IpRange } from './ip-range';
import { pickFree, type RandomInteger } from './pick-free';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface ServiceAllocationOptions {
  readonly addresses: IpRange;
  readonly nodePorts: PortRange;
  /** The services themselves, where what is taken is read from. */
  readonly services: () => ServedResource;
  /** Addresses kept for the server's own services. */
  readonly reserved: ReadonlySet<string>;
  readonly random?: RandomInteger;
}

/**
 * Gives services their cluster IP and node ports. What is taken is what stored services have, plus what creations under
 * way have reserved; a reservation ends with its write.
 */
export class ServiceBehaviour implements ResourceBehaviour {
  readonly #options: ServiceAllocationOptions;
  readonly #random: RandomInteger;
  readonly #reservedAddresses = new Set<string>();
  readonly #reservedPorts = new Set<number>();

  constructor(options: ServiceAllocationOptions) {
    this.#options = options;
    this.#random = options.random ?? ((limit) => randomInt(limit));
  }

  beforeCreate(object: KubeObject): Promise<Reservation | undefined> {
    return this.#allocate(object, undefined);
  }

  beforeUpdate(object: KubeObject, old: KubeObject): Promise<Reservation | undefined> {
    return this.#allocate(object, old);
  }

  async #allocate(service: Service, old: Service | undefined): Promise<Reservation | undefined> {
    const { spec } = service;
    if (spec === undefined) return undefined;
    if (!wantsAddress(service) && !wantsPorts(service)) return undefined;
    const { items } = await this.#options.services().store.list();
    const others = items.map((item) => item.object as Service).filter((other) => !isSame(other, service));
    // From here on nothing waits: two creations cannot reserve the same.
    const reservation = new HeldNumbers(this.#reservedAddresses, this.#reservedPorts);
    try {
      this.#takeAddress(service, old, others, reservation);
      this.#takePorts(service, old, others, reservation);
    } catch (error) {
      reservation.release();
      throw error;
    }
    return reservation;
  }

  #takeAddress(service: Service, old: Service | undefined, others: readonly Service[], held: HeldNumbers): void {
    const { spec } = service;
    if (spec === undefined || !wantsAddress(service)) return;
    const { addresses, reserved } = this.#options;
    const taken = new Set([...others.map((other) => other.spec?.clusterIP ?? ''), ...this.#reservedAddresses]);
    let { clusterIP = '' } = spec;
    if (clusterIP === '') {
      const isTaken = (index: number): boolean => {
        const address = addressAt(addresses, index);
        return taken.has(address) || reserved.has(address);
      };
      const index = pickFree(1, addresses.size - 2, isTaken, this.#random);
      if (index === undefined) throw internalError('failed to allocate a serviceIP: range is full');
      clusterIP = addressAt(addresses, index);
    } else if (clusterIP !== old?.spec?.clusterIP) {
      if (ipToNumber(clusterIP) === undefined) return; // validation refuses it
      if (!isUsable(addresses, clusterIP)) {
        const detail =
          `failed to allocated ip:${clusterIP} with error:provided IP is not in the valid range. ` +
          `The range of valid IPs is ${addresses.cidr}`;
        throw refused(service, { reason: 'FieldValueInvalid', field: 'spec.clusterIPs', value: [clusterIP], detail });
      }
      if (taken.has(clusterIP)) {
        const detail = `failed to allocated ip:${clusterIP} with error:provided IP is already allocated`;
        throw refused(service, { reason: 'FieldValueInvalid', field: 'spec.clusterIPs', value: [clusterIP], detail });
      }
    }
    spec.clusterIP = clusterIP;
    spec.clusterIPs = [clusterIP];
    held.holdAddress(clusterIP);
  }

  #takePorts(service: Service, old: Service | undefined, others: readonly Service[], held: HeldNumbers): void {
    if (!wantsPorts(service)) return;
    const { nodePorts } = this.#options;
    const taken = new Set(this.#reservedPorts);
    for (const other of others) {
      for (const { nodePort } of other.spec?.ports ?? []) if (nodePort !== undefined) taken.add(nodePort);
    }
    const kept = new Set((old?.spec?.ports ?? []).map(({ nodePort }) => nodePort));
    const own = new Map<number, string>();
    for (const [index, port] of (service.spec?.ports ?? []).entries()) {
      const { nodePort = 0, protocol = 'TCP' } = port;
      if (nodePort === 0) {
        const free = pickFree(
          nodePorts.first,
          nodePorts.last,
          (value) => taken.has(value) || own.has(value),
          this.#random,
        );
        if (free === undefined) throw internalError('failed to allocate a nodePort: range is full');
        port.nodePort = free;
      } else if (!kept.has(nodePort)) {
        const field = `spec.ports[${index}].nodePort`;
        if (nodePort < nodePorts.first || nodePort > nodePorts.last) {
          const detail =
            'provided port is not in the valid range. The range of valid ports is ' +
            `${nodePorts.first}-${nodePorts.last}`;
          throw refused(service, { reason: 'FieldValueInvalid', field, value: nodePort, detail });
        }
        // One number may serve two protocols of the same service.
        if (taken.has(nodePort) || (own.get(nodePort) ?? '') === protocol) {
          const detail = 'provided port is already allocated';
          throw refused(service, { reason: 'FieldValueInvalid', field, value: nodePort, detail });
        }
      }
      own.set(port.nodePort ?? nodePort, protocol);
      held.holdPort(port.nodePort ?? nodePort);
    }
  }
}

class HeldNumbers implements Reservation {
  readonly #addresses: string[] = [];
  readonly #ports: number[] = [];

  constructor(
    private readonly allAddresses: Set<string>,
    private readonly allPorts: Set<number>,
  ) {}

  holdAddress(address: string): void {
    this.allAddresses.add(address);
    this.#addresses.push(address);
  }

  holdPort(port: number): void {
    this.allPorts.add(port);
    this.#ports.push(port);
  }

  /** The stored service holds the numbers from now on. */
  commit(): void {
    this.release();
  }

  release(): void {
    for (const address of this.#addresses.splice(0)) this.allAddresses.delete(address);
    for (const port of this.#ports.splice(0)) this.allPorts.delete(port);
  }
}

function wantsAddress({ spec }: Service): boolean {
  return spec !== undefined && spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
}

function wantsPorts({ spec }: Service): boolean {
  return spec?.type === 'NodePort' || spec?.type === 'LoadBalancer';
}

function isSame(a: Service, b: Service): boolean {
  return a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;
}

function refused(service: Service, error: FieldError): Error {
  return invalidObject({ group: '', name: 'Service' }, service.metadata.name ?? '', [error]);
}
