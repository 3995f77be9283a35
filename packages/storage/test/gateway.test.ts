import { eventually, freePort, TcpProxy, type EtcdFixture } from '@kubernetes-mesos/test-support';
import type { EtcdConnectionOptions } from '../src/etcd/etcd-connection';
import {
  endOfPrefix,
  EtcdCallError,
  type EtcdEvent,
  type EtcdGateway,
  type TxnOp,
  type TxnRequest,
  type WatchEnd,
} from '../src/etcd/etcd-gateway';
import { startCuttingProxy } from './support/cutting-proxy';
import { etcdKinds } from './support/etcd-kinds';
import { gatewayKinds } from './support/gateway-kinds';
import { makeIdentity, startTlsFront } from './support/tls-front';

const cases = gatewayKinds.flatMap(([name, connect]) =>
  etcdKinds.map(([etcd, start]) => [`${name} on ${etcd}`, connect, start] as const),
);

describe.each(cases)('%s', (_, connect, start) => {
  let etcd: EtcdFixture;
  let gateway: EtcdGateway;
  const opened: EtcdGateway[] = [];
  let prefix = '';
  let suite = 0;

  beforeAll(async () => {
    etcd = await start();
  });
  afterAll(() => etcd.stop());
  beforeEach(async () => {
    suite += 1;
    prefix = `/gateway-${suite}/`;
    gateway = await open();
  });
  afterEach(() => opened.splice(0).forEach((each) => each.close()));

  async function open(options: Partial<EtcdConnectionOptions> = {}): Promise<EtcdGateway> {
    const made = await connect({ endpoints: [etcd.endpoint], ...options });
    opened.push(made);
    return made;
  }

  function creation(name: string, value = 'x', lease?: string): TxnRequest {
    const key = prefix + name;
    const put: TxnOp = { op: 'put', key, value: Buffer.from(value), ...(lease === undefined ? {} : { lease }) };
    return { compare: [{ key, target: 'createRevision', value: 0 }], success: [put], failure: [{ op: 'get', key }] };
  }

  const all = () => ({ key: prefix, end: endOfPrefix(prefix) });

  async function names(): Promise<string[]> {
    return (await gateway.range(all())).entries.map(({ key }) => key.slice(prefix.length));
  }

  async function kindOf(call: Promise<unknown>): Promise<string> {
    const error = await call.then(
      () => new Error('it did not fail'),
      (failure: unknown) => failure,
    );
    if (!(error instanceof EtcdCallError)) throw new Error('not an EtcdCallError', { cause: error });
    return error.kind;
  }

  test('reads what was written, now and as it was', async () => {
    const first = await gateway.txn(creation('ä', 'eins'));
    const second = await gateway.txn(creation('b', ''));
    expect([first.succeeded, second.succeeded, second.revision]).toEqual([true, true, first.revision + 1]);
    expect(await gateway.range({ key: `${prefix}ä` })).toEqual({
      revision: second.revision,
      more: false,
      entries: [
        {
          key: `${prefix}ä`,
          value: Buffer.from('eins'),
          createRevision: first.revision,
          modRevision: first.revision,
          version: 1,
        },
      ],
    });
    expect(await names()).toEqual(['b', 'ä']);
    const limited = await gateway.range({ ...all(), limit: 1 });
    expect([limited.entries.length, limited.more]).toEqual([1, true]);
    const past = await gateway.range({ ...all(), revision: first.revision });
    expect(past.entries).toHaveLength(1);
    expect(await gateway.range({ ...all(), countOnly: true })).toEqual({
      revision: second.revision,
      more: false,
      entries: [],
    });
    expect((await gateway.range({ key: `${prefix}none` })).entries).toEqual([]);
  });

  test('a transaction takes the branch that its conditions choose', async () => {
    const { revision } = await gateway.txn(creation('a', '1'));
    const refused = await gateway.txn(creation('a', '2'));
    expect(refused).toMatchObject({ succeeded: false, revision, nested: [false] });
    expect(refused.entries.map((found) => found.map(({ value }) => value.toString()))).toEqual([['1']]);
    const result = await gateway.txn({
      compare: [
        { key: `${prefix}a`, target: 'modRevision', value: revision },
        { key: `${prefix}a`, target: 'version', value: 1 },
        { key: `${prefix}b`, target: 'version', value: 0 },
      ],
      success: [
        { op: 'txn', txn: creation('a') },
        { op: 'txn', txn: creation('b', '3') },
        { op: 'delete', key: `${prefix}z` },
        { op: 'get', key: `${prefix}b`, keysOnly: true },
      ],
      failure: [],
    });
    expect(result).toMatchObject({ succeeded: true, nested: [false, true, false, false] });
    expect(result.entries.map((found) => found.map(({ key, value }) => [key, value.length]))).toEqual([
      [],
      [],
      [],
      [[`${prefix}b`, 0]],
    ]);
    expect(await names()).toEqual(['a', 'b']);
  });

  test('says what it is that etcd refuses', async () => {
    const { revision } = await gateway.txn(creation('a'));
    await gateway.txn(creation('b'));
    await gateway.compact(revision + 1);
    expect(await kindOf(gateway.range({ ...all(), revision }))).toBe('compacted');
    expect(await kindOf(gateway.compact(revision))).toBe('compacted');
    expect(await kindOf(gateway.range({ ...all(), revision: revision + 1_000 }))).toBe('futureRevision');
    expect(await kindOf(gateway.txn(creation('c', 'x', '7')))).toBe('leaseNotFound');
    expect(await kindOf(gateway.txn(creation('c', 'x'.repeat(1_600_000))))).toBe('tooLarge');
    expect(await kindOf(gateway.txn({ compare: [], success: [{ op: 'get', key: '' }], failure: [] }))).toBe('rejected');
  });

  test('large values, and many keys in pages', async () => {
    const large = 'x'.repeat(1_400_000);
    await Promise.all(['l1', 'l2', 'l3', 'l4'].map((name) => gateway.txn(creation(name, large))));
    const { entries } = await gateway.range(all());
    expect(entries.map(({ value }) => value.equals(Buffer.from(large)))).toEqual([true, true, true, true]);
    const count = 5_000;
    for (let from = 0; from < count; from += 100) {
      const success = Array.from({ length: 100 }, (_each, index): TxnOp => {
        const name = `p${String(from + index).padStart(5, '0')}`;
        return { op: 'put', key: prefix + name, value: Buffer.from(name.repeat(20)) };
      });
      await gateway.txn({ compare: [], success, failure: [] });
    }
    const found: string[] = [];
    let key = `${prefix}p`;
    for (;;) {
      const page = await gateway.range({ key, end: endOfPrefix(`${prefix}p`), limit: 500 });
      found.push(...page.entries.map((entry) => entry.value.toString().slice(0, 6)));
      if (!page.more) break;
      key = `${page.entries.at(-1)?.key}\0`;
    }
    expect(found).toHaveLength(count);
    expect(found.every((name, index) => name === `p${String(index).padStart(5, '0')}`)).toBe(true);
    const whole = await gateway.range({ key: `${prefix}p`, end: endOfPrefix(`${prefix}p`) });
    expect(whole.entries).toHaveLength(count);
  });

  /** Follows the prefix until told to stop. */
  function follow(by: EtcdGateway, fromRevision: number) {
    const abort = new AbortController();
    const events: EtcdEvent[] = [];
    const batches: number[] = [];
    let created = 0;
    const ended: Promise<WatchEnd> = by.watch(
      { ...all(), fromRevision, onCreated: (revision) => (created = revision) },
      (batch) => {
        expect(batch.events.at(-1)?.revision).toBe(batch.revision);
        batches.push(batch.revision);
        for (const event of batch.events) {
          events.push(event.type === 'put' ? { ...event, value: Buffer.from(event.value) } : event);
        }
      },
      abort.signal,
    );
    return { events, batches, ended, created: () => created, stop: () => abort.abort() };
  }

  test('a watch delivers whole revisions in order, from the past and as they come', async () => {
    const { revision } = await gateway.txn(creation('a', '1'));
    await gateway.txn({
      compare: [],
      success: ['b', 'c'].map((name): TxnOp => ({ op: 'put', key: prefix + name, value: Buffer.from(name) })),
      failure: [],
    });
    const watch = follow(gateway, revision);
    await eventually(() => watch.events.length === 3);
    expect(watch.created()).toBe(revision + 1);
    await gateway.txn({ compare: [], success: [{ op: 'delete', key: `${prefix}b` }], failure: [] });
    await eventually(() => watch.events.length === 4);
    expect(watch.events).toEqual([
      { type: 'put', key: `${prefix}a`, revision, value: Buffer.from('1') },
      { type: 'put', key: `${prefix}b`, revision: revision + 1, value: Buffer.from('b') },
      { type: 'put', key: `${prefix}c`, revision: revision + 1, value: Buffer.from('c') },
      { type: 'delete', key: `${prefix}b`, revision: revision + 2 },
    ]);
    watch.stop();
    expect(await watch.ended).toEqual({ reason: 'aborted' });
  });

  test('a watch of much history delivers all of it', async () => {
    const large = Buffer.alloc(300_000, 'x');
    let first = 0;
    for (let index = 0; index < 12; index += 1) {
      const success = ['a', 'b', 'c', 'd'].map((name): TxnOp => ({ op: 'put', key: prefix + name, value: large }));
      const { revision } = await gateway.txn({ compare: [], success, failure: [] });
      first ||= revision;
    }
    const watch = follow(gateway, first);
    await eventually(() => watch.events.length === 48);
    expect(watch.events.map(({ key, revision }) => `${key.slice(prefix.length)}${revision - first}`)).toEqual(
      Array.from({ length: 48 }, (_each, index) => `${'abcd'[index % 4]}${Math.floor(index / 4)}`),
    );
    expect(new Set(watch.batches).size).toBe(watch.batches.length);
    expect(watch.events.every((event) => event.type === 'put' && event.value.equals(large))).toBe(true);
    watch.stop();
  });

  test('a watch ends when what it wants is compacted, or its connection is gone', async () => {
    const { revision } = await gateway.txn(creation('a'));
    await gateway.txn(creation('b'));
    await gateway.compact(revision + 1);
    expect(await follow(gateway, revision).ended).toEqual({ reason: 'compacted', compactRevision: revision + 1 });
    const proxy = await TcpProxy.start({ port: etcd.port });
    const proxied = await open({ endpoints: [`http://${proxy.address}`] });
    const watch = follow(proxied, revision + 2);
    await eventually(() => watch.created() > 0);
    proxy.refuse();
    expect(await watch.ended).toMatchObject({ reason: 'broken', error: { name: 'EtcdCallError' } });
    expect(await follow(proxied, revision + 2).ended).toMatchObject({ reason: 'broken' });
    await proxy.close();
    const aborted = new AbortController();
    aborted.abort();
    expect(await gateway.watch({ ...all(), fromRevision: 1 }, () => undefined, aborted.signal)).toEqual({
      reason: 'aborted',
    });
  });

  test('leases are renewed, revoked, and run out', async () => {
    const [kept, revoked, forgotten] = await Promise.all([60, 60, 1].map((ttl) => gateway.grantLease(ttl)));
    const { revision } = await gateway.txn(creation('kept', 'x', kept));
    await gateway.txn(creation('revoked', 'x', revoked));
    await gateway.txn(creation('forgotten', 'x', forgotten));
    const watch = follow(gateway, revision + 3);
    expect(await gateway.renewLease(kept!)).toBe(60);
    await gateway.revokeLease(revoked!);
    await gateway.revokeLease(revoked!);
    expect(await gateway.renewLease(revoked!)).toBeLessThanOrEqual(0);
    await eventually(() => watch.events.length === 2);
    expect(watch.events.map(({ type, key }) => `${type} ${key.slice(prefix.length)}`)).toEqual([
      'delete revoked',
      'delete forgotten',
    ]);
    expect(await names()).toEqual(['kept']);
    watch.stop();
  });

  test('without etcd nothing is sent, and once it is there all is well', async () => {
    const port = await freePort();
    const nowhere = await open({ endpoints: [`http://127.0.0.1:${port}`] });
    expect(await kindOf(nowhere.txn(creation('a')))).toBe('notSent');
    expect(await kindOf(nowhere.range(all()))).toBe('notSent');
    await etcd.kill();
    const failure = await kindOf(gateway.txn(creation('a')));
    expect(['notSent', 'unknown']).toContain(failure);
    await etcd.restart();
    await eventually(() =>
      gateway.txn(creation('a')).then(
        ({ succeeded }) => succeeded,
        () => false,
      ),
    );
    expect(await names()).toEqual(['a']);
  });

  test('without an answer it is not known what happened', async () => {
    const proxy = await TcpProxy.start({ port: etcd.port });
    const endpoints = [`http://${proxy.address}`];
    const impatient = await open({ endpoints, callTimeoutMs: 500 });
    const patient = await open({ endpoints, callTimeoutMs: 60_000 });
    await Promise.all([impatient, patient].map((each) => each.range(all())));
    proxy.pause('toClient');
    const late = kindOf(impatient.txn(creation('late')));
    const cut = kindOf(patient.txn(creation('cut')));
    await eventually(async () => (await names()).length === 2);
    expect(await late).toBe('unknown');
    proxy.cut();
    expect(await cut).toBe('unknown');
    proxy.resume();
    const count = (by: EtcdGateway) =>
      by.range(all()).then(
        ({ entries }) => entries.length,
        () => 0,
      );
    await eventually(async () => (await count(impatient)) === 2 && (await count(patient)) === 2);
    await proxy.close();
  });

  test('wherever the connection is cut, no write is called undone that is done, or done that is not', async () => {
    const whole = await startCuttingProxy(etcd.port, Number.POSITIVE_INFINITY);
    const measured = await open({ endpoints: [whole.endpoint] });
    await measured.txn(creation('whole', 'value'.repeat(20)));
    const total = whole.forwarded;
    await whole.close();
    const outcomes: [name: string, outcome: string][] = [];
    for (let limit = 1; limit <= total + 20; limit += 9) {
      const name = `cut-${limit}`;
      const proxy = await startCuttingProxy(etcd.port, limit);
      const cut = await open({ endpoints: [proxy.endpoint], callTimeoutMs: 3_000 });
      const outcome = await cut.txn(creation(name, 'value'.repeat(20))).then(
        () => 'done',
        (error: unknown) => (error instanceof EtcdCallError ? error.kind : String(error)),
      );
      outcomes.push([name, outcome]);
      cut.close();
      await proxy.close();
    }
    const there = new Set(await names());
    for (const [name, outcome] of outcomes) {
      if (outcome === 'done') expect([name, there.has(name)]).toEqual([name, true]);
      else if (outcome === 'notSent') expect([name, there.has(name)]).toEqual([name, false]);
      else expect([name, outcome]).toEqual([name, 'unknown']);
    }
    expect(outcomes[0]?.[1]).toBe('notSent');
    expect(outcomes.at(-1)?.[1]).toMatch(/done|unknown/);
  });

  test('of several endpoints, another one serves when one fails', async () => {
    const proxies = await Promise.all([TcpProxy.start({ port: etcd.port }), TcpProxy.start({ port: etcd.port })]);
    const dead = `http://127.0.0.1:${await freePort()}`;
    const several = await open({ endpoints: [dead, ...proxies.map(({ address }) => `http://${address}`)] });
    const readable = () =>
      several.range(all()).then(
        () => true,
        () => false,
      );
    await eventually(readable);
    for (const proxy of proxies) {
      proxy.refuse();
      await eventually(readable);
      proxy.accept();
    }
    await Promise.all(proxies.map((proxy) => proxy.close()));
  });

  test('TLS with certificates on both sides', async () => {
    const [server, client] = [makeIdentity(), makeIdentity()];
    const front = await startTlsFront(etcd.port, server, client);
    const secure = await open({ endpoints: [front.endpoint], tls: { ca: server.cert, ...client } });
    expect((await secure.txn(creation('a'))).succeeded).toBe(true);
    expect((await secure.range(all())).entries).toHaveLength(1);
    const distrustful = await open({ endpoints: [front.endpoint], tls: { ca: client.cert, ...client } });
    expect(await kindOf(distrustful.txn(creation('b')))).toBe('notSent');
    const stranger = await open({ endpoints: [front.endpoint], tls: { ca: server.cert, ...server } });
    expect(['notSent', 'unknown']).toContain(await kindOf(stranger.txn(creation('b'))));
    expect(await names()).toEqual(['a']);
    await front.close();
  });

  test('once closed, calls fail for good', async () => {
    const closing = await open();
    await closing.range(all());
    const watch = follow(closing, 1);
    closing.close();
    expect(await watch.ended).toMatchObject({ reason: expect.stringMatching(/broken|compacted/) });
    await expect(closing.range(all())).rejects.toThrow(EtcdCallError);
    closing.close();
  });
});
