import fc from 'fast-check';
import type { Etcd3, ICompare, IRequestOp, ITxnRequest, IWatchCreateRequest } from 'etcd3';
import { eventually } from '@kubernetes-mesos/test-support';
import { normal, outcome, startPair, type Pair } from './support/pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.stop());

/** Asks both. Their revisions stay equal, because both have got the same requests from the start. */
async function same(call: (client: Etcd3) => Promise<unknown>): Promise<void> {
  const [real, ours] = await Promise.all([outcome(call(pair.real)), outcome(call(pair.ours))]);
  expect(ours).toEqual(real);
}

async function revision(): Promise<number> {
  const { header } = await pair.real.kv.range({ key: Buffer.from('x') });
  return Number(header.revision);
}

const key = fc.constantFrom('', 'a', 'b', 'c', 'cc', 'd', '\xff', 'a\0').map((text) => Buffer.from(text, 'latin1'));
/** Never empty: an empty end that is sent, not left out, means to etcd `from key on`, and no client sends it. */
const end = fc.constantFrom('\0', 'b', 'c', 'e', '\xff').map((text) => Buffer.from(text, 'latin1'));
const value = fc.constantFrom('', '1', '2', 'x').map((text) => Buffer.from(text));
const small = fc.constantFrom(0, 0, 1, 2, 3, 5, 8);
/** Relative to the revision when the test begins. */
const near = fc.integer({ min: -6, max: 3 });

const rangeRequest = fc.record(
  {
    key,
    range_end: end,
    limit: small,
    back: near,
    sort_order: fc.constantFrom(0, 1, 2),
    sort_target: fc.constantFrom(0, 1, 2, 3, 4),
    keys_only: fc.boolean(),
    count_only: fc.boolean(),
    serializable: fc.boolean(),
    minMod: near,
    maxMod: near,
    minCreate: near,
    maxCreate: near,
  },
  { requiredKeys: ['key'] },
);
const putRequest = fc.record(
  {
    key,
    value,
    prev_kv: fc.boolean(),
    ignore_value: fc.boolean(),
    ignore_lease: fc.boolean(),
    lease: fc.constantFrom(0, 0, 0, 77, 12345),
  },
  { requiredKeys: ['key'] },
);
const deleteRequest = fc.record({ key, range_end: end, prev_kv: fc.boolean() }, { requiredKeys: ['key'] });
const compare: fc.Arbitrary<ICompare & { near?: number }> = fc.oneof(
  fc.record(
    { key, range_end: end, target: fc.constant(0), result: fc.constantFrom(0, 1, 2, 3), version: small },
    { requiredKeys: ['key', 'target', 'result', 'version'] },
  ),
  fc.record({ key, target: fc.constantFrom(1, 2), result: fc.constantFrom(0, 1, 2, 3), near }),
  fc.record(
    { key, range_end: end, target: fc.constant(3), result: fc.constantFrom(0, 1, 2, 3), value },
    { requiredKeys: ['key', 'target', 'result', 'value'] },
  ),
  fc.record({ key, target: fc.constant(4), result: fc.constantFrom(0, 1, 2, 3), lease: fc.constantFrom(0, 77) }),
);

type Build = (base: number) => IRequestOp;
const rangeOp = rangeRequest.map((request): Build => (base) => ({ request_range: rangeAt(request, base) }));
const putOp = putRequest.map((request): Build => () => ({ request_put: request }));
const deleteOp = deleteRequest.map((request): Build => () => ({ request_delete_range: request }));
const leafOp = fc.oneof(rangeOp, putOp, putOp, deleteOp);
const { txn } = fc.letrec<{ op: Build; txn: (base: number) => ITxnRequest }>((tie) => ({
  op: fc.oneof(
    { depthSize: 'small', maxDepth: 2 },
    leafOp,
    tie('txn').map((build): Build => (base) => ({ request_txn: build(base) })),
  ),
  txn: fc
    .record({
      compare: fc.array(compare, { maxLength: 2 }),
      success: fc.array(tie('op'), { maxLength: 3 }),
      failure: fc.array(tie('op'), { maxLength: 3 }),
    })
    .map((parts) => (base: number) => ({
      compare: parts.compare.map(({ near: offset, ...rest }) =>
        offset === undefined
          ? rest
          : {
              ...rest,
              ...(Number(rest.target) === 1 ? { create_revision: base + offset } : { mod_revision: base + offset }),
            },
      ),
      success: parts.success.map((build) => build(base)),
      failure: parts.failure.map((build) => build(base)),
    })),
}));

type RangeSpec = typeof rangeRequest extends fc.Arbitrary<infer Spec> ? Spec : never;

