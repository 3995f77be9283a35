import type { Change, HistoryReader } from '../mvcc/store';
import type { Batch, DataBase, StoredLease } from './database';

/** What one request changes. */
export interface Write {
  readonly changes?: readonly Change[];
  readonly grantedLeases?: readonly StoredLease[];
  readonly endedLeases?: readonly string[];
  /** etcd's revision with these changes. */
  readonly revision: number;
  readonly compactRevision: number;
}

interface Waiting {
  readonly write: Write;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Takes writes to the disk in their order. What arrives while a commit is under way goes into the next one together, so
 * that many writers share the cost of a flush and a lone writer does not wait.
 */
export class WriteQueue implements HistoryReader {
  readonly #database: DataBase;
  readonly #onCommitted: (changes: readonly Change[]) => void;
  readonly #onFailed: (error: Error) => void;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #failed: Error | undefined;
  /** The newest write. */
  #last: Promise<void> = Promise.resolve();
  /** Changes that are not in the database yet, by revision. */
  readonly #pending = new Map<number, readonly Change[]>();

  /**
   * @param onCommitted told of each commit's changes, in order, before the writers are
   * @param onFailed the disk refused: what is in memory is ahead of it, and nothing more is taken
   */
  constructor(database: DataBase, onCommitted: (changes: readonly Change[]) => void, onFailed: (error: Error) => void) {
    this.#database = database;
    this.#onCommitted = onCommitted;
    this.#onFailed = onFailed;
  }

  /** Resolves when the write, and everything before it, is on disk. */
  write(write: Write): Promise<void> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    const [first] = write.changes ?? [];
    if (first !== undefined && write.changes !== undefined) this.#pending.set(first.main, write.changes);
    this.#last = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      this.#running ??= this.#run();
    });
    return this.#last;
  }

  /** Resolves when everything written so far is on disk. */
  settled(): Promise<void> {
    return this.#last;
  }

  read(main: number, sub: number): Buffer | undefined {
    return this.#pending.get(main)?.[sub]?.raw ?? this.#database.read(main, sub);
  }

  async close(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Whatever else this turn of the event loop brings joins the first commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#commit(group);
    }
    this.#running = undefined;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const batch = join(group);
    try {
      if (this.#failed !== undefined) throw this.#failed;
      await this.#database.commit(batch);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (this.#failed === undefined) {
        this.#failed = failure;
        this.#onFailed(failure);
      }
      for (const { reject } of group) reject(failure);
      return;
    }
    for (const change of batch.changes) this.#pending.delete(change.main);
    this.#onCommitted(batch.changes);
    for (const { resolve } of group) resolve();
  }
}

function join(group: readonly Waiting[]): Batch {
  const last = group[group.length - 1]?.write;
  return {
    changes: group.flatMap(({ write }) => write.changes ?? []),
    grantedLeases: group.flatMap(({ write }) => write.grantedLeases ?? []),
    endedLeases: group.flatMap(({ write }) => write.endedLeases ?? []),
    revision: last?.revision ?? 1,
    compactRevision: last?.compactRevision ?? -1,
  };
}
