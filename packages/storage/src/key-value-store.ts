import type { Clock } from '@kubernetes-mesos/component-base';
import type { EtcdGateway } from './etcd/etcd-gateway';
import type { Fence } from './leader-election';
import { Budget } from './retry';

/** A few small values in etcd, by key. Calls try again for a while when etcd does not answer. */
export interface KeyValueStore {
  /** @throws StorageUnavailableError */
  get(key: string): Promise<string | undefined>;
  /** @throws StorageUnavailableError, FencedError */
  put(key: string, value: string, options?: PutOptions): Promise<void>;
  /** Not an error when there is none. @throws StorageUnavailableError, FencedError */
  delete(key: string, options?: { readonly fence?: Fence }): Promise<void>;
}

export interface PutOptions {
  /** The value disappears after so many seconds (etcd rounds up to two). */
  readonly ttlSeconds?: number;
  /** Only while this leadership holds. */
  readonly fence?: Fence;
}

/** The leadership on which a write depended is over. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  constructor(readonly fence: Fence) {
    super(`the leadership of ${fence.key} since revision ${fence.createRevision} is over`);
  }
}

export class EtcdKeyValueStore implements KeyValueStore {
  readonly #gateway: EtcdGateway;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #requestTimeoutMs: number;

  /** @param prefix put before every key, e.g. `/kubernetes-mesos/` */
  constructor(
    gateway: EtcdGateway,
    prefix: string,
    parts: { readonly clock: Clock; readonly requestTimeoutMs: number },
  ) {
    this.#gateway = gateway;
    this.#prefix = prefix;
    this.#clock = parts.clock;
    this.#requestTimeoutMs = parts.requestTimeoutMs;
  }

  async get(key: string): Promise<string | undefined> {
    const { entries } = await this.#budget().retry(() => this.#gateway.range({ key: this.#prefix + key }));
    return entries[0]?.value.toString();
  }

  async put(key: string, value: string, { ttlSeconds, fence }: PutOptions = {}): Promise<void> {
    const budget = this.#budget();
    const lease = ttlSeconds === undefined ? undefined : await budget.retry(() => this.#gateway.grantLease(ttlSeconds));
    const put = { op: 'put', key: this.#prefix + key, value: Buffer.from(value) } as const;
    await this.#write(budget, lease === undefined ? put : { ...put, lease }, fence);
  }

  async delete(key: string, { fence }: { readonly fence?: Fence } = {}): Promise<void> {
    await this.#write(this.#budget(), { op: 'delete', key: this.#prefix + key }, fence);
  }

  /** Writing the same again does no harm, so that a lost answer is simply a reason to repeat. */
  async #write(
    budget: Budget,
    op: Parameters<EtcdGateway['txn']>[0]['success'][number],
    fence: Fence | undefined,
  ): Promise<void> {
    const { succeeded } = await budget.retry(() =>
      this.#gateway.txn({
        compare: fence === undefined ? [] : [{ key: fence.key, target: 'createRevision', value: fence.createRevision }],
        success: [op],
        failure: [],
      }),
    );
    if (!succeeded && fence !== undefined) throw new FencedError(fence);
  }

  #budget(): Budget {
    return new Budget(this.#clock, this.#requestTimeoutMs);
  }
}
