import { Backoff, errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { EtcdCallError, type EtcdGateway } from './etcd/etcd-gateway';
import { Budget } from './retry';

export interface LeaderElectionOptions {
  /** Key that the leader holds, e.g. `/kubernetes-mesos/scheduler/leader`. */
  readonly key: string;
  /** Who campaigns, for others to read. */
  readonly identity: string;
  /** How long after its death a leader keeps the office. Whole seconds, at least 2. */
  readonly ttlSeconds: number;
}

/** Chooses one of several processes by a key of etcd that lives as long as its holder's lease. */
export interface LeaderElection {
  /**
   * Waits, for as long as it takes and through any failure of etcd, until this process is the leader.
   * @throws the signal's reason when it aborts first.
   */
  campaign(signal: AbortSignal): Promise<Leadership>;
  /** Who leads; `undefined` when nobody does. @throws StorageUnavailableError */
  leader(): Promise<string | undefined>;
}

/** The office, for as long as `lost` is not aborted. */
export interface Leadership {
  readonly identity: string;
  /** The leader's key and the revision at which it was made: grows from leader to leader, so that it can fence writes. */
  readonly fence: Fence;
  /**
   * Aborts when the office is lost: before its lease can have run out for others, also while etcd is out of reach.
   */
  readonly lost: AbortSignal;
  /** Gives the office up at once. Idempotent; never throws: without etcd, the lease runs out by itself. */
  resign(): Promise<void>;
}

/** A condition that holds only while a leadership does. */
export interface Fence {
  readonly key: string;
  readonly createRevision: number;
}

/** Share of the TTL after which a lease is renewed, and after which an unrenewed office is given up. */
const RENEW_SHARE = 1 / 3;
const SAFE_SHARE = 2 / 3;
const FIRST_DELAY_MS = 100;

export class EtcdLeaderElection implements LeaderElection {
  readonly #gateway: EtcdGateway;
  readonly #options: LeaderElectionOptions;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #requestTimeoutMs: number;

  constructor(
    gateway: EtcdGateway,
    options: LeaderElectionOptions,
    parts: { readonly logger: Logger; readonly clock: Clock; readonly requestTimeoutMs: number },
  ) {
    this.#gateway = gateway;
    this.#options = options;
    this.#logger = parts.logger;
    this.#clock = parts.clock;
    this.#requestTimeoutMs = parts.requestTimeoutMs;
  }

  async leader(): Promise<string | undefined> {
    const budget = new Budget(this.#clock, this.#requestTimeoutMs);
    const { entries } = await budget.retry(() => this.#gateway.range({ key: this.#options.key }));
    return entries[0]?.value.toString();
  }

  async campaign(signal: AbortSignal): Promise<Leadership> {
    const { ttlSeconds } = this.#options;
    const backoff = new Backoff({ initialMs: FIRST_DELAY_MS, maxMs: (ttlSeconds * 1_000) / 2 });
    let complained = false;
    for (;;) {
      signal.throwIfAborted();
      try {
        const leadership = await this.#try();
        if (leadership !== undefined) return leadership;
        backoff.reset();
        complained = false;
        await this.#vacancy(signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!complained) {
          this.#logger.warn('cannot campaign for leadership, trying again', { error: errorMessage(error) });
        }
        complained = true;
        await this.#clock.sleep(backoff.next(), { signal });
      }
    }
  }

  /** One attempt. `undefined`: somebody else leads. */
  async #try(): Promise<Leadership | undefined> {
    const { key, identity, ttlSeconds } = this.#options;
    const { entries } = await this.#gateway.range({ key });
    if (entries.length > 0) return undefined;
    const granted = this.#clock.monotonic();
    const lease = await this.#gateway.grantLease(ttlSeconds);
    try {
      const result = await this.#gateway.txn({
        compare: [{ key, target: 'createRevision', value: 0 }],
        success: [{ op: 'put', key, value: Buffer.from(identity), lease }],
        failure: [],
      });
      if (result.succeeded) return this.#hold(lease, { key, createRevision: result.revision }, granted);
    } catch (error) {
      // Whether it happened or not: without its lease the key is gone.
      await this.#gateway.revokeLease(lease).catch(() => undefined);
      throw error;
    }
    await this.#gateway.revokeLease(lease).catch(() => undefined);
    return undefined;
  }

  /** Waits until the leader's key is gone, or a TTL has passed. @throws when etcd does not answer */
  async #vacancy(signal: AbortSignal): Promise<void> {
    const { key, ttlSeconds } = this.#options;
    const { entries, revision } = await this.#gateway.range({ key });
    if (entries.length === 0) return;
    const enough = new AbortController();
    const timer = this.#clock.setTimer(() => enough.abort(), ttlSeconds * 1_000);
    try {
      const end = await this.#gateway.watch(
        { key, fromRevision: revision + 1 },
        ({ events }) => {
          if (events.some(({ type }) => type === 'delete')) enough.abort();
        },
        AbortSignal.any([signal, enough.signal]),
      );
      if (end.reason === 'broken') throw end.error;
    } finally {
      timer.cancel();
    }
  }

  #hold(lease: string, fence: Fence, granted: number): Leadership {
    const { identity, ttlSeconds } = this.#options;
    const lost = new AbortController();
    const resigned = new AbortController();
    const done = this.#keep(lease, fence, granted, AbortSignal.any([lost.signal, resigned.signal])).then((reason) => {
      if (reason !== undefined) this.#logger.warn('leadership lost', { key: fence.key, reason });
      lost.abort(new Error(reason ?? 'resigned'));
    });
    this.#logger.info('leadership won', { key: fence.key, identity, ttlSeconds });
    return {
      identity,
      fence,
      lost: lost.signal,
      resign: async () => {
        resigned.abort();
        await done;
        await this.#gateway.revokeLease(lease).catch(() => undefined);
      },
    };
  }

  /** Renews the lease until `signal` aborts (answers nothing) or the office is lost (answers why). */
  async #keep(lease: string, fence: Fence, granted: number, signal: AbortSignal): Promise<string | undefined> {
    const ttlMs = this.#options.ttlSeconds * 1_000;
    let renewed = granted;
    for (;;) {
      const wait = renewed + ttlMs * RENEW_SHARE - this.#clock.monotonic();
      // After a failure the next attempt comes soon.
      await this.#clock.sleep(Math.max(wait, ttlMs * 0.05), { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
      const asked = this.#clock.monotonic();
      const outcome = await this.#within(renewed + ttlMs * SAFE_SHARE - asked, this.#renew(lease, fence));
      if (signal.aborted) return undefined;
      if (outcome === 'gone') return 'its key or lease is gone';
      if (outcome === 'renewed') renewed = asked;
      else if (this.#clock.monotonic() - renewed >= ttlMs * SAFE_SHARE) return 'etcd did not renew the lease in time';
    }
  }

  async #renew(lease: string, fence: Fence): Promise<'renewed' | 'gone' | 'failed'> {
    try {
      if ((await this.#gateway.renewLease(lease)) <= 0) return 'gone';
      const { entries } = await this.#gateway.range({ key: fence.key });
      return entries[0]?.createRevision === fence.createRevision ? 'renewed' : 'gone';
    } catch (error) {
      if (error instanceof EtcdCallError && error.kind === 'leaseNotFound') return 'gone';
      return 'failed';
    }
  }

  async #within<T>(ms: number, promise: Promise<T>): Promise<T | 'late'> {
    let timer: { cancel(): void } | undefined;
    const late = new Promise<'late'>((resolve) => (timer = this.#clock.setTimer(() => resolve('late'), ms)));
    const outcome = await Promise.race([promise, late]);
    timer?.cancel();
    return outcome;
  }
}
