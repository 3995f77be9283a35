import fc from 'fast-check';
import { etcdserverpb } from '@kubernetes-mesos/protos';
import type { Compare, TxnOp, TxnRequest } from '../src/etcd/etcd-gateway';
import {
  encodeCompact,
  encodeLeaseGrant,
  encodeLeaseId,
  encodeRange,
  encodeTxn,
  encodeWatchCreate,
  sizeOfTxn,
} from '../src/etcd/wire/requests';
import {
  decodeLeaseGrant,
  decodeLeaseKeepAlive,
  decodeRange,
  decodeTxn,
  decodeWatch,
} from '../src/etcd/wire/responses';
import { WholeRevisions } from '../src/etcd/whole-revisions';

/** What is written by hand, against the generated code. */

const key = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('\0', '/registry/pods/default/a', 'ä'.repeat(90)),
);
const value = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.alloc(1_000, 'x')),
);
const revision = fc.oneof(
  fc.nat(),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  fc.constantFrom(127, 128, 16_383, 16_384),
);
const lease = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String);
const compare: fc.Arbitrary<Compare> = fc.record({
  key,
  target: fc.constantFrom('version', 'createRevision', 'modRevision'),
  value: revision,
});
const plainOp: fc.Arbitrary<TxnOp> = fc.oneof(
  fc.record({ op: fc.constant('put' as const), key, value }),
  fc.record({ op: fc.constant('put' as const), key, value, lease }),
  fc.record({ op: fc.constant('delete' as const), key }),
  fc.record({ op: fc.constant('get' as const), key, keysOnly: fc.boolean() }),
);
const txnOf = (op: fc.Arbitrary<TxnOp>): fc.Arbitrary<TxnRequest> =>
  fc.record({
    compare: fc.array(compare, { maxLength: 3 }),
    success: fc.array(op, { maxLength: 5 }),
    failure: fc.array(op, { maxLength: 2 }),
  });
const txn = txnOf(
  fc.oneof(
    plainOp,
    txnOf(plainOp).map((inner): TxnOp => ({ op: 'txn', txn: inner })),
  ),
);

interface Type<T> {
  decode(bytes: Uint8Array): T;
  encode(message: T): { finish(): Uint8Array };
  create(properties: object): T;
  toObject(
    message: T,
    options: { longs: typeof String; bytes: typeof String; defaults: boolean; oneofs: boolean },
  ): object;
}

/** What the generated code reads; 64-bit integers as text, bytes as base64. */
function read<T>(type: Type<T>, framed: Buffer): object {
  expect(framed[0]).toBe(0);
  expect(framed.readUInt32BE(1)).toBe(framed.length - 5);
  return plain(type, type.decode(framed.subarray(5)));
}

function plain<T>(type: Type<T>, message: T): object {
  return type.toObject(message, { longs: String, bytes: String, defaults: true, oneofs: true });
}

function wanted<T>(type: Type<T>, properties: object): object {
  return plain(type, type.decode(type.encode(type.create(properties)).finish()));
}

const { TxnRequest: TxnRequestType, RangeRequest, WatchRequest, CompactionRequest } = etcdserverpb;

