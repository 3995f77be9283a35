import type { Clock } from '@kubernetes-mesos/component-base';
import { RevisionTooLargeError, StorageUnavailableError } from '../errors';
import { endOfRevision, etcdRevisionOf } from '../codec/revision';
import type { EtcdGateway } from '../etcd/etcd-gateway';
import { Budget } from '../retry';
import type { CacheFeeder } from './cache-feeder';
import { RevisionQuestion } from './revision-question';
import type { WatchCache } from './watch-cache';

export interface ConsistencyOptions {
  readonly gateway: EtcdGateway;
  readonly cache: WatchCache;
  readonly feeder: CacheFeeder;
  /** A key range to ask about; no object needs to be there. */
  readonly root: string;
  /** Longest that an operation tries to get through to etcd, ms. */
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
}

/** A revision that etcd has is in the cache after this time, or the watch is stuck. ms */
const STALL_MS = 2_000;
const PRESENT = Promise.resolve();

/** Brings the cache to where a read or write needs it. */
export class Consistency {
  readonly #options: ConsistencyOptions;
  readonly #question: RevisionQuestion;

  constructor(options: ConsistencyOptions) {
    this.#options = options;
    const { gateway, root, requestTimeoutMs, clock } = options;
    this.#question = new RevisionQuestion(async () => {
      const budget = new Budget(clock, requestTimeoutMs);
      const { revision } = await budget.retry(() => gateway.range({ key: root, countOnly: true }));
      return endOfRevision(revision);
    });
  }

  /**
   * Waits until the cache shows every write acknowledged before this call, by anyone.
   * @throws StorageUnavailableError
   */
  async latest(): Promise<void> {
    if (!this.#ready) await this.filled();
    await this.has(await this.#question.revision());
  }

  /**
   * Waits until the cache has a revision that etcd is known to have.
   * @throws StorageUnavailableError
   */
  has(revision: number): Promise<void> {
    const { cache } = this.#options;
    if (cache.filled && cache.revision >= revision) return PRESENT;
    // Revisions of etcd come whole, so that all who wait for a part of the same one wait for the same.
    const whole = endOfRevision(etcdRevisionOf(revision));
    if (this.#awaited?.revision !== whole) {
      const arrived = this.#arrival(whole);
      this.#awaited = { revision: whole, arrived };
      const forget = (): void => {
        if (this.#awaited?.arrived === arrived) this.#awaited = undefined;
      };
      arrived.then(forget, forget);
    }
    return this.#awaited.arrived;
  }

  #awaited: { readonly revision: number; readonly arrived: Promise<void> } | undefined;

  async #arrival(revision: number): Promise<void> {
    const { cache, feeder, clock, requestTimeoutMs } = this.#options;
    const budget = new Budget(clock, requestTimeoutMs);
    for (;;) {
      try {
        await cache.reach(revision, Math.max(0, Math.min(STALL_MS, budget.leftMs)));
        return;
      } catch (error) {
        if (!(error instanceof RevisionTooLargeError)) throw error;
        if (budget.leftMs <= 0) {
          throw new StorageUnavailableError(`the cache is at ${cache.revision}, etcd at ${revision} or above`);
        }
        feeder.restart(`revision ${revision} does not come`);
      }
    }
  }

  /**
   * Waits until the cache has been filled for the first time.
   * @throws StorageUnavailableError
   */
  async filled(): Promise<void> {
    const { feeder, clock, requestTimeoutMs } = this.#options;
    if (this.#ready) return;
    let timer: { cancel(): void } | undefined;
    const late = new Promise<'late'>((resolve) => (timer = clock.setTimer(() => resolve('late'), requestTimeoutMs)));
    const outcome = await Promise.race([feeder.ready(), late]);
    timer?.cancel();
    if (outcome === 'late') {
      const { state } = feeder;
      const why = state.phase === 'disconnected' ? `: ${state.error.message}` : '';
      throw new StorageUnavailableError(`the objects are not read from etcd yet${why}`);
    }
    this.#ready = true;
  }

  #ready = false;
}
