/** One write of one key, valid only while the key is at `expectedRevision` (0: while it does not exist). */
export interface KeyWrite {
  readonly key: string;
  readonly expectedRevision: number;
  readonly change: PutChange | { readonly op: 'delete' };
  readonly guards?: readonly GuardKey[];
}

/** A key that has to be at a revision of etcd, 0 when it must not exist, and is written with the write where it moves. */
export interface GuardKey {
  readonly key: string;
  readonly revision: number;
  readonly moves: boolean;
}

export interface PutChange {
  readonly op: 'put';
  /** Ends in room for its slot, which the committer writes. */
  readonly value: Buffer;
  readonly lease?: string;
}

export interface CommitResult {
  /** Of the write, or the end of etcd's when it refused. */
  readonly revision: number;
  /** `false`: the key, or a guard, was not at the expected revision. */
  readonly succeeded: boolean;
}

/** Takes writes to etcd. */
export interface Committer {
  /** @throws EtcdCallError; of kind `unknown` when it may or may not have happened. */
  commit(write: KeyWrite): Promise<CommitResult>;
}
