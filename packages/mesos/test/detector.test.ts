import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, eventually, freePort, type TempDir } from '@kubernetes-mesos/test-support';
import zookeeper from 'node-zookeeper-client';
import { createMasterDetector } from '../src/master/create-detector';
import { HostsDetector } from '../src/master/hosts-detector';
import { parseMasterAddress } from '../src/master/master-address';
import { leadingNode, parseMasterInfo } from '../src/master/zookeeper-leader';
import type { MasterDetector } from '../src/master-detector';
import { ScriptedApi } from './scripted-api';

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

describe('the address', () => {
  test.each([
    ['localhost:5050', { kind: 'hosts', hosts: ['localhost:5050'] }],
    ['h1, h2:6060', { kind: 'hosts', hosts: ['h1:5050', 'h2:6060'] }],
    ['http://h:5050/', { kind: 'hosts', hosts: ['h:5050'] }],
    ['zk://h1:1,h2/mesos', { kind: 'zookeeper', servers: ['h1:1', 'h2:2181'], path: '/mesos' }],
    ['zk://u:p@h/a/b/', { kind: 'zookeeper', servers: ['h:2181'], path: '/a/b', auth: 'u:p' }],
  ])('%s', (text, address) => expect(parseMasterAddress(text)).toEqual(address));
  test.each(['', 'zk://h', 'zk://h/', 'ftp://h', 'h:0', 'h:99999', 'a b', 'zk://u@h/mesos'])(
    '%j is refused',
    (text) => {
      expect(parseMasterAddress(text).kind).toBe('error');
      expect(() => createMasterDetector(text)).toThrow();
    },
  );
});

describe('what masters write into ZooKeeper', () => {
  test('the smallest sequence number leads, and other children are nobody', () => {
    expect(leadingNode(['log_replicas', 'json.info_0000000012', 'json.info_0000000003', 'info_0000000001'])).toBe(
      'json.info_0000000003',
    );
    expect(leadingNode(['log_replicas'])).toBeUndefined();
  });
  test('the address comes first, then the number in network order', () => {
    const parse = (info: unknown) => parseMasterInfo(Buffer.from(JSON.stringify(info)));
    expect(parse({ address: { ip: '10.0.0.1', port: 5051 }, ip: 1, port: 5050 })).toBe('10.0.0.1:5051');
    expect(parse({ ip: 16777343, port: 5050 })).toBe('127.0.0.1:5050');
    expect(parse({ hostname: 'm', port: 5050 })).toBe('m:5050');
    expect(parseMasterInfo(Buffer.from('\0binary'))).toBeUndefined();
  });
});

describe('masters by address', () => {
  const apis: ScriptedApi[] = [];
  const detectors: MasterDetector[] = [];
  const master = async (redirect: (self: string) => string | undefined, metrics = {}): Promise<string> => {
    const api = new ScriptedApi();
    apis.push(api);
    const host = await api.start();
    api.handler = (request, response) => {
      if (request.path === '/health') response.writeHead(200).end();
      else if (request.path === '/metrics/snapshot') response.end(JSON.stringify(metrics));
      else {
        const target = redirect(host);
        if (target === undefined) response.writeHead(503).end('No leader elected');
        else response.writeHead(307, { location: `//${target}` }).end();
      }
    };
    return host;
  };
  const detector = (hosts: string[]): MasterDetector => {
    const made = new HostsDetector({ hosts, pollMs: 10 });
    detectors.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(detectors.splice(0).map((each) => each.close()));
    await Promise.all(apis.splice(0).map((each) => each.close()));
  });

  test('a follower sends us to the leader', async () => {
    const leader = await master((self) => self);
    const follower = await master(() => leader);
    await expect(detector([follower]).current({ signal: signal() })).resolves.toBe(leader);
  });
  test('one that is dead or knows no leader is passed over', async () => {
    const leader = await master((self) => self);
    const lost = await master(() => undefined);
    const dead = `127.0.0.1:${await freePort()}`;
    await expect(detector([dead, lost, leader]).current({ signal: signal() })).resolves.toBe(leader);
  });
  test('a leader whose own name cannot be reached is addressed as configured', async () => {
    const hidden = await master(() => `127.0.0.1:${unreachable}`);
    const unreachable = await freePort();
    await expect(detector([hidden]).current({ signal: signal() })).resolves.toBe(hidden);
  });
  test('of several whose leader announces such a name, the one that leads', async () => {
    const hosts: string[] = [];
    for (const elected of [0, 1]) {
      const host = await master(() => 'no.such.name.invalid:5050', { 'master/elected': elected });
      hosts.push(host);
    }
    await expect(detector(hosts).current({ signal: signal() })).resolves.toBe(hosts[1]);
  });
  test('a change of leader is told', async () => {
    const second = await master((self) => self);
    let leads = undefined as string | undefined;
    const first = await master((self) => leads ?? self);
    const stop = new AbortController();
    const leaders = detector([first]).leaders({ signal: stop.signal })[Symbol.asyncIterator]();
    expect((await leaders.next()).value).toBe(first);
    leads = second;
    expect((await leaders.next()).value).toBe(second);
    stop.abort();
    expect((await leaders.next()).done).toBe(true);
  });
});

