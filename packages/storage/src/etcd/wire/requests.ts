import { assertNever } from '@kubernetes-mesos/component-base';
import type { Compare, KeyRange, RangeRequest, TxnOp, TxnRequest, WatchRequest } from '../etcd-gateway';
import { ProtoWriter } from './proto-writer';

/**
 * Requests of etcd's API as gRPC messages; field numbers are those of `proto/etcd/rpc.proto`, written last to first.
 * Fields at their default are left out.
 */

/** More than all but value and key take, with the prefix. */
const OP_BYTES = 48;
const SMALL_BYTES = 32;
/** `CompareTarget` and the number of the member of `target_union`. */
const TARGETS = {
  version: { target: 0, field: 4 },
  createRevision: { target: 1, field: 5 },
  modRevision: { target: 2, field: 6 },
} as const;

export function encodeRange({ key, end, limit, revision, countOnly }: RangeRequest): Buffer {
  const writer = new ProtoWriter(Buffer.allocUnsafe(OP_BYTES + key.length + (end?.length ?? 0)));
  if (countOnly === true) writer.flag(9);
  if (revision !== undefined && revision !== 0) writer.integer(4, revision);
  if (limit !== undefined && limit !== 0) writer.integer(3, limit);
  writeKeyRange(writer, { key, ...(end === undefined ? {} : { end }) });
  return writer.finish();
}

/** About how many bytes a transaction takes; nearly always enough. */
export function sizeOfTxn({ compare, success, failure }: TxnRequest): number {
  let size = OP_BYTES;
  for (const { key } of compare) size += OP_BYTES + key.length;
  for (const op of success) size += sizeOfOp(op);
  for (const op of failure) size += sizeOfOp(op);
  return size;
}

/** Into `room`, if it is large enough. */
export function encodeTxn(txn: TxnRequest, room: Buffer): Buffer {
  const writer = new ProtoWriter(room);
  writeTxn(writer, txn);
  return writer.finish();
}

export function encodeCompact(revision: number): Buffer {
  const writer = new ProtoWriter(Buffer.allocUnsafe(SMALL_BYTES));
  writer.integer(1, revision);
  return writer.finish();
}

export function encodeLeaseGrant(ttlSeconds: number): Buffer {
  const writer = new ProtoWriter(Buffer.allocUnsafe(SMALL_BYTES));
  writer.integer(1, ttlSeconds);
  return writer.finish();
}

/** Both `LeaseRevokeRequest` and `LeaseKeepAliveRequest`. */
export function encodeLeaseId(id: string): Buffer {
  const writer = new ProtoWriter(Buffer.allocUnsafe(SMALL_BYTES));
  writer.decimal(1, id);
  return writer.finish();
}

/** A watch that may be answered in fragments. */
export function encodeWatchCreate({ fromRevision, ...range }: WatchRequest): Buffer {
  const writer = new ProtoWriter(Buffer.allocUnsafe(OP_BYTES + range.key.length + (range.end?.length ?? 0)));
  writer.flag(8);
  writer.integer(3, fromRevision);
  writeKeyRange(writer, range);
  writer.embed(1, 0);
  return writer.finish();
}

function writeKeyRange(writer: ProtoWriter, { key, end }: KeyRange): void {
  if (end !== undefined) writer.text(2, end);
  writer.text(1, key);
}

function sizeOfOp(op: TxnOp): number {
  if (op.op === 'txn') return sizeOfTxn(op.txn);
  return OP_BYTES + op.key.length + (op.op === 'put' ? op.value.length : 0);
}

function writeTxn(writer: ProtoWriter, { compare, success, failure }: TxnRequest): void {
  writeOps(writer, 3, failure);
  writeOps(writer, 2, success);
  for (let index = compare.length - 1; index >= 0; index -= 1) {
    const since = writer.length;
    const each = compare[index];
    if (each !== undefined) writeCompare(writer, each);
    writer.embed(1, since);
  }
}

/** The result, `EQUAL`, is the default. */
function writeCompare(writer: ProtoWriter, { key, target, value }: Compare): void {
  const { target: number, field } = TARGETS[target];
  // A member of a `oneof` is written also when it is zero.
  writer.integer(field, value);
  writer.text(3, key);
  if (number !== 0) writer.integer(2, number);
}

function writeOps(writer: ProtoWriter, field: number, ops: readonly TxnOp[]): void {
  for (let index = ops.length - 1; index >= 0; index -= 1) {
    const since = writer.length;
    const op = ops[index];
    if (op !== undefined) writer.embed(writeOp(writer, op), since);
    writer.embed(field, since);
  }
}

/** @returns the number of the member of `RequestOp` */
function writeOp(writer: ProtoWriter, op: TxnOp): number {
  switch (op.op) {
    case 'get':
      if (op.keysOnly === true) writer.flag(8);
      writer.text(1, op.key);
      return 1;
    case 'put':
      if (op.lease !== undefined) writer.decimal(3, op.lease);
      writer.bytes(2, op.value);
      writer.text(1, op.key);
      return 2;
    case 'delete':
      writer.text(1, op.key);
      return 3;
    case 'txn':
      writeTxn(writer, op.txn);
      return 4;
    default:
      return assertNever(op);
  }
}
