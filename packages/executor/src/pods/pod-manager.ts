import { EventEmitter } from 'node:events';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import type { Pod } from '../api/core-v1';
import type { ContainerRuntime } from '../runtime/runtime';
import type { PodReport } from './collaborators';
import type { PodGoal } from './pod-view';
import { PodWorker, type PodWorkerOptions } from './pod-worker';

export interface PodManagerOptions extends Omit<PodWorkerOptions, 'listener' | 'logger'> {
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often volumes made from API objects are brought up to date, ms. */
  readonly volumeRefreshMs: number;
  readonly onStatus: (pod: Pod, report: PodReport) => void;
  readonly onGone: (pod: Pod) => void;
}

/** The workers of all pods on this node, by uid. */
export class PodManager {
  readonly #options: PodManagerOptions;
  readonly #workers = new Map<string, PodWorker>();
  readonly #gone = new EventEmitter().setMaxListeners(0);
  readonly #unsubscribe: () => void;
  readonly #abort = new AbortController();
  readonly #refreshing: Promise<void>;

  constructor(options: PodManagerOptions) {
    this.#options = options;
    this.#unsubscribe = options.runtime.onChange((uid) => this.#workers.get(uid)?.poke());
    this.#refreshing = this.#refreshVolumes();
  }

  get size(): number {
    return this.#workers.size;
  }

  get(uid: string): PodWorker | undefined {
    return this.#workers.get(uid);
  }

  /** By name; the newest when an old one of the name is still being stopped. */
  find(namespace: string, name: string): PodWorker | undefined {
    let found: PodWorker | undefined;
    for (const worker of this.#workers.values()) {
      const { metadata } = worker.pod;
      if (metadata.name === name && metadata.namespace === namespace) found = worker;
    }
    return found;
  }

  /** Calls back once when nothing is left of a pod that is there. Returns how to unsubscribe. */
  whenGone(uid: string, callback: () => void): () => void {
    this.#gone.once(uid, callback);
    return () => this.#gone.off(uid, callback);
  }

  list(): PodWorker[] {
    return [...this.#workers.values()];
  }

  /** Begins to run a pod; nothing when it is known. */
  add(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (this.#workers.has(uid)) return;
    const { onStatus, onGone, logger, ...options } = this.#options;
    const worker = new PodWorker(pod, {
      ...options,
      logger: logger.child({ pod: `${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}` }),
      listener: {
        statusChanged: onStatus,
        gone: (gone) => {
          this.#workers.delete(uid);
          this.#gone.emit(uid);
          onGone(gone);
        },
      },
    });
    this.#workers.set(uid, worker);
    worker.poke();
  }

  setGoal(uid: string, goal: PodGoal): void {
    this.#workers.get(uid)?.setGoal(goal);
  }

  /** Lets go of all pods; their containers are the runtime's to end. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#unsubscribe();
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
    await this.#refreshing;
  }

  async #refreshVolumes(): Promise<void> {
    const { clock, volumes, volumeRefreshMs, logger } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await clock.sleep(volumeRefreshMs, { signal }).catch(() => undefined);
      for (const worker of this.list()) {
        if (signal.aborted) return;
        if (worker.observed.sandbox?.running !== true) continue;
        await volumes.refresh(worker.pod, worker.observed.sandbox.ip).catch((error: unknown) => {
          logger.debug('volumes were not refreshed', { pod: worker.pod.metadata.name, error });
        });
      }
    }
  }
}
