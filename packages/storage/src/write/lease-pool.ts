import type { Clock } from '@kubernetes-mesos/component-base';
import type { EtcdGateway } from '../etcd/etcd-gateway';

interface SharedLease {
  readonly id: Promise<string>;
  /** Monotonic ms after which no more objects join. */
  readonly joinUntil: number;
  objects: number;
}

/** As kube-apiserver: a lease is shared by what is written within a minute or 5 % of its time, by 1,000 objects at most. */
const MAX_OBJECTS = 1_000;
const MAX_WINDOW_SECONDS = 60;
const WINDOW_SHARE = 0.05;

/** Leases of objects that disappear by themselves, shared among objects written at about the same time. */
export class LeasePool {
  readonly #gateway: EtcdGateway;
  readonly #clock: Clock;
  readonly #byTtl = new Map<number, SharedLease>();

  constructor(gateway: EtcdGateway, clock: Clock) {
    this.#gateway = gateway;
    this.#clock = clock;
  }

  /** A lease that lives for at least `ttlSeconds` from now, and at most a little longer. */
  async lease(ttlSeconds: number): Promise<string> {
    const now = this.#clock.monotonic();
    const current = this.#byTtl.get(ttlSeconds);
    if (current !== undefined && now < current.joinUntil && current.objects < MAX_OBJECTS) {
      current.objects += 1;
      return current.id;
    }
    const windowSeconds = Math.min(MAX_WINDOW_SECONDS, Math.ceil(ttlSeconds * WINDOW_SHARE));
    const lease: SharedLease = {
      id: this.#gateway.grantLease(ttlSeconds + windowSeconds),
      joinUntil: now + windowSeconds * 1_000,
      objects: 1,
    };
    this.#byTtl.set(ttlSeconds, lease);
    try {
      return await lease.id;
    } catch (error) {
      if (this.#byTtl.get(ttlSeconds) === lease) this.#byTtl.delete(ttlSeconds);
      throw error;
    }
  }

  /** Not to be used again: etcd does not know it any more. */
  forget(ttlSeconds: number): void {
    this.#byTtl.delete(ttlSeconds);
  }
}
