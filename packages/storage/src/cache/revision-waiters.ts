interface Waiter {
  readonly revision: number;
  readonly resolve: () => void;
}

/** Promises that wait for a revision to be reached, nearly always one of the next few. */
export class RevisionWaiters {
  /** Ascending by revision. */
  readonly #waiters: Waiter[] = [];

  /** Resolves at `reached(revision)` or above. `cancel` forgets it. */
  wait(revision: number): { readonly reached: Promise<void>; readonly cancel: () => void } {
    let resolve: () => void = () => undefined;
    const reached = new Promise<void>((done) => (resolve = done));
    const waiter = { revision, resolve };
    let at = this.#waiters.length;
    while (at > 0 && (this.#waiters[at - 1]?.revision ?? 0) > revision) at -= 1;
    this.#waiters.splice(at, 0, waiter);
    return {
      reached,
      cancel: () => {
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
      },
    };
  }

  /** Resolves all that wait for `revision` or less. */
  reached(revision: number): void {
    let count = 0;
    for (const waiter of this.#waiters) {
      if (waiter.revision > revision) break;
      count += 1;
    }
    if (count === 0) return;
    for (const waiter of this.#waiters.splice(0, count)) waiter.resolve();
  }

  /** The lowest revision waited for. */
  get lowest(): number | undefined {
    return this.#waiters[0]?.revision;
  }
}
