import { mvccpb } from '@kubernetes-mesos/protos';
import { contains } from '../mvcc/key-range';
import type { Change } from '../mvcc/store';
import { toText, type KeyText } from '../wire/bytes';
import { toNumber } from '../wire/int64';
import { eventBytes } from '../wire/responses';
import type { WatchedChange, Watcher } from './watcher';

/** Where the past is read from. */
export interface History {
  /** Stored changes of the revisions from `main` on. */
  changesFrom(main: number): Iterable<{ readonly main: number; readonly sub: number; readonly raw: Buffer }>;
  /** Encoded state of a key before a change. */
  before(key: KeyText, main: number, sub: number): Buffer | undefined;
  /** The oldest revision that is complete. */
  readonly compactRevision: number;
}

/** How much history is read for one watcher before others get their turn. */
const CHANGES_PER_TURN = 1_000;

/** Brings committed changes to watchers: the newest as they come, the past from the database. */
export class WatchHub {
  readonly #history: History;
  #revision: number;
  /** Live watchers of one key, and of ranges. */
  readonly #byKey = new Map<KeyText, Set<Watcher>>();
  readonly #ranges = new Set<Watcher>();

  /** @param revision the newest that is on disk */
  constructor(history: History, revision: number) {
    this.#history = history;
    this.#revision = revision;
  }

  /** The newest revision that watchers may know of. */
  get revision(): number {
    return this.#revision;
  }

  add(watcher: Watcher): void {
    this.resume(watcher);
  }

  /** Goes on with a watcher whose client takes events again, or that is new. */
  resume(watcher: Watcher): void {
    if (watcher.state === 'ended' || watcher.state === 'live') return;
    watcher.state = 'behind';
    this.#catchUp(watcher);
  }

  remove(watcher: Watcher): void {
    watcher.state = 'ended';
    this.#unlist(watcher);
  }

  /** Changes that are on disk now, in order. */
  publish(changes: readonly Change[]): void {
    const last = changes[changes.length - 1];
    if (last === undefined) return;
    this.#revision = last.main;
    const watched = changes.map(watchedChange);
    for (const watcher of [...this.#ranges]) {
      this.#deliver(
        watcher,
        watched.filter((change) => contains(watcher.spec.range, change.key)),
        last.main,
      );
    }
    const byWatcher = new Map<Watcher, WatchedChange[]>();
    for (const change of watched) {
      for (const watcher of this.#byKey.get(change.key) ?? []) {
        const list = byWatcher.get(watcher);
        if (list === undefined) byWatcher.set(watcher, [change]);
        else list.push(change);
      }
    }
    for (const [watcher, list] of byWatcher) this.#deliver(watcher, list, last.main);
  }

  /** @param upTo the revision that the changes complete */
  #deliver(watcher: Watcher, changes: readonly WatchedChange[], upTo: number): void {
    const events = changes
      .filter((change) => watcher.wants(change))
      .map((change) => change.event(watcher.spec.withPrevious));
    watcher.next = Math.max(watcher.next, upTo + 1);
    if (events.length > 0 && !watcher.sink.deliver(watcher, events) && watcher.state === 'live') {
      this.#unlist(watcher);
      watcher.state = 'stalled';
    }
  }

  #catchUp(watcher: Watcher): void {
    if (watcher.state !== 'behind') return;
    // A watcher of one key is not told of other revisions, so its position is brought forward here.
    const { compactRevision } = this.#history;
    if (watcher.next < compactRevision) {
      this.remove(watcher);
      watcher.sink.compacted(watcher, compactRevision);
      return;
    }
    if (watcher.next > this.#revision) {
      this.#goLive(watcher);
      return;
    }
    const { changes, upTo } = this.#readHistory(watcher);
    this.#deliver(watcher, changes, upTo);
    if (watcher.state !== 'behind') return;
    if (watcher.next > this.#revision) this.#goLive(watcher);
    else setImmediate(() => this.#catchUp(watcher));
  }

  /** The next changes for a watcher, whole revisions, and the revision that they complete. */
  #readHistory(watcher: Watcher): { readonly changes: WatchedChange[]; readonly upTo: number } {
    const changes: WatchedChange[] = [];
    let upTo = this.#revision;
    let read = 0;
    let current = watcher.next;
    for (const { main, sub, raw } of this.#history.changesFrom(watcher.next)) {
      if (main > this.#revision) break;
      if (main !== current && read >= CHANGES_PER_TURN) {
        upTo = current;
        break;
      }
      current = main;
      read += 1;
      const kv = mvccpb.KeyValue.decode(raw);
      const key = toText(kv.key);
      if (!contains(watcher.spec.range, key)) continue;
      const previous = watcher.spec.withPrevious ? this.#history.before(key, main, sub) : undefined;
      const deleted = toNumber(kv.version) === 0;
      changes.push({ main, key, deleted, event: () => eventBytes(deleted, raw, previous) });
    }
    return { changes, upTo };
  }

  #goLive(watcher: Watcher): void {
    watcher.state = 'live';
    const { range } = watcher.spec;
    if (range.single) {
      const watchers = this.#byKey.get(range.from);
      if (watchers === undefined) this.#byKey.set(range.from, new Set([watcher]));
      else watchers.add(watcher);
    } else this.#ranges.add(watcher);
    watcher.sink.caughtUp(watcher);
  }

  #unlist(watcher: Watcher): void {
    const { range } = watcher.spec;
    if (!range.single) {
      this.#ranges.delete(watcher);
      return;
    }
    const watchers = this.#byKey.get(range.from);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#byKey.delete(range.from);
  }
}

function watchedChange({ main, key, deleted, raw, previous }: Change): WatchedChange {
  let plain: Buffer | undefined;
  let full: Buffer | undefined;
  return {
    main,
    key,
    deleted,
    event(withPrevious) {
      if (withPrevious && previous !== undefined) return (full ??= eventBytes(deleted, raw, previous));
      return (plain ??= eventBytes(deleted, raw, undefined));
    },
  };
}
