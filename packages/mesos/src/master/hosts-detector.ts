import { silentLogger, systemClock, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { request } from 'undici';
import type { MasterDetector } from '../master-detector';
import { LeaderWatch } from './leader-watch';

export interface HostsDetectorOptions {
  /** `host:port` of one or several masters of one cluster. */
  readonly hosts: readonly string[];
  /** How often the leader is asked for again, ms. Default 10 s; 1 s while there is none. */
  readonly pollMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

const ASK_TIMEOUT_MS = 5000;
const NO_LEADER_POLL_MS = 1000;

/**
 * Asks the given masters' `/redirect` who leads. A leader that announces a name which cannot be reached from here (a
 * container's, say) is addressed as configured instead: of several masters it is the one whose metrics say that it leads.
 */
export class HostsDetector implements MasterDetector {
  readonly #options: HostsDetectorOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(options: HostsDetectorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
  }

  async *leaders(options: { readonly signal: AbortSignal }): AsyncGenerator<string | undefined, void, undefined> {
    const { signal } = options;
    const stop = AbortSignal.any([signal, this.#closed.signal]);
    const watch = new LeaderWatch();
    const polling = this.#poll(watch, stop).catch(() => undefined);
    try {
      yield* watch.changes(stop);
    } finally {
      await polling;
    }
  }

  async current(options: { readonly signal: AbortSignal }): Promise<string> {
    for (;;) {
      options.signal.throwIfAborted();
      const leader = await this.#ask(options.signal);
      if (leader !== undefined) return leader;
      await this.#clock.sleep(NO_LEADER_POLL_MS, { signal: options.signal });
    }
  }

  close(): Promise<void> {
    this.#closed.abort(new Error('the master detector was closed'));
    return Promise.resolve();
  }

  readonly #closed = new AbortController();

  async #poll(watch: LeaderWatch, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const leader = await this.#ask(signal);
      watch.set(leader);
      const pauseMs = leader === undefined ? NO_LEADER_POLL_MS : (this.#options.pollMs ?? 10_000);
      await this.#clock.sleep(pauseMs, { signal });
    }
  }

  async #ask(signal: AbortSignal): Promise<string | undefined> {
    for (const host of this.#options.hosts) {
      const target = await this.#redirectOf(host, signal);
      if (target === undefined) continue;
      if (target === host || (await this.#answers(target, signal))) return target;
      return (await this.#electedHost(signal)) ?? host;
    }
    return undefined;
  }

  /** The configured host that says it leads. */
  async #electedHost(signal: AbortSignal): Promise<string | undefined> {
    const { hosts } = this.#options;
    for (const host of hosts.length > 1 ? hosts : []) {
      try {
        const answer = await request(`http://${host}/metrics/snapshot`, { headersTimeout: ASK_TIMEOUT_MS, signal });
        const metrics: unknown = await answer.body.json();
        if (typeof metrics === 'object' && metrics !== null && 'master/elected' in metrics) {
          if (metrics['master/elected'] === 1) return host;
        }
      } catch (error) {
        signal.throwIfAborted();
        this.#logger.debug('master shows no metrics', { master: host, error });
      }
    }
    return undefined;
  }

  /** Where `host` sends us: itself when it leads, or when it answers but knows no `/redirect`. */
  async #redirectOf(host: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      const answer = await request(`http://${host}/redirect`, { headersTimeout: ASK_TIMEOUT_MS, signal });
      await answer.body.dump();
      if (answer.statusCode === 503) return undefined;
      const location = answer.headers['location'];
      if (typeof location !== 'string') return host;
      return new URL(location, `http://${host}`).host;
    } catch (error) {
      signal.throwIfAborted();
      this.#logger.debug('master does not answer', { master: host, error });
      return undefined;
    }
  }

  async #answers(host: string, signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await request(`http://${host}/health`, { headersTimeout: ASK_TIMEOUT_MS, signal });
      await answer.body.dump();
      return answer.statusCode === 200;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }
}
