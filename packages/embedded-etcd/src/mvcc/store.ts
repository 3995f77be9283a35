import { errors } from '../errors';
import type { KeyText } from '../wire/bytes';
import { NO_LEASE } from '../wire/int64';
import { KeyHistory, type Revision } from './key-history';
import { KeyIndex } from './key-index';
import type { KeyRange } from './key-range';
import { decodeState, encodeState, encodeTombstone, type KeyState } from './key-state';

/** One change of one key: what is stored, and what watchers are told. */
export interface Change {
  readonly main: number;
  readonly sub: number;
  readonly key: KeyText;
  readonly deleted: boolean;
  /** Encoded `mvccpb.KeyValue`. */
  readonly raw: Buffer;
  /** The same of the state before. */
  readonly previous: Buffer | undefined;
}

/** Reads stored changes. */
export interface HistoryReader {
  /** Encoded `mvccpb.KeyValue` of a change. */
  read(main: number, sub: number): Buffer | undefined;
}

export interface RangeOutcome {
  /** Keys in the range, whatever the limit. */
  readonly count: number;
  readonly states: KeyState[];
}

/**
 * All keys with their history, in memory but for the values of the past. Revision 1 is the empty store. Not concerned
 * with durability: the caller stores the changes of a mutation before it tells anybody.
 */
export class Store {
  readonly #index = new KeyIndex();
  readonly #history: HistoryReader;
  #revision = 1;
  #compactRevision = -1;

  constructor(history: HistoryReader) {
    this.#history = history;
  }

  get revision(): number {
    return this.#revision;
  }

  /** The oldest revision that can be read; -1: all. */
  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** Takes a stored change in; changes come in order. */
  load(main: number, sub: number, raw: Buffer): void {
    const state = decodeState(raw);
    const deleted = state.version === 0;
    this.#historyOf(state.key).add(main, sub, deleted ? undefined : state);
    if (main > this.#revision) this.#revision = main;
  }

  /** Sets what a restart must remember beyond the changes. @returns changes that a compaction had no time to drop */
  restore(revision: number, compactRevision: number): Revision[] {
    this.#revision = Math.max(this.#revision, revision);
    return compactRevision > 0 ? this.compact(compactRevision) : [];
  }

  /** Every key that has a lease. */
  *leased(): Generator<KeyState, void> {
    for (const { live } of this.#index.all()) if (live !== undefined && live.lease !== NO_LEASE) yield live;
  }

  /** The present state of a key. */
  get(key: KeyText): KeyState | undefined {
    return this.#index.get(key)?.live;
  }

  /** @throws EtcdError for a revision that is compacted or in the future */
  checkRevision(revision: number): void {
    if (revision > this.#revision) throw errors.futureRevision();
    if (revision > 0 && revision < this.#compactRevision) throw errors.compacted();
  }

  /**
   * The keys of a range in order, as they are (`revision` 0) or were at a revision.
   * @param limit most states to return; 0 for all
   * @throws EtcdError
   */
  range(range: KeyRange, revision: number, limit: number): RangeOutcome {
    this.checkRevision(revision);
    const states: KeyState[] = [];
    let count = 0;
    const past = revision > 0 && revision < this.#revision;
    for (const history of this.#index.range(range)) {
      if (past) {
        const at = history.at(revision);
        if (at === undefined || at.deleted) continue;
        count += 1;
        if (limit === 0 || states.length < limit) states.push(this.#stateAt(history, at));
      } else if (history.live !== undefined) {
        count += 1;
        if (limit === 0 || states.length < limit) states.push(history.live);
      }
    }
    return { count, states };
  }

  /** State of a key just before a change; `undefined` when there was none or it is compacted away. */
  before(key: KeyText, main: number, sub: number): Buffer | undefined {
    const revision = this.#index.get(key)?.before(main, sub);
    return revision === undefined || revision.deleted ? undefined : this.#history.read(revision.main, revision.sub);
  }

  /** Starts changes that all carry the next revision. Only one mutation is open at a time. */
  mutate(): Mutation {
    return new Mutation(this.#index, this.#revision + 1, (main) => (this.#revision = main));
  }

  /**
   * Makes `revision` the oldest that can be read.
   * @returns the changes that need not be stored any more
   * @throws EtcdError
   */
  compact(revision: number): Revision[] {
    if (revision <= this.#compactRevision) throw errors.compacted();
    if (revision > this.#revision) throw errors.futureRevision();
    this.#compactRevision = revision;
    const dropped: Revision[] = [];
    const emptied: KeyText[] = [];
    for (const history of this.#index.all()) {
      for (const each of history.compact(revision)) dropped.push(each);
      if (history.isEmpty) emptied.push(history.key);
    }
    for (const key of emptied) this.#index.remove(key);
    return dropped;
  }

  #historyOf(key: KeyText): KeyHistory {
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const created = new KeyHistory(key);
    this.#index.add(created);
    return created;
  }

  #stateAt(history: KeyHistory, at: Revision): KeyState {
    if (history.latest === at && history.live !== undefined) return history.live;
    const raw = this.#history.read(at.main, at.sub);
    if (raw === undefined) throw new Error(`the change ${at.main}/${at.sub} is not in the database`);
    return decodeState(raw);
  }
}

/** Changes under one revision, visible to reads at once. */
export class Mutation {
  readonly #index: KeyIndex;
  readonly #main: number;
  readonly #onFirst: (main: number) => void;
  readonly #changes: Change[] = [];

  constructor(index: KeyIndex, main: number, onFirst: (main: number) => void) {
    this.#index = index;
    this.#main = main;
    this.#onFirst = onFirst;
  }

  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** @returns the state before */
  put(key: KeyText, value: Buffer, lease: string): KeyState | undefined {
    let history = this.#index.get(key);
    if (history === undefined) {
      history = new KeyHistory(key);
      this.#index.add(history);
    }
    const previous = history.live;
    const state = encodeState({
      key,
      createRevision: previous?.createRevision ?? this.#main,
      modRevision: this.#main,
      version: (previous?.version ?? 0) + 1,
      value,
      lease,
    });
    const sub = this.#record(key, false, state.raw, previous);
    history.add(this.#main, sub, state);
    return previous;
  }

  /** @returns the states of the keys deleted */
  delete(range: KeyRange): KeyState[] {
    const deleted: KeyState[] = [];
    for (const history of this.#index.range(range)) {
      const previous = history.live;
      if (previous === undefined) continue;
      const sub = this.#record(history.key, true, encodeTombstone(history.key, this.#main), previous);
      history.add(this.#main, sub, undefined);
      deleted.push(previous);
    }
    return deleted;
  }

  #record(key: KeyText, deleted: boolean, raw: Buffer, previous: KeyState | undefined): number {
    const sub = this.#changes.length;
    if (sub === 0) this.#onFirst(this.#main);
    this.#changes.push({ main: this.#main, sub, key, deleted, raw, previous: previous?.raw });
    return sub;
  }
}
