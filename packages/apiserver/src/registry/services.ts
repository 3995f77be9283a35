import { randomInt } from 'node:crypto';
import type { KubeObject, Service } from '@kubernetes-mesos/api-types';
import { etcdRevisionOf, type Storage } from '@kubernetes-mesos/storage';
import type { Reservation, ResourceBehaviour, ServedResource } from '../endpoints/served-resource';
import { OneAtATime } from './one-at-a-time';
import { takeNumbers, takesNumbers, type ServiceNumbers } from './service-numbers';

export interface ServiceAllocationOptions extends Omit<ServiceNumbers, 'random'> {
  readonly storage: Pick<Storage, 'guardRevision'>;
  /** The services themselves, where what is taken is read from. */
  readonly services: () => ServedResource;
  readonly random?: ServiceNumbers['random'];
}

/** Moves with every write that gives a service an address or a port. */
const GUARD = 'service-numbers';

/**
 * Gives services their cluster IP and node ports. What is taken is what stored services have, and nothing else, so a
 * server that dies leaves nothing behind. Two that choose at the same time are kept apart by etcd: whoever writes first
 * moves the guard, and the other looks again.
 */
export class ServiceBehaviour implements ResourceBehaviour {
  readonly #options: ServiceAllocationOptions;
  readonly #numbers: ServiceNumbers;
  readonly #turns = new OneAtATime();
  /** Where this server's last write left the guard; `undefined` when somebody else may have moved it. */
  #guardRevision: number | undefined;

  constructor(options: ServiceAllocationOptions) {
    this.#options = options;
    this.#numbers = { ...options, random: options.random ?? ((limit) => randomInt(limit)) };
  }

  beforeCreate(object: KubeObject): Promise<Reservation | undefined> {
    return this.#allocate(object, undefined);
  }

  beforeUpdate(object: KubeObject, old: KubeObject): Promise<Reservation | undefined> {
    return this.#allocate(object, old);
  }

  async #allocate(service: Service, old: Service | undefined): Promise<Reservation | undefined> {
    if (!takesNumbers(service, old)) {
      // Nothing new: what is there is brought into shape.
      takeNumbers(service, old, [], this.#numbers);
      return undefined;
    }
    const leave = await this.#turns.enter();
    try {
      const { storage, services } = this.#options;
      // The guard before the services: who moves it after this makes the write fail.
      const revision = this.#guardRevision ?? (await storage.guardRevision(GUARD));
      const { items } = await services().store.list();
      const others = items.map((item) => item.object as Service).filter((other) => !isSame(other, service));
      const giveBack = takeNumbers(service, old, others, this.#numbers);
      return {
        guards: [{ name: GUARD, revision, moves: true }],
        commit: (written) => {
          this.#guardRevision = etcdRevisionOf(written);
          leave();
        },
        release: () => {
          this.#guardRevision = undefined;
          giveBack();
          leave();
        },
      };
    } catch (error) {
      leave();
      throw error;
    }
  }
}

function isSame(a: Service, b: Service): boolean {
  return a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;
}
