import { etcdserverpb } from '@kubernetes-mesos/protos';
import { Writer } from 'protobufjs/minimal';
import { fromId } from './int64';
import { toBuffer } from './bytes';

/** Who answers: part of every response. */
export interface Identity {
  readonly clusterId: string;
  readonly memberId: string;
}

/** raft's term of a member that never had to elect anybody but itself. */
export const RAFT_TERM = 2;

/** Tag of a length-delimited field. */
const delimited = (field: number): number => (field << 3) | 2;
const varint = (field: number): number => field << 3;

/** Encoded response headers: made once per revision. */
export class Headers {
  readonly #identity: Identity;
  #last: { readonly revision: number; readonly bytes: Buffer } | undefined;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** As an object, for responses that are encoded whole. */
  at(revision: number): etcdserverpb.IResponseHeader {
    const { clusterId, memberId } = this.#identity;
    return { cluster_id: fromId(clusterId), member_id: fromId(memberId), revision, raft_term: RAFT_TERM };
  }

  encoded(revision: number): Buffer {
    if (this.#last?.revision !== revision) {
      const bytes = toBuffer(etcdserverpb.ResponseHeader.encode(this.at(revision)).finish());
      this.#last = { revision, bytes: Buffer.from(bytes) };
    }
    return this.#last.bytes;
  }
}

/** Within a transaction responses carry the revision alone. */
export function innerHeader(revision: number): Buffer {
  return toBuffer(etcdserverpb.ResponseHeader.encode({ revision }).finish());
}

/** `RangeResponse` of encoded `KeyValue`s. */
export function rangeResponse(header: Buffer, kvs: readonly Buffer[], more: boolean, count: number): Buffer {
  const writer = Writer.create();
  writer.uint32(delimited(1)).bytes(header);
  for (const kv of kvs) writer.uint32(delimited(2)).bytes(kv);
  if (more) writer.uint32(varint(3)).bool(true);
  if (count > 0) writer.uint32(varint(4)).int64(count);
  return toBuffer(writer.finish());
}

export function putResponse(header: Buffer, previous: Buffer | undefined): Buffer {
  const writer = Writer.create();
  writer.uint32(delimited(1)).bytes(header);
  if (previous !== undefined) writer.uint32(delimited(2)).bytes(previous);
  return toBuffer(writer.finish());
}

export function deleteRangeResponse(header: Buffer, deleted: number, previous: readonly Buffer[]): Buffer {
  const writer = Writer.create();
  writer.uint32(delimited(1)).bytes(header);
  if (deleted > 0) writer.uint32(varint(2)).int64(deleted);
  for (const kv of previous) writer.uint32(delimited(3)).bytes(kv);
  return toBuffer(writer.finish());
}

/** Number of the member of `ResponseOp`. */
export type ResponseOpField = 1 | 2 | 3 | 4;

export function txnResponse(
  header: Buffer,
  succeeded: boolean,
  responses: readonly { readonly field: ResponseOpField; readonly bytes: Buffer }[],
): Buffer {
  const writer = Writer.create();
  writer.uint32(delimited(1)).bytes(header);
  if (succeeded) writer.uint32(varint(2)).bool(true);
  for (const { field, bytes } of responses) {
    writer.uint32(delimited(3)).fork().uint32(delimited(field)).bytes(bytes).ldelim();
  }
  return toBuffer(writer.finish());
}

/** `mvccpb.Event` of encoded `KeyValue`s. */
export function eventBytes(deleted: boolean, kv: Buffer, previous: Buffer | undefined): Buffer {
  const writer = Writer.create();
  if (deleted) writer.uint32(varint(1)).int32(1);
  writer.uint32(delimited(2)).bytes(kv);
  if (previous !== undefined) writer.uint32(delimited(3)).bytes(previous);
  return toBuffer(writer.finish());
}

/** `WatchResponse` of encoded events. */
export function watchEvents(header: Buffer, watchId: number, events: readonly Buffer[], fragment: boolean): Buffer {
  const writer = Writer.create();
  writer.uint32(delimited(1)).bytes(header);
  if (watchId !== 0) writer.uint32(varint(2)).int64(watchId);
  if (fragment) writer.uint32(varint(7)).bool(true);
  for (const event of events) writer.uint32(delimited(11)).bytes(event);
  return toBuffer(writer.finish());
}
