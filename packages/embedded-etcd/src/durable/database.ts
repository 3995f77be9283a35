import type { Database, RootDatabase } from 'lmdb';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { FatalError } from '@kubernetes-mesos/component-base';
import type { Change } from '../mvcc/store';

/** One stored change. */
export interface StoredChange {
  readonly main: number;
  readonly sub: number;
  readonly raw: Buffer;
}

/** What is kept of a lease; its time starts anew at a restart, as in etcd. */
export interface StoredLease {
  readonly id: string;
  readonly ttlSeconds: number;
}

/** What is remembered beside changes and leases. */
export interface StoredMeta {
  readonly clusterId: string;
  readonly memberId: string;
  readonly compactRevision: number;
  /** Newest revision; kept because compaction may have dropped its changes. */
  readonly revision: number;
}

/** Everything of one commit: stored whole or not at all. */
export interface Batch {
  readonly changes: readonly Change[];
  readonly grantedLeases: readonly StoredLease[];
  readonly endedLeases: readonly string[];
  readonly revision: number;
  readonly compactRevision: number;
}

const META_KEY = 'meta';
/** `main` in eight bytes and `sub` in four, big-endian: the database's order is the order of changes. */
const KEY_LENGTH = 12;

/** The data directory: one LMDB environment. A commit is on disk when its promise resolves. */
export class DataBase {
  readonly #root: RootDatabase;
  readonly #changes: Database<Buffer, Buffer>;
  readonly #leases: Database<number, string>;
  readonly #meta: Database<StoredMeta, string>;
  #metaValue: StoredMeta;

  private constructor(root: RootDatabase) {
    this.#root = root;
    this.#changes = root.openDB<Buffer, Buffer>({ name: 'changes', keyEncoding: 'binary', encoding: 'binary' });
    this.#leases = root.openDB<number, string>({ name: 'leases', encoding: 'json' });
    this.#meta = root.openDB<StoredMeta, string>({ name: 'meta', encoding: 'json' });
    this.#metaValue = this.#meta.get(META_KEY) ?? {
      clusterId: randomId(),
      memberId: randomId(),
      compactRevision: -1,
      revision: 1,
    };
  }

  /**
   * Opens the directory, or creates it. Loads the native library only now.
   * @throws FatalError when the directory cannot be used.
   */
  static async open(path: string): Promise<DataBase> {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      const { open } = await import('lmdb');
      const database = new DataBase(open({ path, noSubdir: false, maxDbs: 4, overlappingSync: false }));
      await database.#meta.put(META_KEY, database.#metaValue);
      return database;
    } catch (error) {
      throw new FatalError(`cannot use the data directory ${path}`, { cause: error });
    }
  }

  get meta(): StoredMeta {
    return this.#metaValue;
  }

  /** All stored changes, in order. */
  *changes(): Generator<StoredChange, void> {
    for (const { key, value } of this.#changes.getRange({})) yield { ...parseKey(key), raw: value };
  }

  /** Stored changes of the revisions from `main` on, in order. */
  *changesFrom(main: number): Generator<StoredChange, void> {
    for (const { key, value } of this.#changes.getRange({ start: changeKey(main, 0) })) {
      yield { ...parseKey(key), raw: value };
    }
  }

  leases(): StoredLease[] {
    return Array.from(this.#leases.getRange({}), ({ key, value }) => ({ id: key, ttlSeconds: value }));
  }

  read(main: number, sub: number): Buffer | undefined {
    return this.#changes.get(changeKey(main, sub));
  }

  /** Stores a batch in one transaction; on disk when this resolves. */
  async commit(batch: Batch): Promise<void> {
    const meta = { ...this.#metaValue, revision: batch.revision, compactRevision: batch.compactRevision };
    await this.#root.transaction(() => {
      for (const change of batch.changes) void this.#changes.put(changeKey(change.main, change.sub), change.raw);
      for (const lease of batch.grantedLeases) void this.#leases.put(lease.id, lease.ttlSeconds);
      for (const id of batch.endedLeases) void this.#leases.remove(id);
      if (meta.compactRevision !== this.#metaValue.compactRevision || batch.changes.length > 0) {
        void this.#meta.put(META_KEY, meta);
      }
    });
    this.#metaValue = meta;
  }

  /** Deletes changes that nobody can read any more. */
  async drop(changes: readonly { readonly main: number; readonly sub: number }[]): Promise<void> {
    await this.#root.transaction(() => {
      for (const { main, sub } of changes) void this.#changes.remove(changeKey(main, sub));
    });
  }

  /** Bytes of the file, and of what is used of it. */
  size(): { readonly total: number; readonly used: number } {
    const stats: unknown = this.#root.getStats();
    const {
      lastPageNumber = 0,
      pageSize = 4096,
      free,
    } = stats as {
      lastPageNumber?: number;
      pageSize?: number;
      free?: { entryCount?: number };
    };
    const total = (lastPageNumber + 1) * pageSize;
    return { total, used: total - (free?.entryCount ?? 0) * pageSize };
  }

  close(): Promise<void> {
    return this.#root.close();
  }
}

function changeKey(main: number, sub: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_LENGTH);
  key.writeUInt32BE(Math.floor(main / 0x1_0000_0000), 0);
  key.writeUInt32BE(main % 0x1_0000_0000, 4);
  key.writeUInt32BE(sub, 8);
  return key;
}

function parseKey(key: Buffer): { readonly main: number; readonly sub: number } {
  return { main: key.readUInt32BE(0) * 0x1_0000_0000 + key.readUInt32BE(4), sub: key.readUInt32BE(8) };
}

/** A random positive 63-bit id in decimal. */
function randomId(): string {
  return (randomBytes(8).readBigUInt64BE() >> 1n).toString();
}
