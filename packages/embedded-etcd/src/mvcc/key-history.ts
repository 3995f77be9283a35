import type { KeyText } from '../wire/bytes';
import type { KeyState } from './key-state';

/** Where a change is stored: its revision and its number within it. */
export interface Revision {
  readonly main: number;
  readonly sub: number;
  readonly deleted: boolean;
}

/** When a key changed, and what it is now. Older states are read from the database by their revision. */
export class KeyHistory {
  readonly key: KeyText;
  /** Ascending. */
  #revisions: Revision[] = [];
  #live: KeyState | undefined;

  constructor(key: KeyText) {
    this.key = key;
  }

  /** The key's present state; `undefined` when it is deleted. */
  get live(): KeyState | undefined {
    return this.#live;
  }

  /** The newest change. */
  get latest(): Revision | undefined {
    return this.#revisions[this.#revisions.length - 1];
  }

  get isEmpty(): boolean {
    return this.#revisions.length === 0;
  }

  /** Appends a change; without a state a deletion. */
  add(main: number, sub: number, state: KeyState | undefined): void {
    this.#revisions.push({ main, sub, deleted: state === undefined });
    this.#live = state;
  }

  /** The last change at or before revision `main`. */
  at(main: number): Revision | undefined {
    let low = 0;
    let high = this.#revisions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const revision = this.#revisions[middle];
      if (revision !== undefined && revision.main <= main) low = middle + 1;
      else high = middle;
    }
    return this.#revisions[low - 1];
  }

  /** The change before the one at `main` and `sub`. */
  before(main: number, sub: number): Revision | undefined {
    for (let index = this.#revisions.length - 1; index >= 0; index -= 1) {
      const revision = this.#revisions[index];
      if (revision !== undefined && (revision.main < main || (revision.main === main && revision.sub < sub))) {
        return revision;
      }
    }
    return undefined;
  }

  /**
   * Drops what nobody can read any more once `main` is the oldest readable revision; a deletion at `main` itself stays
   * for watches that start there. @returns what was dropped
   */
  compact(main: number): Revision[] {
    const last = this.at(main);
    if (last === undefined) return [];
    const index = this.#revisions.indexOf(last);
    const keep = last.deleted && last.main < main ? index + 1 : index;
    return keep === 0 ? [] : this.#revisions.splice(0, keep);
  }
}