describe('requests', () => {
  const targets = { version: 0, createRevision: 1, modRevision: 2 };
  const members = { version: 'version', createRevision: 'create_revision', modRevision: 'mod_revision' };
  const wireOp = (op: TxnOp): object => {
    switch (op.op) {
      case 'put':
        return { request_put: { key: Buffer.from(op.key), value: op.value, lease: long(op.lease ?? '0') } };
      case 'delete':
        return { request_delete_range: { key: Buffer.from(op.key) } };
      case 'get':
        return { request_range: { key: Buffer.from(op.key), keys_only: op.keysOnly === true } };
      case 'txn':
        return { request_txn: wireTxn(op.txn) };
    }
  };
  const wireTxn = (each: TxnRequest): object => ({
    compare: each.compare.map((one) => ({
      target: targets[one.target],
      key: Buffer.from(one.key),
      [members[one.target]]: one.value,
    })),
    success: each.success.map(wireOp),
    failure: each.failure.map(wireOp),
  });

  test('transactions', () => {
    fc.assert(
      fc.property(txn, fc.nat(2_000), (each, room) => {
        expect(read(TxnRequestType, encodeTxn(each, Buffer.alloc(room)))).toEqual(
          wanted(TxnRequestType, wireTxn(each)),
        );
      }),
    );
  });

  test('a transaction with a large value among small ones', () => {
    const large = Buffer.alloc(1_500_000, 'xyz');
    const puts = [Buffer.from('a'), large, Buffer.from('b')].map((each): TxnOp => ({
      op: 'put',
      key: 'k',
      value: each,
    }));
    const whole: TxnRequest = { compare: [], success: puts, failure: [] };
    const request = TxnRequestType.decode(encodeTxn(whole, Buffer.alloc(sizeOfTxn(whole))).subarray(5));
    const values = request.success.map(({ request_put: put }) => Buffer.from(put?.value ?? ''));
    expect(values.map((each) => each.length)).toEqual([1, large.length, 1]);
    expect(values[1]?.equals(large)).toBe(true);
  });

  test('ranges', () => {
    const request = fc.record(
      { key, end: key, limit: fc.nat(), revision, countOnly: fc.boolean() },
      { requiredKeys: ['key'] },
    );
    fc.assert(
      fc.property(request, (each) => {
        expect(read(RangeRequest, encodeRange(each))).toEqual(
          wanted(RangeRequest, {
            key: Buffer.from(each.key),
            range_end: Buffer.from(each.end ?? ''),
            limit: each.limit ?? 0,
            revision: each.revision ?? 0,
            count_only: each.countOnly === true,
          }),
        );
      }),
    );
  });

  test('watches, compactions and leases', () => {
    fc.assert(
      fc.property(key, key, revision, lease, (from, end, fromRevision, id) => {
        expect(read(WatchRequest, encodeWatchCreate({ key: from, end, fromRevision }))).toEqual(
          wanted(WatchRequest, {
            create_request: {
              key: Buffer.from(from),
              range_end: Buffer.from(end),
              start_revision: fromRevision,
              fragment: true,
            },
          }),
        );
        expect(read(CompactionRequest, encodeCompact(fromRevision))).toMatchObject({ revision: String(fromRevision) });
        expect(read(etcdserverpb.LeaseGrantRequest, encodeLeaseGrant(fromRevision))).toEqual({
          TTL: String(fromRevision),
          ID: '0',
        });
        expect(read(etcdserverpb.LeaseRevokeRequest, encodeLeaseId(id))).toEqual({ ID: id });
        expect(read(etcdserverpb.LeaseKeepAliveRequest, encodeLeaseId(id))).toEqual({ ID: id });
      }),
    );
  });
});

const header = { cluster_id: long('18446744073709551615'), member_id: long('9223372036854775808'), raft_term: 3 };
const keyValue = fc.record({
  key,
  value: value,
  createRevision: revision,
  modRevision: revision,
  version: revision,
});
const wireKv = (kv: { key: string; value: Buffer; createRevision: number; modRevision: number; version: number }) => ({
  key: Buffer.from(kv.key),
  value: kv.value,
  create_revision: kv.createRevision,
  mod_revision: kv.modRevision,
  version: kv.version,
  lease: long('7587862094807263492'),
});

