import { execFile } from 'node:child_process';
import { connect as connectTcp } from 'node:net';
import { promisify } from 'node:util';
import { silentLogger, systemClock, UsageError } from '@kubernetes-mesos/component-base';
import { etcdRole, startEmbeddedEtcd, type EmbeddedEtcd } from '@kubernetes-mesos/embedded-etcd';
import { eventually, freePort, TcpProxy, withTempDir } from '@kubernetes-mesos/test-support';
import { connect, openWatch } from './support/pair';

const run = promisify(execFile);

async function withServer(body: (etcd: EmbeddedEtcd, endpoint: string, dir: string) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const etcd = await startEmbeddedEtcd({ dataDir: dir });
    try {
      await body(etcd, etcd.endpoints[0] ?? '', dir);
    } finally {
      await etcd.close();
    }
  });
}

test(
  'etcdctl works on it',
  () =>
    withServer(async (_etcd, endpoint) => {
      const etcdctl = async (...args: string[]) =>
        await run('etcdctl', ['--endpoints', endpoint.replace('http://', ''), ...args], {
          env: { ...process.env, ETCDCTL_API: '3' },
          timeout: 10_000,
        });
      expect((await etcdctl('endpoint', 'health')).stderr + (await etcdctl('endpoint', 'health')).stdout).toContain(
        'is healthy',
      );
      expect((await etcdctl('endpoint', 'status')).stdout).toMatch(/, 3\.4\.\d+, .*, true, false,/);
      expect((await etcdctl('member', 'list')).stdout).toContain(`started, default, ${endpoint}, ${endpoint}`);
      for (const name of ['a', 'b', 'c']) await etcdctl('put', `k/${name}`, name);
      expect((await etcdctl('get', '--prefix', 'k/', '--order=DESCEND', '--limit=2')).stdout).toBe('k/c\nc\nk/b\nb\n');
      expect((await etcdctl('del', '--from-key', 'k/b')).stdout).toBe('2\n');
      const lease = /lease (\w+) granted/.exec((await etcdctl('lease', 'grant', '60')).stdout)?.[1] ?? '';
      await etcdctl('put', '--lease', lease, 'leased', '1');
      expect((await etcdctl('lease', 'timetolive', '--keys', lease)).stdout).toContain('leased');
      await etcdctl('lease', 'revoke', lease);
      expect((await etcdctl('get', 'leased')).stdout).toBe('');
      expect((await etcdctl('compaction', '5')).stdout).toBe('compacted revision 5\n');
      await expect(etcdctl('get', 'k/a', '--rev=2')).rejects.toThrow('required revision has been compacted');
      await etcdctl('defrag');
      expect((await etcdctl('alarm', 'list')).stdout).toBe('');
      expect((await etcdctl('endpoint', 'hashkv')).stdout).toMatch(/, \d+\n$/);
      expect((await etcdctl('lock', 'l', 'echo', 'held')).stdout).toContain('held');
    }),
  60_000,
);

