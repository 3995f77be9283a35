import { StatusError, type KubeObject } from '@kubernetes-mesos/api-types';
import {
  Backoff,
  errorMessage,
  silentLogger,
  systemClock,
  type Clock,
  type Logger,
} from '@kubernetes-mesos/component-base';
import { ApiServerUnavailableError } from './errors';
import { EventCorrelator, type EventObject } from './event-correlator';
import type { EventRecorder } from './event-recorder';
import { EVENTS } from './resources';
import type { KubeClient } from './rest-client';

export interface EventRecorderOptions {
  readonly client: Pick<KubeClient, 'create' | 'patch'>;
  /** `scheduler`, `replication-controller`, `kubelet`: the event's source. */
  readonly component: string;
  /** The node that the component runs on; kubelets only. */
  readonly host?: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Events that wait to be written; the oldest are dropped beyond. Default 1000. */
  readonly maxQueued?: number;
  /** Time that `close` gives the server, ms. Default 5 s. */
  readonly closeTimeoutMs?: number;
}

/** A recorder that writes one event at a time, in order, and outlives a server that is away. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new QueuedEventRecorder(options);
}

/** Attempts to write one event while the server is away; the Go recorder's figure. */
const MAX_ATTEMPTS = 12;

class QueuedEventRecorder implements EventRecorder {
  readonly #client: Pick<KubeClient, 'create' | 'patch'>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #maxQueued: number;
  readonly #closeTimeoutMs: number;
  readonly #correlator: EventCorrelator;
  /** By correlation key, oldest first; a newer state of the same event takes the place of the one that waits. */
  readonly #queue = new Map<string, EventObject>();
  /** Keys whose event exists on the server as far as known. */
  readonly #created = new Set<string>();
  readonly #abort = new AbortController();
  #writing: Promise<void> | undefined;
  #closing = false;

  constructor(options: EventRecorderOptions) {
    const { client, component, host, clock = systemClock, maxQueued = 1000, closeTimeoutMs = 5000 } = options;
    this.#client = client;
    this.#clock = clock;
    this.#logger = (options.logger ?? silentLogger).child({ recorder: component });
    this.#maxQueued = maxQueued;
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#correlator = new EventCorrelator({ component, ...(host === undefined ? {} : { host }) });
  }

  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (this.#closing) return;
    const correlation = this.#correlator.correlate({ object, type, reason, message }, this.#clock.now());
    if (correlation.kind === 'dropped') return;
    this.#queue.set(correlation.key, correlation.event);
    if (this.#queue.size > this.#maxQueued) this.#dropOldest();
    this.#writing ??= this.#drain();
  }

  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      const deadline = this.#clock.setTimer(() => this.#abort.abort(), this.#closeTimeoutMs);
      await this.#writing;
      deadline.cancel();
    }
    await this.#writing;
  }

  async #drain(): Promise<void> {
    // Lets the caller go on first: `event` never waits for the network.
    await Promise.resolve();
    for (;;) {
      const entry = this.#takeOldest();
      if (entry === undefined || this.#abort.signal.aborted) break;
      await this.#write(entry.key, entry.event);
    }
    this.#writing = undefined;
  }

  async #write(key: string, event: EventObject): Promise<void> {
    const backoff = new Backoff({ initialMs: 500, maxMs: 10_000 });
    const { signal } = this.#abort;
    while (backoff.attempts < MAX_ATTEMPTS && !signal.aborted) {
      try {
        await this.#send(key, event);
        return;
      } catch (error) {
        if (!isTemporary(error)) {
          this.#logger.debug('event refused', { reason: event.reason, error: errorMessage(error) });
          this.#forget(key);
          return;
        }
      }
      await this.#clock.sleep(backoff.next(), { signal }).catch(() => undefined);
    }
    this.#logger.warn('event dropped, the API server is away', { reason: event.reason });
    this.#forget(key);
  }

  async #send(key: string, event: EventObject): Promise<void> {
    const { name = '', namespace = 'default' } = event.metadata;
    if (this.#created.has(key)) {
      try {
        const body = { message: event.message, count: event.count, lastTimestamp: event.lastTimestamp };
        await this.#client.patch(EVENTS, { namespace, name }, { kind: 'merge', body });
        return;
      } catch (error) {
        // Its time to live is over: it begins anew, with the count it has.
        if (!(error instanceof StatusError && error.code === 404)) throw error;
      }
    }
    try {
      await this.#client.create<KubeObject>(EVENTS, event);
    } catch (error) {
      // Written by an attempt whose answer was lost.
      if (!(error instanceof StatusError && error.reason === 'AlreadyExists')) throw error;
    }
    this.#remember(key);
  }

  #remember(key: string): void {
    this.#created.delete(key);
    this.#created.add(key);
    if (this.#created.size <= 4096) return;
    for (const oldest of this.#created) {
      this.#forget(oldest);
      return;
    }
  }

  #forget(key: string): void {
    this.#created.delete(key);
    this.#correlator.forget(key);
  }

  #takeOldest(): { readonly key: string; readonly event: EventObject } | undefined {
    for (const [key, event] of this.#queue) {
      this.#queue.delete(key);
      return { key, event };
    }
    return undefined;
  }

  #dropOldest(): void {
    const oldest = this.#takeOldest();
    if (oldest !== undefined && !this.#created.has(oldest.key)) this.#correlator.forget(oldest.key);
  }
}

function isTemporary(error: unknown): boolean {
  if (error instanceof ApiServerUnavailableError) return true;
  return error instanceof StatusError && (error.code === 429 || error.code >= 500);
}
