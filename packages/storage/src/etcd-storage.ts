import type { Clock } from '@kubernetes-mesos/component-base';
import { endOfRevision, etcdRevisionOf } from './codec/revision';
import type { Compactor } from './compactor';
import { EtcdResourceStore, type StorageParts } from './etcd-resource-store';
import { EtcdCallError, type EtcdGateway } from './etcd/etcd-gateway';
import { resourceId } from './key-layout';
import type { ResourceStore, Storage } from './resource-store';
import { Budget, unavailable } from './retry';

export interface EtcdStorageParts extends StorageParts {
  readonly gateway: EtcdGateway;
  readonly compactor: Compactor | undefined;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
}

/** How long a health check waits for an answer, ms. */
const HEALTH_TIMEOUT_MS = 2_000;

/** All resources over one etcd; owns the loops that were started for it. */
export class EtcdStorage implements Storage {
  readonly #parts: EtcdStorageParts;
  readonly #stores = new Map<string, ResourceStore>();
  #closing: Promise<void> | undefined;

  constructor(parts: EtcdStorageParts) {
    this.#parts = parts;
  }

  resource(group: string, plural: string): ResourceStore {
    const id = resourceId(group, plural);
    const known = this.#stores.get(id);
    if (known !== undefined) return known;
    const store = new EtcdResourceStore(id, this.#parts);
    this.#stores.set(id, store);
    return store;
  }

  ready(): Promise<void> {
    return this.#parts.feeder.ready();
  }

  async health(): Promise<{ readonly healthy: boolean; readonly message: string }> {
    const { feeder, cache, clock, gateway, layout } = this.#parts;
    const { state } = feeder;
    if (state.phase === 'closed') return { healthy: false, message: 'the storage is closed' };
    if (state.phase === 'disconnected') return { healthy: false, message: `etcd: ${state.error.message}` };
    let timer: { cancel(): void } | undefined;
    try {
      const late = new Promise<undefined>((resolve) => {
        timer = clock.setTimer(() => resolve(undefined), HEALTH_TIMEOUT_MS);
      });
      const answer = await Promise.race([gateway.range({ key: layout.root, countOnly: true }), late]);
      if (answer === undefined)
        return { healthy: false, message: `etcd does not answer within ${HEALTH_TIMEOUT_MS} ms` };
      await cache.reach(endOfRevision(answer.revision), HEALTH_TIMEOUT_MS);
      return { healthy: true, message: 'ok' };
    } catch (error) {
      return { healthy: false, message: error instanceof Error ? error.message : String(error) };
    } finally {
      timer?.cancel();
    }
  }

  async guardRevision(name: string): Promise<number> {
    const { gateway, layout } = this.#parts;
    const { entries } = await this.#budget().retry(() => gateway.range({ key: layout.guardKey(name) }));
    return entries[0]?.modRevision ?? 0;
  }

  async moveGuard(name: string): Promise<number> {
    const { gateway, layout } = this.#parts;
    // Moving it twice because an answer was lost does no harm.
    const put = { op: 'put', key: layout.guardKey(name), value: Buffer.alloc(0) } as const;
    const { revision } = await this.#budget().retry(() => gateway.txn({ compare: [], success: [put], failure: [] }));
    return revision;
  }

  #budget(): Budget {
    return new Budget(this.#parts.clock, this.#parts.requestTimeoutMs);
  }

  async compact(revision: number): Promise<void> {
    try {
      await this.#parts.gateway.compact(etcdRevisionOf(revision));
    } catch (error) {
      if (error instanceof EtcdCallError && error.kind === 'compacted') return;
      throw unavailable(error);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { feeder, compactor, cache, gateway } = this.#parts;
    await Promise.all([feeder.close(), compactor?.close()]);
    cache.close();
    gateway.close();
  }
}
