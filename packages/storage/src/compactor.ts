import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import { EtcdCallError, type EtcdGateway } from './etcd/etcd-gateway';

export interface CompactorOptions {
  readonly gateway: EtcdGateway;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Between two compactions, which is also how much history stays, ms. */
  readonly intervalMs: number;
}

/** What a server knows of the shared counter between two rounds. */
export interface CompactorState {
  /** Version of `COMPACT_KEY` that this server has seen last. */
  readonly version: number;
  /** etcd's revision at that time; 0 before the first round. */
  readonly revision: number;
}

/** The key on which kube-apiservers agree who compacts; its version counts the rounds. */
export const COMPACT_KEY = 'compact_rev_key';

/**
 * Drops etcd's history older than one to two intervals. Of several servers on one etcd, also kube-apiservers, only the
 * first to move the shared counter compacts in a round; the others learn the counter and wait.
 */
export class Compactor {
  readonly #options: CompactorOptions;
  readonly #abort = new AbortController();
  #run: Promise<void> | undefined;

  constructor(options: CompactorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#run ??= this.#loop();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#run;
  }

  async #loop(): Promise<void> {
    const { clock, intervalMs, gateway, logger } = this.#options;
    const { signal } = this.#abort;
    let state: CompactorState = { version: 0, revision: 0 };
    while (!signal.aborted) {
      try {
        await clock.sleep(intervalMs, { signal });
      } catch {
        return;
      }
      try {
        state = await compactionRound(gateway, state);
        logger.debug('compaction round', { ...state });
      } catch (error) {
        logger.warn('compaction of etcd failed, trying again in the next round', { error });
      }
    }
  }
}

/** One round. @returns what to know in the next one. */
export async function compactionRound(gateway: EtcdGateway, state: CompactorState): Promise<CompactorState> {
  const result = await gateway.txn({
    compare: [{ key: COMPACT_KEY, target: 'version', value: state.version }],
    success: [{ op: 'put', key: COMPACT_KEY, value: Buffer.from(String(state.revision)) }],
    failure: [{ op: 'get', key: COMPACT_KEY }],
  });
  if (!result.succeeded) return { version: result.entries[0]?.[0]?.version ?? 0, revision: result.revision };
  if (state.revision > 0) {
    try {
      await gateway.compact(state.revision);
    } catch (error) {
      // Somebody was faster: as good.
      if (!(error instanceof EtcdCallError && error.kind === 'compacted')) throw error;
    }
  }
  return { version: state.version + 1, revision: result.revision };
}
