import { silentLogger } from '@kubernetes-mesos/component-base';
import {
  connectCoordination,
  FencedError,
  StorageUnavailableError,
  type Coordination,
  type Leadership,
} from '@kubernetes-mesos/storage';
import { eventually, TcpProxy, type EtcdFixture } from '@kubernetes-mesos/test-support';
import { etcdKinds } from './support/etcd-kinds';

describe.each(etcdKinds)('on %s', (_, start) => {
  let etcd: EtcdFixture;
  let proxy: TcpProxy;
  let one: Coordination;
  let two: Coordination;
  let count = 0;
  let stop: AbortController;
  const leaderships: Leadership[] = [];

  beforeAll(async () => {
    etcd = await start();
  });
  afterAll(() => etcd.stop());
  beforeEach(async () => {
    count += 1;
    stop = new AbortController();
    proxy = await TcpProxy.start({ port: etcd.port });
    one = await connectCoordination({
      endpoints: [`http://${proxy.address}`],
      logger: silentLogger,
      callTimeoutMs: 500,
      requestTimeoutMs: 2_000,
    });
    two = await connectCoordination({ endpoints: [etcd.endpoint], logger: silentLogger });
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all(leaderships.splice(0).map((each) => each.resign()));
    one.close();
    two.close();
    await proxy.close();
  });

  async function campaign(on: Coordination, identity: string): Promise<Leadership> {
    const election = on.election({ key: `/election-${count}`, identity, ttlSeconds: 2 });
    const leadership = await election.campaign(stop.signal);
    leaderships.push(leadership);
    return leadership;
  }

  test('one leads, and hands over at once when it resigns', async () => {
    const first = await campaign(one, 'one');
    const election = two.election({ key: `/election-${count}`, identity: 'two', ttlSeconds: 2 });
    expect(await election.leader()).toBe('one');
    const second = campaign(two, 'two');
    expect(await Promise.race([second, new Promise((resolve) => setTimeout(() => resolve('waiting'), 300))])).toBe(
      'waiting',
    );
    expect(first.lost.aborted).toBe(false);
    const resigned = performance.now();
    await first.resign();
    await first.resign();
    const { fence, identity } = await second;
    expect(performance.now() - resigned).toBeLessThan(1_500);
    expect(identity).toBe('two');
    expect(fence.createRevision).toBeGreaterThan(first.fence.createRevision);
    expect(first.lost.aborted).toBe(true);
    expect(await election.leader()).toBe('two');
  });

  test('a leader that is cut off knows that it is none before another is', async () => {
    const first = await campaign(one, 'one');
    const second = campaign(two, 'two');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(first.lost.aborted).toBe(false);
    proxy.refuse();
    await second;
    expect(first.lost.aborted).toBe(true);
  });

  test('a leadership lasts over short cuts', async () => {
    const first = await campaign(one, 'one');
    for (let index = 0; index < 10; index += 1) {
      proxy.cut();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(first.lost.aborted).toBe(false);
  });

  test('a leader whose key is taken away knows', async () => {
    const first = await campaign(one, 'one');
    await two.keyValues('').delete(`/election-${count}`);
    await eventually(() => first.lost.aborted);
  });

  test('a campaign ends with its signal', async () => {
    await campaign(two, 'two');
    const waiting = campaign(one, 'one').catch((error: unknown) => error);
    const reason = new Error('enough');
    setTimeout(() => stop.abort(reason), 100);
    expect(await waiting).toBe(reason);
  });

  test('keeps values, with a time to live, and only for the leader where asked', async () => {
    const store = one.keyValues(`/values-${count}/`);
    expect(await store.get('framework-id')).toBeUndefined();
    await store.put('framework-id', 'abc');
    expect(await two.keyValues(`/values-${count}/`).get('framework-id')).toBe('abc');
    await store.delete('framework-id');
    await store.delete('framework-id');
    expect(await store.get('framework-id')).toBeUndefined();

    const leadership = await campaign(one, 'one');
    const { fence } = leadership;
    await store.put('a', '1', { fence, ttlSeconds: 2 });
    expect(await store.get('a')).toBe('1');
    await leadership.resign();
    await expect(store.put('a', '2', { fence })).rejects.toThrow(FencedError);
    await expect(store.delete('a', { fence })).rejects.toThrow(FencedError);
    await eventually(async () => (await store.get('a')) === undefined);
  });

  test('says when etcd is out of reach', async () => {
    proxy.refuse();
    await expect(one.keyValues('/x').get('a')).rejects.toThrow(StorageUnavailableError);
  });
});
