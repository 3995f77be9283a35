import { existsSync } from 'node:fs';
import {
  createTempDir,
  eventually,
  freePort,
  startEtcd,
  startProcess,
  type EtcdFixture,
  type TempDir,
  type TestProcess,
} from '@kubernetes-mesos/test-support';
import { KM_BUNDLE } from '../support/local-cluster';

/**
 * Two API servers give addresses to services while one of them is killed again and again: no address is given twice, and
 * in the end every one can be given.
 */

const runnable = existsSync(KM_BUNDLE);
if (!runnable) process.stderr.write('skipped: killing processes needs the bundle that `make` builds\n');

const KILLS = 3;
/** Of 10.10.10.0/26: without those of network, broadcast and the service `kubernetes`, and the one kept for its brother. */
const ADDRESSES = 60;

interface Service {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly clusterIP: string };
}

/** `km apiserver` as a process of its own. */
class Server {
  #process: TestProcess | undefined;

  private constructor(
    readonly url: string,
    private readonly argv: readonly string[],
  ) {}

  static async start(etcd: EtcdFixture, certDir: string): Promise<Server> {
    const port = await freePort();
    const flags = ['--portal_net=10.10.10.0/26', '--secure_port=0', '--read_only_port=0', '--apiserver_count=2'];
    const own = [`--etcd_servers=${etcd.endpoint}`, `--port=${port}`, `--cert_dir=${certDir}`];
    const server = new Server(`http://127.0.0.1:${port}`, ['apiserver', ...own, ...flags]);
    await server.restart();
    return server;
  }

  async kill(): Promise<void> {
    await this.#process?.kill('SIGKILL');
  }

  async restart(): Promise<void> {
    this.#process = await startProcess(KM_BUNDLE, [...this.argv]);
    await eventually(async () => (await fetch(`${this.url}/readyz`).catch(() => undefined))?.status === 200, {
      what: 'the API server is ready',
    });
  }

  /** The status of the answer; `undefined` without one. */
  async ask(method: string, path: string, body?: object): Promise<number | undefined> {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, { method, headers, ...init }).catch(() => undefined);
    await response?.text().catch(() => undefined);
    return response?.status;
  }

  async services(): Promise<readonly Service[]> {
    const response = await fetch(`${this.url}/api/v1/services`);
    return ((await response.json()) as { items: Service[] }).items;
  }
}

(runnable ? describe : describe.skip)('two API servers, of which one is killed', () => {
  let etcd: EtcdFixture;
  let dir: TempDir;
  let steady: Server;
  let mortal: Server;

  beforeAll(async () => {
    etcd = await startEtcd();
    dir = await createTempDir('km-two-servers-');
    steady = await Server.start(etcd, dir.path);
    mortal = await Server.start(etcd, dir.path);
  }, 90_000);
  afterAll(async () => {
    await Promise.all([steady.kill(), mortal.kill()]);
    await etcd.stop();
    await dir.dispose();
  });

  const collection = '/api/v1/namespaces/default/services';
  const service = (name: string): object => ({ metadata: { name }, spec: { ports: [{ port: 80 }] } });

  test('give every address once, and lose none', async () => {
    let acknowledged = 0;
    let isStopping = false;
    const wrong: string[] = [];
    /** Makes and removes services of its own, at either server. */
    const client = async (index: number): Promise<void> => {
      for (let round = 0; !isStopping; round++) {
        const name = `c${index}-${round}`;
        const server = round % 2 === 0 ? steady : mortal;
        const status = await server.ask('POST', collection, service(name));
        if (status === 201) acknowledged += 1;
        // A killed server may have written what it did not answer for.
        else if (status !== undefined) wrong.push(`${name}: ${status}`);
        await steady.ask('DELETE', `${collection}/${name}`);
        const addresses = (await steady.services()).map(({ spec }) => spec.clusterIP);
        if (new Set(addresses).size !== addresses.length) wrong.push(`given twice: ${addresses.sort().join(' ')}`);
      }
    };
    const clients = Promise.all(Array.from({ length: 12 }, (_each, index) => client(index)));
    try {
      for (let kill = 1; kill <= KILLS; kill++) {
        const goal = acknowledged + 100;
        await eventually(() => acknowledged >= goal, { what: `${goal} services`, deadlineMs: 90_000 });
        await mortal.kill();
        await mortal.restart();
      }
    } finally {
      isStopping = true;
      await clients;
    }
    expect(wrong).toEqual([]);
    for (const { metadata } of await steady.services()) {
      if (metadata.name !== 'kubernetes') await steady.ask('DELETE', `${collection}/${metadata.name}`);
    }
    const statuses = await Promise.all(
      Array.from({ length: ADDRESSES }, (_each, index) =>
        (index % 2 === 0 ? steady : mortal).ask('POST', collection, service(`last-${index}`)),
      ),
    );
    expect(statuses).toEqual(Array.from({ length: ADDRESSES }, () => 201));
    const addresses = (await mortal.services()).map(({ spec }) => spec.clusterIP);
    expect(new Set(addresses).size).toBe(ADDRESSES + 1);
  }, 300_000);
});
