import { createHash } from 'node:crypto';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import type { etcdserverpb } from '@kubernetes-mesos/protos';
import { DataBase, type StoredLease } from './durable/database';
import { WriteQueue } from './durable/write-queue';
import { errors } from './errors';
import { Lessor } from './leases/lessor';
import { Operations, type Outcome } from './mvcc/operations';
import { answerRange } from './mvcc/range-query';
import type { Revision } from './mvcc/key-history';
import { Store, type Change } from './mvcc/store';
import { NO_LEASE } from './wire/int64';
import { Headers, rangeResponse } from './wire/responses';
import { WatchHub } from './watch/watch-hub';

export interface EngineOptions {
  readonly dataDir: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The disk refused a commit: what was acknowledged is safe, nothing more can be. */
  readonly onFatal: (error: Error) => void;
}

/** Changes deleted from the database in one transaction; a compaction leaves room for writers in between. */
const DROPS_PER_COMMIT = 5_000;

/**
 * One etcd member: keys, leases and watches over a data directory. Whoever gets an answer can rely on it being on disk;
 * also a reader, who is never shown what a crash could take back.
 */
export class Engine {
  readonly headers: Headers;
  readonly lessor: Lessor;
  readonly hub: WatchHub;
  readonly #database: DataBase;
  readonly #store: Store;
  readonly #queue: WriteQueue;
  readonly #operations: Operations;
  readonly #logger: Logger;
  #compaction: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(database: DataBase, options: EngineOptions) {
    this.#database = database;
    this.#logger = options.logger;
    this.headers = new Headers(database.meta);
    this.#queue = new WriteQueue(
      database,
      (changes) => this.hub.publish(changes),
      (error) => options.onFatal(error),
    );
    this.#store = new Store(this.#queue);
    this.lessor = new Lessor(options.clock, (ids) => this.#expire(ids));
    this.#operations = new Operations(this.#store, this.lessor);
    const leftOver = this.#load();
    this.hub = new WatchHub(this.#history(), this.#store.revision);
    if (leftOver.length > 0) this.#compaction = this.#drop(leftOver);
  }

  /** @throws FatalError when the directory cannot be used */
  static async open(options: EngineOptions): Promise<Engine> {
    return new Engine(await DataBase.open(options.dataDir), options);
  }

  get revision(): number {
    return this.#store.revision;
  }

  get compactRevision(): number {
    return this.#store.compactRevision;
  }

  async range(request: etcdserverpb.IRangeRequest): Promise<Buffer> {
    const { kvs, more, count } = answerRange(this.#store, request);
    const { revision } = this.#store;
    if (revision > this.hub.revision) await this.#queue.settled();
    return rangeResponse(this.headers.encoded(revision), kvs, more, count);
  }

  put(request: etcdserverpb.IPutRequest): Promise<Buffer> {
    return this.#write(() => this.#operations.put(request));
  }

  deleteRange(request: etcdserverpb.IDeleteRangeRequest): Promise<Buffer> {
    return this.#write(() => this.#operations.deleteRange(request));
  }

  txn(request: etcdserverpb.ITxnRequest): Promise<Buffer> {
    return this.#write(() => this.#operations.txn(request));
  }

  /** @param physical wait until the space is free. @throws EtcdError */
  async compact(revision: number, physical: boolean): Promise<void> {
    const dropped = this.#store.compact(revision);
    await this.#persist({});
    this.#compaction = this.#compaction.then(() => this.#drop(dropped));
    if (physical) await this.#compaction;
  }

  /** @throws EtcdError */
  async grantLease(id: string, ttlSeconds: number): Promise<StoredLease> {
    const lease = this.lessor.grant(id, ttlSeconds);
    await this.#persist({ grantedLeases: [lease] });
    return lease;
  }

  /** Ends a lease and deletes its keys. @throws EtcdError */
  async revokeLease(id: string): Promise<void> {
    const changes = this.#operations.deleteKeys(this.lessor.end(id));
    await this.#persist({ changes, endedLeases: [id] });
  }

  /** A checksum over what is stored up to a revision (0: now). @throws EtcdError */
  async hash(revision: number): Promise<number> {
    this.#store.checkRevision(revision);
    await this.#queue.settled();
    const hash = createHash('sha256');
    for (const { main, raw } of this.#database.changes()) {
      if (revision > 0 && main > revision) break;
      hash.update(raw);
    }
    return hash.digest().readUInt32BE(0);
  }

  size(): { readonly total: number; readonly used: number } {
    return this.#database.size();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.lessor.close();
    await this.#queue.close();
    await this.#compaction;
    await this.#database.close();
  }

  /** Reads the directory. @returns what a compaction had no time to drop */
  #load(): Revision[] {
    for (const { main, sub, raw } of this.#database.changes()) this.#store.load(main, sub, raw);
    const { revision, compactRevision } = this.#database.meta;
    const leftOver = this.#store.restore(revision, compactRevision);
    for (const lease of this.#database.leases()) this.lessor.restore(lease);
    for (const { key, lease } of this.#store.leased()) this.lessor.attach(key, NO_LEASE, lease);
    return leftOver;
  }

  #history(): ConstructorParameters<typeof WatchHub>[0] {
    const store = this.#store;
    const database = this.#database;
    return {
      changesFrom: (main) => database.changesFrom(main),
      before: (key, main, sub) => store.before(key, main, sub),
      get compactRevision() {
        return store.compactRevision;
      },
    };
  }

  async #write(perform: () => Outcome): Promise<Buffer> {
    if (this.#closing !== undefined) throw errors.stopped();
    const { changes, respond } = perform();
    const { revision } = this.#store;
    if (changes.length > 0) await this.#persist({ changes });
    else if (revision > this.hub.revision) await this.#queue.settled();
    return respond(this.headers.encoded(revision));
  }

  #persist(write: {
    readonly changes?: readonly Change[];
    readonly grantedLeases?: readonly StoredLease[];
    readonly endedLeases?: readonly string[];
  }): Promise<void> {
    const { revision, compactRevision } = this.#store;
    return this.#queue.write({ ...write, revision, compactRevision });
  }

  #expire(ids: readonly string[]): void {
    for (const id of ids) {
      const changes = this.#operations.deleteKeys(this.lessor.end(id));
      this.#logger.debug('a lease has run out', { lease: id, keys: changes.length });
      // A commit that fails is reported by the queue.
      this.#persist({ changes, endedLeases: [id] }).catch(() => undefined);
    }
  }

  async #drop(changes: readonly Revision[]): Promise<void> {
    try {
      for (let from = 0; from < changes.length; from += DROPS_PER_COMMIT) {
        await this.#database.drop(changes.slice(from, from + DROPS_PER_COMMIT));
      }
    } catch (error) {
      this.#logger.warn('could not drop compacted history, trying again at the next start', { error });
    }
  }
}
