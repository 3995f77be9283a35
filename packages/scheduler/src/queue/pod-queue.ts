import type { PodUid } from '../ids';
import type { PodDemand } from '../placement/demand';

export interface QueueOptions {
  /** First pause after a failure, ms. */
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  /** In [0, 1). */
  readonly random: () => number;
}

interface Waiting {
  readonly demand: PodDemand;
  /** ms of the monotonic clock; a pod is not placed before. */
  readonly notBefore: number;
  readonly queuedAt: number;
}

/**
 * Pods that wait for a place, first come, first served. Only a pod whose launch has failed is held back for a while; one
 * that no offer fits is ready at every offer, for its signature remembers which offers it was tried on.
 */
export class PodQueue {
  readonly #options: QueueOptions;
  readonly #ready = new Map<PodUid, Waiting>();
  readonly #heldBack = new Map<PodUid, Waiting>();
  /** Failed launches in a row, kept until the pod runs or is gone. */
  readonly #failures = new Map<PodUid, number>();
  /** Ready pods that Mesos has not been asked for offers for since they came or changed. */
  readonly #unasked = new Set<PodUid>();
  #nextRelease: number | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Queues a pod, or takes over its new demand where it already stands. */
  add(demand: PodDemand, now: number): void {
    const { uid, signature } = demand;
    const ready = this.#ready.get(uid);
    const heldBack = this.#heldBack.get(uid);
    if (ready !== undefined) {
      this.#ready.set(uid, { ...ready, demand });
      if (ready.demand.signature !== signature) this.#unasked.add(uid);
    } else if (heldBack !== undefined) {
      this.#heldBack.set(uid, { ...heldBack, demand });
    } else {
      this.#ready.set(uid, { demand, notBefore: now, queuedAt: now });
      this.#unasked.add(uid);
    }
  }

  /** Queues a pod whose launch failed, to be placed after its back-off. @returns the pause, ms */
  addAfterFailure(demand: PodDemand, now: number): number {
    this.remove(demand.uid);
    const failures = this.#failures.get(demand.uid) ?? 0;
    this.#failures.set(demand.uid, failures + 1);
    const { initialBackoffMs, maxBackoffMs, random } = this.#options;
    const full = Math.min(maxBackoffMs, initialBackoffMs * 2 ** failures);
    // Half fixed, half random: a burst of failures does not come back as a burst.
    const pauseMs = full / 2 + (full / 2) * random();
    const notBefore = now + pauseMs;
    this.#heldBack.set(demand.uid, { demand, notBefore, queuedAt: now });
    if (this.#nextRelease === undefined || notBefore < this.#nextRelease) this.#nextRelease = notBefore;
    return pauseMs;
  }

  /** Placed, deleted, or found to have a task. @returns since when it waited */
  remove(uid: PodUid): number | undefined {
    const waiting = this.#ready.get(uid) ?? this.#heldBack.get(uid);
    this.#ready.delete(uid);
    this.#heldBack.delete(uid);
    this.#unasked.delete(uid);
    return waiting?.queuedAt;
  }

  /** The pod runs, or is gone for good: its next failure is its first. */
  forget(uid: PodUid): void {
    this.#failures.delete(uid);
  }

  /** Lets those whose back-off has ended in again. */
  release(now: number): void {
    if (this.#nextRelease === undefined || this.#nextRelease > now) return;
    this.#nextRelease = undefined;
    for (const [uid, waiting] of this.#heldBack) {
      if (waiting.notBefore <= now) {
        this.#heldBack.delete(uid);
        this.#ready.set(uid, waiting);
        this.#unasked.add(uid);
      } else if (this.#nextRelease === undefined || waiting.notBefore < this.#nextRelease) {
        this.#nextRelease = waiting.notBefore;
      }
    }
  }

  /** When to call `release` next. */
  get nextRelease(): number | undefined {
    return this.#nextRelease;
  }

  has(uid: PodUid): boolean {
    return this.#ready.has(uid) || this.#heldBack.has(uid);
  }

  /** Those that may be placed now, in order. */
  *ready(): IterableIterator<PodDemand> {
    for (const { demand } of this.#ready.values()) yield demand;
  }

  /** Everything queued, with the time since when it waits. */
  *waiting(): IterableIterator<Waiting> {
    yield* this.#ready.values();
    yield* this.#heldBack.values();
  }

  get readyCount(): number {
    return this.#ready.size;
  }
  get size(): number {
    return this.#ready.size + this.#heldBack.size;
  }

  /** Whether some ready pod has come, or changed, since Mesos was last asked for offers. */
  get needsOffers(): boolean {
    return this.#unasked.size > 0;
  }

  /** Mesos was asked for offers on behalf of all that are ready. */
  offersAsked(): void {
    this.#unasked.clear();
  }

  /** Something has changed that makes earlier offers worth asking for again. */
  askAgain(): void {
    for (const uid of this.#ready.keys()) this.#unasked.add(uid);
  }
}
