import type { EtcdEvent, KeyValue, RangeResult, TxnResult } from '../etcd-gateway';
import { ProtoReader } from './proto-reader';

/**
 * Answers of etcd's API; field numbers are those of `proto/etcd/rpc.proto` and `kv.proto`. Values are parts of the message,
 * not copies. @throws RangeError for what is not a whole message
 */

/** `field * 8 + wire type`: 0 an integer, 2 with a length. */
const integer = (field: number): number => field * 8;
const delimited = (field: number): number => field * 8 + 2;

const HEADER = delimited(1);
const NO_ENTRIES: readonly KeyValue[] = [];

export function decodeRange(message: Buffer): RangeResult {
  const reader = new ProtoReader(message);
  return readRange(reader, reader.length);
}

export function decodeTxn(message: Buffer): TxnResult {
  const reader = new ProtoReader(message);
  let revision = 0;
  let succeeded = false;
  const entries: (readonly KeyValue[])[] = [];
  const nested: boolean[] = [];
  while (reader.position < reader.length) {
    const tag = reader.tag();
    if (tag === HEADER) revision = readHeader(reader, reader.end());
    else if (tag === integer(2)) succeeded = reader.flag();
    else if (tag === delimited(3)) readResponseOp(reader, reader.end(), entries, nested);
    else reader.skip(tag);
  }
  return { revision, succeeded, entries, nested };
}

/** @returns the lease's id */
export function decodeLeaseGrant(message: Buffer): string {
  const reader = new ProtoReader(message);
  let id = '0';
  while (reader.position < reader.length) {
    const tag = reader.tag();
    if (tag === integer(2)) id = reader.decimal();
    else reader.skip(tag);
  }
  return id;
}

/** @returns the lease's time to live, s */
export function decodeLeaseKeepAlive(message: Buffer): number {
  const reader = new ProtoReader(message);
  let ttl = 0;
  while (reader.position < reader.length) {
    const tag = reader.tag();
    if (tag === integer(3)) ttl = reader.integer();
    else reader.skip(tag);
  }
  return ttl;
}

export interface WatchResponse {
  readonly revision: number;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compactRevision: number;
  readonly cancelReason: string;
  /** More of the last event's revision may follow. */
  readonly fragment: boolean;
  readonly events: readonly EtcdEvent[];
}

export function decodeWatch(message: Buffer): WatchResponse {
  const reader = new ProtoReader(message);
  let revision = 0;
  let created = false;
  let canceled = false;
  let compactRevision = 0;
  let cancelReason = '';
  let fragment = false;
  const events: EtcdEvent[] = [];
  while (reader.position < reader.length) {
    const tag = reader.tag();
    if (tag === delimited(11)) events.push(readEvent(reader, reader.end()));
    else if (tag === HEADER) revision = readHeader(reader, reader.end());
    else if (tag === integer(3)) created = reader.flag();
    else if (tag === integer(4)) canceled = reader.flag();
    else if (tag === integer(5)) compactRevision = reader.integer();
    else if (tag === delimited(6)) cancelReason = reader.text();
    else if (tag === integer(7)) fragment = reader.flag();
    else reader.skip(tag);
  }
  return { revision, created, canceled, compactRevision, cancelReason, fragment, events };
}

/** @returns the revision */
function readHeader(reader: ProtoReader, end: number): number {
  let revision = 0;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === integer(3)) revision = reader.integer();
    else reader.skip(tag);
  }
  reader.leave(end);
  return revision;
}

function readRange(reader: ProtoReader, end: number): RangeResult {
  let revision = 0;
  let more = false;
  let entries: KeyValue[] | undefined;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === delimited(2)) (entries ??= []).push(readKeyValue(reader, reader.end()));
    else if (tag === HEADER) revision = readHeader(reader, reader.end());
    else if (tag === integer(3)) more = reader.flag();
    else reader.skip(tag);
  }
  reader.leave(end);
  return { revision, entries: entries ?? NO_ENTRIES, more };
}

/** Adds what one operation has answered. */
function readResponseOp(reader: ProtoReader, end: number, entries: (readonly KeyValue[])[], nested: boolean[]): void {
  let found = NO_ENTRIES;
  let hasSucceeded = false;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === delimited(1)) found = readRange(reader, reader.end()).entries;
    else if (tag === delimited(4)) hasSucceeded = readNestedTxn(reader, reader.end());
    else reader.skip(tag);
  }
  reader.leave(end);
  entries.push(found);
  nested.push(hasSucceeded);
}

/** @returns whether it succeeded */
function readNestedTxn(reader: ProtoReader, end: number): boolean {
  let succeeded = false;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === integer(2)) succeeded = reader.flag();
    else reader.skip(tag);
  }
  reader.leave(end);
  return succeeded;
}

const EMPTY = Buffer.alloc(0);

function readKeyValue(reader: ProtoReader, end: number): KeyValue {
  let key = '';
  let value: Buffer = EMPTY;
  let createRevision = 0;
  let modRevision = 0;
  let version = 0;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === delimited(1)) key = reader.text();
    else if (tag === integer(2)) createRevision = reader.integer();
    else if (tag === integer(3)) modRevision = reader.integer();
    else if (tag === integer(4)) version = reader.integer();
    else if (tag === delimited(5)) value = reader.bytes();
    else reader.skip(tag);
  }
  reader.leave(end);
  return { key, value, createRevision, modRevision, version };
}

function readEvent(reader: ProtoReader, end: number): EtcdEvent {
  let isDelete = false;
  let kv: KeyValue | undefined;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === delimited(2)) kv = readKeyValue(reader, reader.end());
    else if (tag === integer(1)) isDelete = reader.flag();
    else reader.skip(tag);
  }
  reader.leave(end);
  if (kv === undefined) throw new RangeError('etcd: an event without key');
  const { key, modRevision: revision, value } = kv;
  return isDelete ? { type: 'delete', key, revision } : { type: 'put', key, revision, value };
}
