/** What this package needs of etcd, in our own terms: numbers for revisions, text for keys, one error class. */
export interface EtcdGateway {
  range(request: RangeRequest): Promise<RangeResult>;
  /** One attempt, never repeated here: after an error of kind `unknown` it may or may not have been applied. */
  txn(request: TxnRequest): Promise<TxnResult>;
  /**
   * Follows a range until `signal` aborts, the stream breaks or etcd cancels it; resolves to the reason, never rejects.
   * `onEvents` gets whole revisions, in order.
   */
  watch(request: WatchRequest, onEvents: (batch: WatchBatch) => void, signal: AbortSignal): Promise<WatchEnd>;
  /** etcd's compaction below `revision`; keeps `revision` itself. */
  compact(revision: number): Promise<void>;
  /** @returns the lease's id */
  grantLease(ttlSeconds: number): Promise<string>;
  /** Renews a lease once. @returns its TTL in seconds, 0 when it is gone. */
  renewLease(id: string): Promise<number>;
  /** Ends a lease and deletes its keys; not an error when it is gone. */
  revokeLease(id: string): Promise<void>;
  close(): void;
}

/** From `key` (inclusive) to `end` (exclusive); without `end` just the key. `ALL_KEYS` as end: everything from `key` on. */
export interface KeyRange {
  readonly key: string;
  readonly end?: string;
}

export interface RangeRequest extends KeyRange {
  /** Most keys to return. */
  readonly limit?: number;
  /** The state at this revision; default the newest, linearizable. */
  readonly revision?: number;
  readonly countOnly?: boolean;
}

export interface RangeResult {
  /** etcd's revision when it answered. */
  readonly revision: number;
  readonly entries: readonly KeyValue[];
  /** Whether `limit` cut the answer. */
  readonly more: boolean;
}

export interface KeyValue {
  readonly key: string;
  readonly value: Buffer;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
}

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly TxnOp[];
  readonly failure: readonly TxnOp[];
}

/** Whether a revision (or the version count) of a key equals `value`; 0 means that the key does not exist. */
export interface Compare {
  readonly key: string;
  readonly target: 'version' | 'createRevision' | 'modRevision';
  readonly value: number;
}

export type TxnOp =
  | { readonly op: 'put'; readonly key: string; readonly value: Buffer; readonly lease?: string }
  | { readonly op: 'delete'; readonly key: string }
  | { readonly op: 'get'; readonly key: string; readonly keysOnly?: boolean }
  /** Succeeds or not by itself; the transaction around it goes on. */
  | { readonly op: 'txn'; readonly txn: TxnRequest };

export interface TxnResult {
  readonly revision: number;
  readonly succeeded: boolean;
  /** Of each operation of the branch taken: what a `get` found; empty for the others. */
  readonly entries: readonly (readonly KeyValue[])[];
  /** Of each operation: whether it is a transaction that succeeded. */
  readonly nested: readonly boolean[];
}

export interface WatchRequest extends KeyRange {
  /** First revision to deliver. */
  readonly fromRevision: number;
  /** Called once etcd has accepted the watch, with its revision at that time. */
  readonly onCreated?: (revision: number) => void;
}

export interface WatchBatch {
  /** Every event up to here has been delivered with this batch. */
  readonly revision: number;
  readonly events: readonly EtcdEvent[];
}

/** `value` is valid only while the event is delivered. */
export type EtcdEvent =
  | { readonly type: 'put'; readonly key: string; readonly revision: number; readonly value: Buffer }
  | { readonly type: 'delete'; readonly key: string; readonly revision: number };

export type WatchEnd =
  | { readonly reason: 'aborted' }
  | { readonly reason: 'compacted'; readonly compactRevision: number }
  | { readonly reason: 'broken'; readonly error: Error };

/** Key and end of the range that holds every key of the store. */
export const ALL_KEYS: KeyRange = { key: '\0', end: '\0' };

export type EtcdErrorKind =
  /** The request never left, or etcd refused to take it in: nothing happened, trying again is safe. */
  | 'notSent'
  /** No answer: it may or may not have happened. */
  | 'unknown'
  | 'compacted'
  | 'futureRevision'
  | 'leaseNotFound'
  | 'tooLarge'
  | 'noSpace'
  /** Refused for another reason; nothing happened, and trying again gives the same. */
  | 'rejected';

export class EtcdCallError extends Error {
  override readonly name = 'EtcdCallError';
  constructor(
    readonly kind: EtcdErrorKind,
    message: string,
    options?: { readonly cause: unknown },
  ) {
    super(message, options);
  }

  /** Whether another attempt may get through. */
  get retryable(): boolean {
    return this.kind === 'notSent' || this.kind === 'unknown';
  }
}

/** First key after all keys that start with `prefix`. */
export function endOfPrefix(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}
