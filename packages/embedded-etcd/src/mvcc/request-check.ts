import type { etcdserverpb } from '@kubernetes-mesos/protos';
import { errors } from '../errors';
import { toText, type KeyText } from '../wire/bytes';
import { NO_LEASE, toId } from '../wire/int64';
import { contains, keyRange, type KeyRange } from './key-range';

/** etcd's `--max-txn-ops`. */
const MAX_TXN_OPS = 128;

/** What etcd refuses before it looks at any data. @throws EtcdError */
export function checkRange(request: etcdserverpb.IRangeRequest): void {
  if (isEmpty(request.key)) throw errors.emptyKey();
}

export function checkPut(request: etcdserverpb.IPutRequest): void {
  if (isEmpty(request.key)) throw errors.emptyKey();
  if (request.ignore_value === true && !isEmpty(request.value)) throw errors.valueProvided();
  if (request.ignore_lease === true && toId(request.lease) !== NO_LEASE) throw errors.leaseProvided();
}

export function checkDeleteRange(request: etcdserverpb.IDeleteRangeRequest): void {
  if (isEmpty(request.key)) throw errors.emptyKey();
}

export function checkTxn(request: etcdserverpb.ITxnRequest): void {
  checkOps(request);
  checkOverlaps(request.success ?? []);
  checkOverlaps(request.failure ?? []);
}

function checkOps(request: etcdserverpb.ITxnRequest): void {
  const { compare, success, failure } = request;
  for (const list of [compare, success, failure]) {
    if ((list?.length ?? 0) > MAX_TXN_OPS) throw errors.tooManyOps();
  }
  for (const each of compare ?? []) if (isEmpty(each.key)) throw errors.emptyKey();
  for (const op of [...(success ?? []), ...(failure ?? [])]) {
    if (isSet(op.request_range)) checkRange(op.request_range);
    else if (isSet(op.request_put)) checkPut(op.request_put);
    else if (isSet(op.request_delete_range)) checkDeleteRange(op.request_delete_range);
    else if (isSet(op.request_txn)) checkOps(op.request_txn);
    else throw errors.keyNotFound();
  }
}

/** What a branch writes. */
interface Writes {
  readonly puts: Set<KeyText>;
  readonly deletes: KeyRange[];
}

/** No key may be put twice, or put and deleted, in what can happen together. The branches of a nested txn exclude each other. */
function checkOverlaps(ops: readonly etcdserverpb.IRequestOp[]): Writes {
  const deletes = ops.flatMap(({ request_delete_range: each }) =>
    isSet(each) ? [keyRange(each.key, each.range_end)] : [],
  );
  const puts = new Set<KeyText>();
  for (const { request_txn: txn } of ops) {
    if (!isSet(txn)) continue;
    const branches = [checkOverlaps(txn.success ?? []), checkOverlaps(txn.failure ?? [])];
    for (const branch of branches) {
      for (const key of branch.puts) if (puts.has(key) || covers(deletes, key)) throw errors.duplicateKey();
    }
    for (const branch of branches) {
      branch.puts.forEach((key) => puts.add(key));
      deletes.push(...branch.deletes);
    }
  }
  for (const { request_put: put } of ops) {
    if (!isSet(put)) continue;
    const key = toText(put.key);
    if (puts.has(key) || covers(deletes, key)) throw errors.duplicateKey();
    puts.add(key);
  }
  return { puts, deletes };
}

function covers(ranges: readonly KeyRange[], key: KeyText): boolean {
  // etcd overlooks deletions without an end here, and performs the operations in their order.
  return ranges.some((range) => range.to !== undefined && contains(range, key));
}

function isEmpty(bytes: Uint8Array | null | undefined): boolean {
  return bytes === null || bytes === undefined || bytes.length === 0;
}

export function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
