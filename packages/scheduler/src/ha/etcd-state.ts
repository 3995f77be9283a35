import { randomUUID } from 'node:crypto';
import { Backoff, errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { connectCoordination, type Fence, type KeyValueStore, type Leadership } from '@kubernetes-mesos/storage';
import type { ExecutorRecord } from '../tasks/executor-catalog';
import { parseExecutorRecords, type ExecutorRecordStore } from './executor-record-store';
import type { FrameworkIdStore } from './framework-id-store';

export interface EtcdStateOptions {
  readonly servers: readonly string[];
  readonly frameworkName: string;
  /** 0: the id is not kept. */
  readonly failoverTimeoutSeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What schedulers of one framework share: who leads, the framework's id, and how its executors were started. */
export interface EtcdState {
  /** Waits until this process leads. @throws the signal's reason */
  lead(signal: AbortSignal): Promise<Leadership>;
  /** With the leadership under which it may be written, if there is an election. */
  frameworkIds(leadership: Leadership | undefined): FrameworkIdStore;
  executorRecords(leadership: Leadership | undefined): ExecutorRecordStore;
  close(): void;
}

const PREFIX = '/mesos/k8sm/';
const DEFAULT_NAME = 'Kubernetes';
const LEADER_TTL_SECONDS = 30;
/** A timeout beyond this is for ever, and needs no lease. */
const FOREVER_SECONDS = 10 * 365 * 24 * 3600;

export async function openEtcdState(options: EtcdStateOptions): Promise<EtcdState> {
  const { servers, frameworkName, clock, logger } = options;
  const coordination = await connectCoordination({ endpoints: [...servers], logger, clock });
  const keyValues = coordination.keyValues(PREFIX);
  // The first framework of an etcd keeps its id where it always was; others must not meet it there.
  const idKey = frameworkName === DEFAULT_NAME ? 'frameworkid' : `framework/${frameworkName}/frameworkid`;
  return {
    lead: (signal) =>
      coordination
        .election({
          key: `${PREFIX}framework/${frameworkName}/leader`,
          identity: randomUUID(),
          ttlSeconds: LEADER_TTL_SECONDS,
        })
        .campaign(signal),
    frameworkIds: (leadership) => new EtcdFrameworkIds(keyValues, idKey, options, leadership?.fence),
    executorRecords: (leadership) =>
      new EtcdExecutorRecords(keyValues, `framework/${frameworkName}/executors`, options, leadership?.fence),
    close: () => coordination.close(),
  };
}

/**
 * How often the id is written again, ms, so that it is not forgotten while the framework lives: often enough for its
 * timeout, but not so often that leases pile up in etcd.
 */
export function frameworkIdRefreshMs(failoverTimeoutSeconds: number, configuredMs: number): number {
  const timeoutMs = failoverTimeoutSeconds * 1000;
  if (timeoutMs < 2 * configuredMs) return Math.max(1000, timeoutMs / 2);
  return Math.max(configuredMs, timeoutMs / 20);
}

class EtcdFrameworkIds implements FrameworkIdStore {
  readonly #keyValues: KeyValueStore;
  readonly #key: string;
  readonly #options: EtcdStateOptions;
  readonly #fence: { readonly fence?: Fence };

  constructor(keyValues: KeyValueStore, key: string, options: EtcdStateOptions, fence: Fence | undefined) {
    this.#keyValues = keyValues;
    this.#key = key;
    this.#options = options;
    this.#fence = fence === undefined ? {} : { fence };
  }

  async load(signal: AbortSignal): Promise<string | undefined> {
    const id = await patiently(this.#options, signal, () => this.#keyValues.get(this.#key));
    return id === '' ? undefined : id;
  }

  async save(id: string): Promise<void> {
    const seconds = Math.floor(this.#options.failoverTimeoutSeconds);
    if (seconds <= 0) return;
    const ttl = seconds >= FOREVER_SECONDS ? {} : { ttlSeconds: Math.max(2, seconds) };
    await this.#keyValues.put(this.#key, id, { ...ttl, ...this.#fence });
  }

  async clear(signal: AbortSignal): Promise<void> {
    await patiently(this.#options, signal, () => this.#keyValues.delete(this.#key, this.#fence));
  }
}

class EtcdExecutorRecords implements ExecutorRecordStore {
  readonly #keyValues: KeyValueStore;
  readonly #key: string;
  readonly #options: EtcdStateOptions;
  readonly #fence: { readonly fence?: Fence };

  constructor(keyValues: KeyValueStore, key: string, options: EtcdStateOptions, fence: Fence | undefined) {
    this.#keyValues = keyValues;
    this.#key = key;
    this.#options = options;
    this.#fence = fence === undefined ? {} : { fence };
  }

  async load(signal: AbortSignal): Promise<readonly ExecutorRecord[]> {
    return parseExecutorRecords(await patiently(this.#options, signal, () => this.#keyValues.get(this.#key)));
  }

  async save(records: readonly ExecutorRecord[]): Promise<void> {
    await this.#keyValues.put(this.#key, JSON.stringify(records), this.#fence);
  }
}

/** Without etcd no scheduler can start safely: wait for it. */
async function patiently<T>(options: EtcdStateOptions, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  const { clock, logger, servers } = options;
  const backoff = new Backoff({ initialMs: 500, maxMs: 15_000 });
  for (;;) {
    signal.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      const delayMs = Math.round(backoff.next());
      logger.warn('etcd does not answer, will retry', {
        etcd: servers.join(','),
        delayMs,
        error: errorMessage(error),
      });
      await clock.sleep(delayMs, { signal });
    }
  }
}
