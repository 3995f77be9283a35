import type { EtcdGateway } from '../etcd/etcd-gateway';

/** One write of one key, valid only while the key is at `expectedRevision` (0: while it does not exist). */
export interface KeyWrite {
  readonly key: string;
  readonly expectedRevision: number;
  readonly change: { readonly op: 'put'; readonly value: Buffer; readonly lease?: string } | { readonly op: 'delete' };
}

export interface CommitResult {
  /** Of the write, or of etcd when it refused. */
  readonly revision: number;
  /** `false`: the key was not at the expected revision. */
  readonly succeeded: boolean;
}

/** Takes writes to etcd. The place for joining concurrent writes into one transaction. */
export interface Committer {
  /** @throws EtcdCallError; of kind `unknown` when it may or may not have happened. */
  commit(write: KeyWrite): Promise<CommitResult>;
}

/** One etcd transaction for each write. */
export class SingleCommitter implements Committer {
  readonly #gateway: EtcdGateway;

  constructor(gateway: EtcdGateway) {
    this.#gateway = gateway;
  }

  commit({ key, expectedRevision, change }: KeyWrite): Promise<CommitResult> {
    return this.#gateway.txn({
      compare: [{ key, target: 'modRevision', value: expectedRevision }],
      success: [change.op === 'put' ? { key, ...change } : { op: 'delete', key }],
      failure: [],
    });
  }
}