function rangeAt({ back, minMod, maxMod, minCreate, maxCreate, ...request }: RangeSpec, base: number) {
  const at = (offset: number | undefined) => (offset === undefined ? 0 : Math.max(0, base + offset));
  return {
    ...request,
    revision: back === undefined || back > 1 ? 0 : at(back),
    min_mod_revision: at(minMod),
    max_mod_revision: at(maxMod),
    min_create_revision: at(minCreate),
    max_create_revision: at(maxCreate),
  };
}

test('any range, put, delete and transaction is answered as by etcd', async () => {
  await outcome(pair.real.leaseClient.leaseGrant({ ID: 77, TTL: 3_600 }));
  await outcome(pair.ours.leaseClient.leaseGrant({ ID: 77, TTL: 3_600 }));
  const call = fc.oneof(
    fc.record({ method: fc.constant('range' as const), request: rangeRequest }),
    fc.record({ method: fc.constant('put' as const), request: putRequest }),
    fc.record({ method: fc.constant('deleteRange' as const), request: deleteRequest }),
    fc.record({ method: fc.constant('txn' as const), request: txn }),
    fc.record({ method: fc.constant('compact' as const), request: near }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 30 }), async (calls) => {
      for (const each of calls) {
        const base = await revision();
        await same((client) => {
          switch (each.method) {
            case 'range':
              return client.kv.range(rangeAt(each.request, base));
            case 'put':
              return client.kv.put(each.request);
            case 'deleteRange':
              return client.kv.deleteRange(each.request);
            case 'txn':
              return client.kv.txn(each.request(base));
            case 'compact':
              return client.kv.compact({ revision: Math.max(0, base + each.request - 5), physical: true });
          }
        });
      }
      await same((client) => client.kv.range({ key: Buffer.from([0]), range_end: Buffer.from([0]) }));
    }),
    // The same cases at every run: a new find must not fail somebody else's change. KM_FUZZ_SEED looks for others.
    { numRuns: 200, endOnFailure: true, seed: Number(process.env['KM_FUZZ_SEED'] ?? -1_430_366_116) },
  );
}, 120_000);

test('limits and refusals are worded as by etcd', async () => {
  const put = (name: string): IRequestOp => ({ request_put: { key: Buffer.from(name), value: Buffer.from('1') } });
  const many = Array.from({ length: 129 }, (_, index) => put(`many${index}`));
  await same((client) => client.kv.txn({ success: many }));
  await same((client) => client.kv.txn({ success: many.slice(1) }));
  await same((client) => client.kv.txn({ success: [put('a'), put('a')] }));
  await same((client) => client.kv.txn({ success: [{}] }));
  await same((client) => client.kv.put({ key: Buffer.from('big'), value: Buffer.alloc(1_600_000, 'x') }));
  await same((client) => client.kv.put({ key: Buffer.from('fits'), value: Buffer.alloc(1_500_000, 'x') }));
  await same((client) => client.kv.range({ key: Buffer.from('a'), revision: 1_000_000 }));
  await same((client) => client.kv.compact({ revision: 1_000_000 }));
  await same((client) => client.kv.range({ key: Buffer.from('a'), sort_order: 9 as 0 }));
  await same((client) => client.leaseClient.leaseRevoke({ ID: 4711 }));
  await same((client) => client.leaseClient.leaseGrant({ ID: 77, TTL: 5 }));
  await same((client) => client.leaseClient.leaseGrant({ ID: 78, TTL: 9_000_000_001 }));
  await same((client) => client.auth.authEnable());
  await same((client) => client.auth.authenticate({ name: 'a', password: 'b' }));
  await same((client) => client.auth.userList());
}, 30_000);

test('leases are granted, renewed, looked at, listed and revoked as by etcd', async () => {
  const id = '7587848392839283928';
  await same((client) => client.leaseClient.leaseGrant({ ID: id, TTL: 600 }));
  await same((client) => client.kv.put({ key: Buffer.from('l2'), value: Buffer.from('1'), lease: id }));
  await same((client) => client.kv.put({ key: Buffer.from('l1'), value: Buffer.from('1'), lease: id }));
  for (const client of [pair.real, pair.ours]) {
    const { TTL, grantedTTL, keys } = await client.leaseClient.leaseTimeToLive({ ID: id, keys: true });
    expect([grantedTTL, keys.map(String).sort()]).toEqual(['600', ['l1', 'l2']]);
    expect(Number(TTL)).toBeGreaterThan(590);
  }
  await same((client) => client.leaseClient.leaseTimeToLive({ ID: 4711 }));
  await same(async (client) => (await client.leaseClient.leaseLeases()).leases.map(({ ID }) => ID).sort());
  await same((client) => client.kv.range({ key: Buffer.from('l1') }));
  for (const lease of [id, '4711']) {
    await same(async (client) => {
      const stream = await client.leaseClient.leaseKeepAlive();
      const answer = new Promise((resolve) => stream.on('data', resolve));
      stream.write({ ID: lease });
      const answered = await answer;
      stream.end();
      return answered;
    });
  }
  await same((client) => client.leaseClient.leaseRevoke({ ID: id }));
  await same((client) => client.kv.range({ key: Buffer.from('l'), range_end: Buffer.from('m') }));
  await same((client) => client.leaseClient.leaseRevoke({ ID: id }));
});

