import { endOfRevision, etcdRevisionOf, nextSlot, revisionOf } from '../codec/revision';
import { writeSlot } from '../codec/write-id';
import { EtcdCallError, type EtcdGateway, type TxnOp, type TxnRequest } from '../etcd/etcd-gateway';
import type { CommitResult, Committer, KeyWrite } from './committer';

interface QueuedWrite {
  readonly write: KeyWrite;
  readonly bytes: number;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

/** etcd allows 128 operations in a transaction by default, counting those around. */
const MAX_WRITES = 64;
/** etcd allows 1.5 MiB in a request by default. */
const MAX_BYTES = 1024 * 1024;
/** One transaction is prepared here while etcd works on another. */
const MAX_UNDER_WAY = 2;

/**
 * Joins writes that wait at the same time into one etcd transaction, in which each has a transaction of its own: one
 * refusal is one writer's. Nobody waits for company: a write alone goes out in the same turn of the event loop, and what
 * comes while etcd is busy is the next group. A key is in a group at most once, so that etcd's revision and the key still
 * name one state.
 */
export class GroupCommitter implements Committer {
  readonly #gateway: EtcdGateway;
  #queue: QueuedWrite[] = [];
  #underWay = 0;
  #isScheduled = false;

  constructor(gateway: EtcdGateway) {
    this.#gateway = gateway;
  }

  commit(write: KeyWrite): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      const bytes = write.key.length + (write.change.op === 'put' ? write.change.value.length : 0);
      this.#queue.push({ write, bytes, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay >= MAX_UNDER_WAY) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#queue.length > 0 && this.#underWay < MAX_UNDER_WAY) void this.#send(this.#nextGroup());
  }

  /** Writes in the order in which they came; a second one of a key stays for the next group. */
  #nextGroup(): readonly QueuedWrite[] {
    const group: QueuedWrite[] = [];
    const rest: QueuedWrite[] = [];
    const keys = new Set<string>();
    let bytes = 0;
    for (const each of this.#queue) {
      const { key } = each.write;
      const fits = group.length < MAX_WRITES && (group.length === 0 || bytes + each.bytes <= MAX_BYTES);
      if (!fits || keys.has(key)) rest.push(each);
      else {
        group.push(each);
        bytes += each.bytes;
      }
      keys.add(key);
    }
    this.#queue = rest;
    return group;
  }

  async #send(group: readonly QueuedWrite[]): Promise<void> {
    this.#underWay += 1;
    try {
      const [first] = group;
      if (group.length === 1 && first !== undefined) await this.#sendAlone(first);
      else await this.#sendGroup(group);
    } finally {
      this.#underWay -= 1;
      if (this.#queue.length > 0) this.#schedule();
    }
  }

  async #sendAlone({ write, resolve, reject }: QueuedWrite): Promise<void> {
    try {
      const { revision, succeeded } = await this.#gateway.txn(transactionOf(write, 0));
      resolve({ succeeded, revision: succeeded ? revisionOf(revision, 0) : endOfRevision(revision) });
    } catch (error) {
      reject(error);
    }
  }

  async #sendGroup(group: readonly QueuedWrite[]): Promise<void> {
    try {
      const success = group.map(({ write }, slot): TxnOp => ({ op: 'txn', txn: transactionOf(write, slot) }));
      const { revision, nested } = await this.#gateway.txn({ compare: [], success, failure: [] });
      let slot = -1;
      for (const [index, { write, resolve }] of group.entries()) {
        const succeeded = nested[index] === true;
        if (succeeded) slot = nextSlot(slot, write.change.op === 'put' ? index : undefined);
        resolve({ succeeded, revision: succeeded ? revisionOf(revision, slot) : endOfRevision(revision) });
      }
    } catch (error) {
      // What etcd refused as a whole may be one write's fault: nothing has happened, and each can be tried alone.
      if (error instanceof EtcdCallError && !error.retryable) {
        for (const each of group) await this.#sendAlone(each);
      } else for (const { reject } of group) reject(error);
    }
  }
}

function transactionOf({ key, expectedRevision, change, guards = [] }: KeyWrite, slot: number): TxnRequest {
  if (change.op === 'put') writeSlot(change.value, slot);
  return {
    compare: [
      { key, target: 'modRevision', value: etcdRevisionOf(expectedRevision) },
      ...guards.map(({ key: guard, revision }) => ({ key: guard, target: 'modRevision', value: revision }) as const),
    ],
    success: [
      change.op === 'put' ? { key, ...change } : { op: 'delete', key },
      ...guards.filter(({ moves }) => moves).map((guard) => ({ op: 'put', key: guard.key, value: NOTHING }) as const),
    ],
    failure: [],
  };
}

const NOTHING = Buffer.alloc(0);
