import { silentLogger } from '@kubernetes-mesos/component-base';
import { eventually, FakeClock, type EtcdFixture } from '@kubernetes-mesos/test-support';
import { compactionRound, Compactor, type CompactorState } from '../src/compactor';
import { DirectGateway } from '../src/etcd/direct-gateway';
import type { EtcdGateway } from '../src/etcd/etcd-gateway';
import { etcdKinds } from './support/etcd-kinds';

const FIRST: CompactorState = { version: 0, revision: 0 };

describe.each(etcdKinds)('on %s', (_, start) => {
  let etcd: EtcdFixture;
  let gateway: EtcdGateway;
  beforeEach(async () => {
    etcd = await start();
    gateway = new DirectGateway({ endpoints: [`${etcd.endpoint}/`] });
  });
  afterEach(async () => {
    gateway.close();
    await etcd.stop();
  });

  async function put(key: string): Promise<number> {
    const { revision } = await gateway.txn({
      compare: [],
      success: [{ op: 'put', key, value: Buffer.from('1') }],
      failure: [],
    });
    return revision;
  }

  async function isCompacted(revision: number): Promise<boolean> {
    return gateway.range({ key: 'a', revision }).then(
      () => false,
      () => true,
    );
  }

  test('of two servers one compacts a round, to where the last round was', async () => {
    const before = await put('a');
    const [one, two] = await Promise.all([compactionRound(gateway, FIRST), compactionRound(gateway, FIRST)]);
    expect([one.version, two.version]).toEqual([1, 1]);
    expect(await isCompacted(before)).toBe(false);
    const last = await put('a');
    const rounds = await Promise.all([compactionRound(gateway, one), compactionRound(gateway, two)]);
    expect(rounds.map(({ version }) => version)).toEqual([2, 2]);
    expect(await isCompacted(before)).toBe(true);
    expect(await isCompacted(last)).toBe(false);
  });

  test('a round comes every interval, until it is closed', async () => {
    const clock = new FakeClock();
    const compactor = new Compactor({ gateway, logger: silentLogger, clock, intervalMs: 300_000 });
    compactor.start();
    const revision = await put('a');
    await put('a');
    await eventually(async () => {
      await clock.advance(300_000);
      return isCompacted(revision);
    });
    await compactor.close();
    expect(clock.pendingTimers).toBe(0);
  });
});
