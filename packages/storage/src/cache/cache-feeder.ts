import { Backoff, errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { endOfRevision, etcdRevisionOf } from '../codec/revision';
import { ALL_KEYS, EtcdCallError, type EtcdGateway } from '../etcd/etcd-gateway';
import { readPages } from './paged-read';
import type { WatchCache } from './watch-cache';

export interface CacheFeederOptions {
  readonly gateway: EtcdGateway;
  readonly cache: WatchCache;
  /** Prefix of all objects' keys. */
  readonly root: string;
  /** How many revisions of history to read again at a fill, so that watches from before a restart can go on. */
  readonly replayRevisions: number;
  readonly endpoints: readonly string[];
  readonly logger: Logger;
  readonly clock: Clock;
}

export type FeederState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'following' }
  | { readonly phase: 'disconnected'; readonly error: Error }
  | { readonly phase: 'closed' };

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 3_000;

/**
 * Keeps the cache equal to etcd for as long as it runs: fills it once, then follows one watch. The watch spans every key
 * of etcd, not only ours, because only then each revision shows up, and the cache knows how far it is without being
 * told. Resumes at the revision after the last one applied; fills anew when etcd has compacted that or lost data.
 */
export class CacheFeeder {
  readonly #options: CacheFeederOptions;
  readonly #abort = new AbortController();
  /** Aborted to leave the watch in hand and open another one. */
  #watch = new AbortController();
  #state: FeederState = { phase: 'connecting' };
  #mustFill = true;
  #run: Promise<void> | undefined;
  #ready: Promise<void>;
  #setReady: () => void = () => undefined;

  constructor(options: CacheFeederOptions) {
    this.#options = options;
    this.#ready = new Promise((resolve) => (this.#setReady = resolve));
  }

  get state(): FeederState {
    return this.#state;
  }

  start(): void {
    this.#run ??= this.#loop();
  }

  /** Resolves when the cache has caught up with etcd for the first time. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** Opens another watch: the one in hand does not deliver what etcd is known to have. */
  restart(reason: string): void {
    if (this.#state.phase !== 'following') return;
    this.#options.logger.warn('the watch of etcd is stuck, opening another', { reason });
    this.#watch.abort();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#watch.abort();
    await this.#run;
    this.#state = { phase: 'closed' };
  }

  async #loop(): Promise<void> {
    const backoff = new Backoff({ initialMs: FIRST_DELAY_MS, maxMs: MAX_DELAY_MS });
    while (!this.#abort.signal.aborted) {
      try {
        await this.#synchronise();
        await this.#follow(backoff);
      } catch (error) {
        if (this.#abort.signal.aborted) break;
        this.#disconnected(error);
        await this.#options.clock.sleep(backoff.next(), { signal: this.#abort.signal }).catch(() => undefined);
      }
    }
  }

  /** Fills the cache if it must be, or makes sure that etcd is still the one that it was filled from. */
  async #synchronise(): Promise<void> {
    const { gateway, cache, root, logger } = this.#options;
    const { revision } = await gateway.range({ key: root, countOnly: true });
    const seen = etcdRevisionOf(cache.revision);
    if (cache.filled && revision < seen) {
      logger.error('etcd has lost data: its revision went back', { etcd: revision, cache: seen });
      this.#mustFill = true;
    }
    if (!this.#mustFill) return;
    await this.#fill(revision);
    this.#mustFill = false;
    this.#catchUp(revision);
  }

  async #fill(current: number): Promise<void> {
    const { cache, replayRevisions, logger } = this.#options;
    const seen = etcdRevisionOf(cache.revision);
    const unseen = cache.filled && seen < current ? seen + 1 : 1;
    const revision = Math.min(current, Math.max(unseen, current - replayRevisions));
    if (!(await this.#loadIfHeld(revision)) && !(await this.#loadIfHeld(await this.#oldestHeld(revision, current)))) {
      await this.#load(current);
    }
    logger.info('read all objects from etcd', { revision: etcdRevisionOf(cache.revision) });
  }

  /** False: etcd has compacted the revision. */
  async #loadIfHeld(revision: number): Promise<boolean> {
    return unlessCompacted(() => this.#load(revision));
  }

  /** The oldest revision that etcd has not compacted, between one that it has and its newest. */
  async #oldestHeld(compacted: number, newest: number): Promise<number> {
    const { gateway, root } = this.#options;
    let [low, high] = [compacted, newest];
    while (high - low > 1) {
      const revision = Math.floor((low + high) / 2);
      if (await unlessCompacted(() => gateway.range({ key: root, countOnly: true, revision }))) high = revision;
      else low = revision;
    }
    return high;
  }

  /** Nobody sees what is read until all of it is there. */
  async #load(revision: number): Promise<void> {
    const { gateway, cache, root } = this.#options;
    const fill = cache.startFill();
    await readPages(gateway, root, revision, (entries) => fill.add(entries));
    cache.reset(fill, revision);
  }

  /** Reports readiness once what etcd had at the fill is in. */
  #catchUp(revision: number): void {
    const { cache } = this.#options;
    cache.reach(endOfRevision(revision), Number.POSITIVE_INFINITY, this.#abort.signal).then(
      () => this.#setReady(),
      () => undefined,
    );
  }

  /** Returns when another watch is to be opened. */
  async #follow(backoff: Backoff): Promise<void> {
    const { gateway, cache, logger } = this.#options;
    this.#watch = new AbortController();
    if (this.#abort.signal.aborted) return;
    const end = await gateway.watch(
      { ...ALL_KEYS, fromRevision: etcdRevisionOf(cache.revision) + 1, onCreated: () => this.#connected(backoff) },
      (batch) => cache.apply(batch),
      this.#watch.signal,
    );
    switch (end.reason) {
      case 'aborted':
        return;
      case 'compacted':
        logger.warn('etcd has compacted what the cache has not seen, reading all objects again', {
          cache: etcdRevisionOf(cache.revision),
          compacted: end.compactRevision,
        });
        this.#mustFill = true;
        return;
      case 'broken':
        throw end.error;
    }
  }

  #connected(backoff: Backoff): void {
    backoff.reset();
    const { logger, endpoints, cache } = this.#options;
    const text = this.#state.phase === 'disconnected' ? 'etcd answers again' : 'following etcd';
    if (this.#state.phase !== 'following')
      logger.info(text, { etcd: endpoints.join(','), revision: etcdRevisionOf(cache.revision) });
    this.#state = { phase: 'following' };
  }

  #disconnected(error: unknown): void {
    const { logger, endpoints } = this.#options;
    if (this.#state.phase !== 'disconnected') {
      logger.warn('etcd does not answer, trying again', { etcd: endpoints.join(','), error: errorMessage(error) });
    }
    this.#state = { phase: 'disconnected', error: error instanceof Error ? error : new Error(errorMessage(error)) };
  }
}

/** False when etcd has compacted what is read; every other failure is thrown. */
async function unlessCompacted(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (error instanceof EtcdCallError && error.kind === 'compacted') return false;
    throw error;
  }
}