describe('answers', () => {
  test('ranges', () => {
    const type = etcdserverpb.RangeResponse;
    fc.assert(
      fc.property(fc.array(keyValue, { maxLength: 5 }), revision, fc.boolean(), (kvs, at, more) => {
        const bytes = encoded(type, { header: { ...header, revision: at }, kvs: kvs.map(wireKv), more, count: 7 });
        expect(decodeRange(bytes)).toEqual({ revision: at, entries: kvs, more });
      }),
    );
  });

  test('transactions', () => {
    const outcome = fc.oneof(
      fc.boolean().map((nested) => ({
        wire: { response_txn: { header, succeeded: nested, responses: [{ response_put: { header } }] } },
        nested,
        entries: [],
      })),
      fc.array(keyValue, { maxLength: 3 }).map((entries) => ({
        wire: { response_range: { header, kvs: entries.map(wireKv), count: entries.length } },
        nested: false,
        entries,
      })),
      fc.constantFrom('response_put', 'response_delete_range').map((member) => ({
        wire: { [member]: { header } },
        nested: false,
        entries: [],
      })),
    );
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 5 }), revision, fc.boolean(), (outcomes, at, succeeded) => {
        const responses = outcomes.map(({ wire }) => wire);
        const bytes = encoded(etcdserverpb.TxnResponse, { header: { ...header, revision: at }, succeeded, responses });
        expect(decodeTxn(bytes)).toEqual({
          revision: at,
          succeeded,
          entries: outcomes.map(({ entries }) => entries),
          nested: outcomes.map(({ nested }) => nested),
        });
      }),
    );
  });

  test('watches', () => {
    const event = fc.record({ kv: keyValue, isDelete: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), revision, fc.boolean(), key, (events, at, flag, cancelReason) => {
        const bytes = encoded(etcdserverpb.WatchResponse, {
          header: { ...header, revision: at },
          watch_id: 3,
          created: flag,
          canceled: !flag,
          fragment: flag,
          compact_revision: at,
          cancel_reason: cancelReason,
          events: events.map(({ kv, isDelete }) => ({ type: isDelete ? 1 : 0, kv: wireKv(kv) })),
        });
        expect(decodeWatch(bytes)).toEqual({
          revision: at,
          created: flag,
          canceled: !flag,
          fragment: flag,
          compactRevision: at,
          cancelReason,
          events: events.map(({ kv, isDelete }) => {
            const common = { key: kv.key, revision: kv.modRevision };
            return isDelete ? { type: 'delete', ...common } : { type: 'put', ...common, value: kv.value };
          }),
        });
      }),
    );
  });

  test('leases', () => {
    const grant = encoded(etcdserverpb.LeaseGrantResponse, { header, ID: long('7587862094807263492'), TTL: 5 });
    expect(decodeLeaseGrant(grant)).toBe('7587862094807263492');
    for (const TTL of [0, 60, -1]) {
      expect(decodeLeaseKeepAlive(encoded(etcdserverpb.LeaseKeepAliveResponse, { header, ID: 1, TTL }))).toBe(TTL);
    }
  });

  test('a message that is cut off is never taken for a whole one, unless a shorter one is whole', () => {
    const bytes = encoded(etcdserverpb.RangeResponse, {
      header,
      kvs: [wireKv({ key: 'a', value: Buffer.from('b'), createRevision: 1, modRevision: 300, version: 2 })],
    });
    const headerEnd = 2 + (bytes[1] ?? 0);
    for (let length = 0; length < bytes.length; length += 1) {
      const decode = () => decodeRange(bytes.subarray(0, length));
      if (length === 0 || length === headerEnd) expect(decode().entries).toEqual([]);
      else expect(decode).toThrow(RangeError);
    }
  });

  test('no bytes do more harm than a RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const decode of [decodeRange, decodeTxn, decodeWatch, decodeLeaseGrant, decodeLeaseKeepAlive]) {
          try {
            decode(Buffer.from(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

test('fragments of a watch become whole revisions, all of them, in order', () => {
  const revisions = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 12 });
  fc.assert(
    fc.property(revisions, fc.infiniteStream(fc.integer({ min: 0, max: 4 })), (counts, sizes) => {
      const events = counts.flatMap((count, index) =>
        Array.from({ length: count }, () => ({ type: 'delete' as const, key: 'k', revision: index + 1 })),
      );
      const whole = new WholeRevisions();
      const delivered: number[] = [];
      let at = 0;
      do {
        const size = Number(sizes.next().value);
        const end = Math.min(events.length, at + size);
        const batch = whole.add(events.slice(at, end), end < events.length);
        at = end;
        if (batch === undefined) continue;
        expect(batch.events.at(-1)?.revision).toBe(batch.revision);
        expect(events.slice(delivered.length + batch.events.length)[0]?.revision).not.toBe(batch.revision);
        delivered.push(...batch.events.map(({ revision: each }) => each));
      } while (at < events.length);
      expect(delivered).toEqual(events.map(({ revision: each }) => each));
    }),
  );
});

function encoded<T>(type: Type<T>, properties: object): Buffer {
  return Buffer.from(type.encode(type.create(properties)).finish());
}

/** A 64-bit integer as protobufjs takes it without the `long` package. */
function long(decimal: string): { low: number; high: number; unsigned: boolean } {
  const bits = BigInt.asUintN(64, BigInt(decimal));
  return { low: Number(BigInt.asIntN(32, bits)), high: Number(BigInt.asIntN(32, bits >> 32n)), unsigned: false };
}
