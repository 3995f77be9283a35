import type { Clock, Timer } from '@kubernetes-mesos/component-base';
import type { StoredLease } from '../durable/database';
import { errors } from '../errors';
import type { KeyText } from '../wire/bytes';
import { NO_LEASE } from '../wire/int64';

interface Lease {
  readonly id: string;
  /** As granted. */
  readonly ttlSeconds: number;
  /** Monotonic ms. */
  expiresAt: number;
  readonly keys: Set<KeyText>;
}

/** etcd grants no less: one and a half of its election timeout, in whole seconds. */
const MIN_TTL_SECONDS = 2;
/** etcd's limit. */
const MAX_TTL_SECONDS = 9_000_000_000;

/** Leases, their keys and their ends. Knows nothing of storage: `onExpired` is to revoke what has run out. */
export class Lessor {
  readonly #clock: Clock;
  readonly #onExpired: (ids: readonly string[]) => void;
  readonly #leases = new Map<string, Lease>();
  #timer: { readonly timer: Timer; readonly at: number } | undefined;
  #closed = false;

  constructor(clock: Clock, onExpired: (ids: readonly string[]) => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
  }

  /** Takes in a stored lease; its time starts now. */
  restore({ id, ttlSeconds }: StoredLease): void {
    this.#add(id, ttlSeconds);
  }

  /**
   * @param id `0`: choose one.
   * @throws EtcdError
   */
  grant(id: string, ttlSeconds: number): StoredLease {
    if (ttlSeconds > MAX_TTL_SECONDS) throw errors.leaseTtlTooLarge();
    const chosen = id === NO_LEASE ? this.#freeId() : id;
    if (this.#leases.has(chosen)) throw errors.leaseExists();
    const granted = Math.max(MIN_TTL_SECONDS, ttlSeconds);
    this.#add(chosen, granted);
    return { id: chosen, ttlSeconds: granted };
  }

  has(id: string): boolean {
    return this.#leases.has(id);
  }

  /** Ends a lease. @returns its keys, for the caller to delete. @throws EtcdError */
  end(id: string): KeyText[] {
    const lease = this.#leases.get(id);
    if (lease === undefined) throw errors.leaseNotFound();
    this.#leases.delete(id);
    return [...lease.keys];
  }

  /** @returns the TTL in seconds, 0 when there is no such lease */
  keepAlive(id: string): number {
    const lease = this.#leases.get(id);
    if (lease === undefined) return 0;
    lease.expiresAt = this.#clock.monotonic() + lease.ttlSeconds * 1_000;
    return lease.ttlSeconds;
  }

  /** Whole seconds left and granted, and the keys. */
  timeToLive(id: string): { readonly left: number; readonly granted: number; readonly keys: KeyText[] } | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    const left = Math.floor((lease.expiresAt - this.#clock.monotonic()) / 1_000);
    return { left: Math.max(0, left), granted: lease.ttlSeconds, keys: [...lease.keys].sort() };
  }

  ids(): string[] {
    return [...this.#leases.keys()];
  }

  /** Moves a key from one lease to another; `0` is none. */
  attach(key: KeyText, from: string, to: string): void {
    if (from === to) return;
    this.#leases.get(from)?.keys.delete(key);
    this.#leases.get(to)?.keys.add(key);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
  }

  #add(id: string, ttlSeconds: number): void {
    const expiresAt = this.#clock.monotonic() + ttlSeconds * 1_000;
    this.#leases.set(id, { id, ttlSeconds, expiresAt, keys: new Set() });
    this.#schedule(expiresAt);
  }

  /** One timer for the earliest end; renewals are noticed when it fires. */
  #schedule(at: number): void {
    if (this.#closed || (this.#timer !== undefined && this.#timer.at <= at)) return;
    this.#timer?.timer.cancel();
    const timer = this.#clock.setTimer(() => this.#expire(), at - this.#clock.monotonic());
    this.#timer = { timer, at };
  }

  #expire(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    const expired: string[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const lease of this.#leases.values()) {
      if (lease.expiresAt <= now) expired.push(lease.id);
      else next = Math.min(next, lease.expiresAt);
    }
    if (expired.length > 0) this.#onExpired(expired);
    if (next < Number.POSITIVE_INFINITY) this.#schedule(next);
  }

  #freeId(): string {
    for (;;) {
      // Below 2^53, so that every client can hold it.
      const id = String(1 + Math.floor(Math.random() * (Number.MAX_SAFE_INTEGER - 1)));
      if (!this.#leases.has(id)) return id;
    }
  }
}
