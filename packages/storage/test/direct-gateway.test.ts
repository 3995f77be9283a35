import { startEtcd, type EtcdFixture } from '@kubernetes-mesos/test-support';
import { DirectGateway } from '../src/etcd/direct-gateway';

let etcd: EtcdFixture;

beforeAll(async () => {
  etcd = await startEtcd();
});
afterAll(() => etcd.stop());

test('an answer that waits unread behind a long turn of the event loop is not too late', async () => {
  const gateway = new DirectGateway({ endpoints: [etcd.endpoint], callTimeoutMs: 2_000 });
  await gateway.range({ key: 'a' });
  const late = gateway.range({ key: 'a' });
  // The request is out; etcd answers while nothing else is done here.
  await new Promise((resolve) => process.nextTick(resolve));
  const end = performance.now() + 2_500;
  while (performance.now() < end);
  expect((await late).entries).toEqual([]);
  gateway.close();
});

test('refuses what is no endpoint', () => {
  expect(() => new DirectGateway({ endpoints: [] })).toThrow('no endpoint');
  expect(() => new DirectGateway({ endpoints: ['http://'] })).toThrow('not an endpoint');
});