test('answers /health and /version over plain HTTP on the same port', () =>
  withServer(async (_etcd, endpoint) => {
    expect(await (await fetch(`${endpoint}/health`)).json()).toEqual({ health: 'true' });
    expect(await (await fetch(`${endpoint}/version`)).json()).toEqual({ etcdserver: '3.4.23', etcdcluster: '3.4.0' });
    expect((await fetch(`${endpoint}/v2/keys`)).status).toBe(404);
    // First bytes that come one by one are told apart all the same.
    const socket = connectTcp(Number(new URL(endpoint).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    for (const byte of 'GET /health HTTP/1.0\r\n\r\n') {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => answer.includes('{"health":"true"}'));
    socket.destroy();
  }));

test('keeps keys, history, leases and the compaction over a restart', () =>
  withTempDir(async (dataDir) => {
    const first = await startEmbeddedEtcd({ dataDir });
    const before = connect(first.endpoints[0] ?? '');
    const lease = await before.leaseClient.leaseGrant({ TTL: 600 });
    await before.kv.put({ key: Buffer.from('a'), value: Buffer.from('1') });
    await before.kv.put({ key: Buffer.from('a'), value: Buffer.from('2'), lease: lease.ID });
    await before.kv.put({ key: Buffer.from('b'), value: Buffer.from('1') });
    await before.kv.deleteRange({ key: Buffer.from('b') });
    await before.kv.compact({ revision: 3 });
    before.close();
    await first.close();

    const second = await startEmbeddedEtcd({ dataDir });
    const after = connect(second.endpoints[0] ?? '');
    const { kvs, header } = await after.kv.range({ key: Buffer.from([0]), range_end: Buffer.from([0]) });
    expect(kvs.map(({ key, value, version, lease: id }) => [String(key), String(value), version, id])).toEqual([
      ['a', '2', '2', lease.ID],
    ]);
    expect(header.revision).toBe('5');
    expect((await after.kv.range({ key: Buffer.from('b'), revision: 4 })).count).toBe('1');
    await expect(after.kv.range({ key: Buffer.from('a'), revision: 2 })).rejects.toThrow('compacted');
    await after.leaseClient.leaseRevoke({ ID: lease.ID });
    expect((await after.kv.range({ key: Buffer.from('a') })).count).toBe('0');
    await after.kv.compact({ revision: 6, physical: true });
    after.close();
    await second.close();

    // Everything is compacted away; the revision must not start anew.
    const third = await startEmbeddedEtcd({ dataDir });
    const last = connect(third.endpoints[0] ?? '');
    expect((await last.kv.put({ key: Buffer.from('c'), value: Buffer.from('1') })).header.revision).toBe('7');
    last.close();
    await third.close();
  }));

test('a lease that runs out takes its keys with it', () =>
  withServer(async (_etcd, endpoint) => {
    const client = connect(endpoint);
    const { ID, TTL } = await client.leaseClient.leaseGrant({ TTL: 1 });
    expect(TTL).toBe('2');
    for (const key of ['a', 'b']) await client.kv.put({ key: Buffer.from(key), value: Buffer.from('1'), lease: ID });
    const watch = await openWatch(endpoint);
    watch.send({ create_request: { key: Buffer.from('a'), range_end: Buffer.from('c') } });
    await eventually(() => watch.responses.some(({ events }) => events.length === 2));
    const [first, second] = watch.responses.flatMap(({ events }) => events);
    expect([first?.type, first?.kv.mod_revision]).toEqual(['Delete', second?.kv.mod_revision]);
    expect((await client.leaseClient.leaseLeases()).leases).toEqual([]);
    watch.close();
    client.close();
  }));

test(
  'a slow watcher misses nothing and holds nobody up; big answers are cut where asked',
  () =>
    withServer(async (_etcd, endpoint) => {
      const client = connect(endpoint);
      const proxy = await TcpProxy.start({ port: Number(new URL(endpoint).port) });
      const watch = await openWatch(`http://${proxy.address}`);
      try {
        watch.send({ create_request: { key: Buffer.from('k'), fragment: true, start_revision: 2 } });
        await eventually(() => watch.responses.length === 1);
        proxy.pause('toClient');
        const value = Buffer.alloc(1_000_000, 'x');
        for (let index = 0; index < 60; index += 1) await client.kv.put({ key: Buffer.from('k'), value });
        proxy.resume();
        const seen = (): number[] =>
          watch.responses.flatMap(({ events }) => events.map(({ kv }) => Number(kv.mod_revision)));
        await eventually(() => seen().length >= 60);
        expect(seen()).toEqual(Array.from({ length: 60 }, (_, index) => index + 2));
        expect(watch.responses.map(({ fragment }) => fragment)).toContain(true);
      } finally {
        watch.close();
        client.close();
        await proxy.close();
      }
    }),
  60_000,
);

test(
  'reports progress only when the watch has seen what it claims',
  () =>
    withServer(async (_etcd, endpoint) => {
      const client = connect(endpoint);
      for (let index = 0; index < 3_000; index += 100) {
        await Promise.all(
          Array.from({ length: 100 }, (_, each) =>
            client.kv.put({ key: Buffer.from(`k${index + each}`), value: Buffer.from('1') }),
          ),
        );
      }
      const watch = await openWatch(endpoint);
      watch.send({ create_request: { key: Buffer.from('k'), range_end: Buffer.from('l'), start_revision: 1 } });
      watch.send({ progress_request: {} });
      await eventually(() => watch.responses.some(({ watch_id: id }) => id === '-1'));
      const events = watch.responses.flatMap((response) => response.events);
      expect(events).toHaveLength(3_000);
      expect(watch.responses[watch.responses.length - 1]).toMatchObject({
        watch_id: '-1',
        header: { revision: '3001' },
      });
      watch.close();
      client.close();
    }),
  60_000,
);

test('one line for a taken port, a bad URL and a directory that cannot be used', () =>
  withServer(async (_etcd, endpoint, dir) => {
    const port = Number(new URL(endpoint).port);
    await expect(startEmbeddedEtcd({ dataDir: `${dir}/other`, listen: [{ host: '127.0.0.1', port }] })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port}`,
    );
    await expect(startEmbeddedEtcd({ dataDir: '/dev/null/x' })).rejects.toThrow(
      'cannot use the data directory /dev/null/x',
    );
    const context = {
      logger: silentLogger,
      clock: systemClock,
      signal: new AbortController().signal,
      kmPath: '/km',
      argv: [],
    };
    const values = { listen_client_urls: ['https://127.0.0.1:1'], data_dir: dir };
    await expect(etcdRole.run(values, context)).rejects.toThrow(UsageError);
  }));

test('the role serves until its signal aborts', () =>
  withTempDir(async (dir) => {
    const port = await freePort();
    const abort = new AbortController();
    const values = { listen_client_urls: [`http://127.0.0.1:${port}`], data_dir: dir };
    const running = etcdRole.run(values, {
      logger: silentLogger,
      clock: systemClock,
      signal: abort.signal,
      kmPath: '/km',
      argv: [],
    });
    await eventually(async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok);
    abort.abort();
    await running;
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
  }));