test('watches tell what etcd tells', async () => {
  const start = (await revision()) + 1;
  await same((client) => client.kv.put({ key: Buffer.from('w1'), value: Buffer.from('1') }));
  await same((client) => client.kv.put({ key: Buffer.from('w2'), value: Buffer.from('1') }));
  await same((client) => client.kv.put({ key: Buffer.from('w1'), value: Buffer.from('2') }));
  await same((client) => client.kv.deleteRange({ key: Buffer.from('w2') }));
  const range = { key: Buffer.from('w'), range_end: Buffer.from('x') };
  const specs: IWatchCreateRequest[] = [
    { ...range, start_revision: start },
    { ...range, start_revision: start, prev_kv: true },
    { ...range, start_revision: start, filters: [0] },
    { ...range, start_revision: start, filters: [1], prev_kv: true },
    { key: Buffer.from('w1'), start_revision: start + 1 },
    { key: Buffer.from('w1') },
    { ...range, watch_id: 40, start_revision: start + 5 },
    { key: Buffer.alloc(0), range_end: Buffer.from([0]), start_revision: start + 3 },
  ];
  const watches = await pair.watches();
  try {
    for (const [index, spec] of specs.entries()) {
      for (const watch of watches) {
        watch.send({ create_request: spec });
        await eventually(() => watch.responses.filter(({ created }) => created).length === index + 1);
      }
    }
    await same((client) =>
      client.kv.txn({
        success: [
          { request_put: { key: Buffer.from('w1'), value: Buffer.from('3') } },
          { request_put: { key: Buffer.from('w3'), value: Buffer.from('1') } },
          { request_delete_range: { key: Buffer.from('w2') } },
        ],
      }),
    );
    await same((client) => client.kv.deleteRange({ ...range }));
    const last = await revision();
    const [real, ours] = watches.map((watch) => async () => {
      const byId = new Map<string, unknown[]>();
      for (const { watch_id: id, events } of watch.responses) {
        byId.set(id, [...(byId.get(id) ?? []), ...events.map(normal)]);
      }
      return byId;
    });
    const ends = (events: unknown[] | undefined) =>
      (events?.[events.length - 1] as { kv?: { mod_revision?: string } } | undefined)?.kv?.mod_revision ===
      String(last);
    for (const read of [real!, ours!]) {
      await eventually(async () => {
        const byId = await read();
        return (
          ['0', '1', '2', '4', '5', '40', '6'].every((id) => id === '2' || ends(byId.get(id))) && ends(byId.get('2'))
        );
      });
    }
    expect(await ours!()).toEqual(await real!());

    for (const watch of watches) {
      watch.send({ create_request: { ...range, watch_id: 40 } });
      watch.send({ cancel_request: { watch_id: 1 } });
      await eventually(() => watch.responses.filter(({ canceled }) => canceled).length === 2);
    }
    const cancelled = watches.map(({ responses }) => responses.filter(({ canceled }) => canceled).map(normal));
    expect(cancelled[1]).toEqual(cancelled[0]);
  } finally {
    watches.forEach((watch) => watch.close());
  }
}, 30_000);

test('a watch from a compacted revision is cancelled with the oldest one', async () => {
  await same((client) => client.kv.put({ key: Buffer.from('k'), value: Buffer.from('1') }));
  const compacted = await revision();
  await same((client) => client.kv.put({ key: Buffer.from('k'), value: Buffer.from('2') }));
  await same((client) => client.kv.compact({ revision: compacted, physical: true }));
  const watches = await pair.watches();
  for (const watch of watches) {
    watch.send({ create_request: { key: Buffer.from('k'), start_revision: compacted - 1 } });
    await eventually(() => watch.responses.some(({ canceled }) => canceled));
    watch.send({ create_request: { key: Buffer.from('k'), start_revision: compacted } });
    await eventually(() => watch.responses.some(({ events }) => events.length === 2));
    watch.close();
  }
  const [real, ours] = watches.map(({ responses }) => responses.map(normal));
  expect(ours).toEqual(real);
});