const ZK_LIBRARY = '/usr/share/java/zookeeper.jar';
const ZK_SERVER = '/usr/share/zookeeper/bin/zkServer.sh';
/** Debian's ZooKeeper; without it these are skipped. */
const withZooKeeper = existsSync(ZK_SERVER) && existsSync(ZK_LIBRARY) ? describe : describe.skip;

withZooKeeper('masters in ZooKeeper', () => {
  let dir: TempDir;
  let server: ChildProcess;
  let host: string;
  let session: ReturnType<typeof writer>;

  /** What a master does: an ephemeral sequential node with its MasterInfo. */
  function writer(address: string): {
    register(port: number): Promise<string>;
    remove(path: string): Promise<void>;
    close(): void;
  } {
    const client = zookeeper.createClient(address) as unknown as {
      connect(): void;
      close(): void;
      once(event: 'connected', listener: () => void): void;
      mkdirp(path: string, callback: (error: Error | null) => void): void;
      create(path: string, data: Buffer, mode: number, callback: (error: Error | null, path: string) => void): void;
      remove(path: string, callback: (error: Error | null) => void): void;
    };
    const connected = new Promise<void>((resolve) => client.once('connected', resolve));
    client.connect();
    const EPHEMERAL_SEQUENTIAL = 3;
    return {
      async register(port) {
        await connected;
        await new Promise<void>((resolve, reject) =>
          client.mkdirp('/mesos/log_replicas', (error) => (error === null ? resolve() : reject(error))),
        );
        const info = { address: { hostname: 'm', ip: '127.0.0.1', port }, hostname: 'm', id: 'x', ip: 16777343, port };
        return new Promise((resolve, reject) =>
          client.create('/mesos/json.info_', Buffer.from(JSON.stringify(info)), EPHEMERAL_SEQUENTIAL, (error, path) =>
            error === null ? resolve(path) : reject(error),
          ),
        );
      },
      remove: (path) =>
        new Promise((resolve, reject) => client.remove(path, (error) => (error === null ? resolve() : reject(error)))),
      close: () => client.close(),
    };
  }

  beforeAll(async () => {
    dir = await createTempDir();
    const port = await freePort();
    host = `127.0.0.1:${port}`;
    await writeFile(
      join(dir.path, 'zoo.cfg'),
      `tickTime=500\ndataDir=${dir.path}\nclientPort=${port}\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n`,
    );
    server = spawn(ZK_SERVER, ['start-foreground', join(dir.path, 'zoo.cfg')], {
      env: { ...process.env, ZOO_LOG_DIR: dir.path, JVMFLAGS: '-Xmx128m' },
      stdio: 'ignore',
      detached: true,
    });
    session = writer(host);
  }, 60_000);

  afterAll(async () => {
    session.close();
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
    await dir.dispose();
  });

  test('the leader is found, followed, and missed', async () => {
    const detector = createMasterDetector(`zk://${host}/mesos`);
    const stop = new AbortController();
    const seen: (string | undefined)[] = [];
    const watching = (async () => {
      for await (const leader of detector.leaders({ signal: stop.signal })) seen.push(leader);
    })();
    const first = await session.register(6001);
    await expect(detector.current({ signal: signal() })).resolves.toBe('127.0.0.1:6001');
    const second = await session.register(6002);
    await session.remove(first);
    await eventually(() => seen.at(-1) === '127.0.0.1:6002', 20_000);
    await session.remove(second);
    await eventually(() => seen.at(-1) === undefined, 20_000);
    stop.abort();
    await watching;
    await detector.close();
  }, 60_000);
});
