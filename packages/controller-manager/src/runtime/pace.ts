/** Delay for each object behind a key, ms. */
const MS_PER_OBJECT = 0.2;
const MAX_MS = 1000;
/** Below this number of objects nothing is put off: a look costs less than a timer. */
const FEW = 50;

/**
 * How long the next look at a key may be put off when one of the many objects behind it changes. Work on a key costs
 * as much as it has objects; without a pause n changes of n objects cost n * n.
 */
export class Pace {
  readonly #sizes = new Map<string, number>();

  /** The key was looked at and had so many objects. */
  learn(key: string, objects: number): void {
    if (objects < FEW) this.#sizes.delete(key);
    else this.#sizes.set(key, objects);
  }

  delayMs(key: string): number {
    return Math.min(MAX_MS, (this.#sizes.get(key) ?? 0) * MS_PER_OBJECT);
  }

  forget(key: string): void {
    this.#sizes.delete(key);
  }
}
