import { startEtcd, type EtcdFixture } from '@kubernetes-mesos/test-support';
import { parseIpRange } from '../../src/registry/ip-range';
import { startTestServer, type Answer, type TestServer } from '../support/server';

const SERVICES = '/api/v1/namespaces/default/services';

describe('addresses and ports of services, given by two API servers over one etcd', () => {
  let etcd: EtcdFixture;
  let servers: readonly TestServer[];

  beforeEach(async () => {
    etcd = await startEtcd();
    // 62 addresses, of which two are the servers' own; 40 ports.
    const change = {
      serviceAddresses: parseIpRange('10.10.10.0/26', 'portal_net'),
      nodePorts: { first: 30_000, last: 30_039 },
      // Two servers write the same services of their own.
      serverCount: 2,
    };
    servers = [
      await startTestServer(change, 8_192, etcd),
      await startTestServer({ ...change, advertiseAddress: '127.0.0.2' }, 8_192, etcd),
    ];
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
    await etcd.stop();
  });

  const service = (name: string, spec: object = {}): object => ({
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  });
  /** One of the servers, in turn. */
  const serverAt = (index: number): TestServer => {
    const server = servers[index % servers.length];
    if (server === undefined) throw new Error('no server');
    return server;
  };
  /** From the servers in turn, all at once. */
  const createAll = (objects: readonly object[]): Promise<Answer[]> =>
    Promise.all(objects.map((object, index) => serverAt(index).call('POST', SERVICES, object)));
  const statuses = (answers: readonly Answer[]): Record<number, number> => {
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };
  async function stored(): Promise<{ addresses: string[]; ports: number[] }> {
    const { body } = await serverAt(0).call('GET', SERVICES);
    const items = body.items as { spec: { clusterIP: string; ports: { nodePort?: number }[] } }[];
    return {
      addresses: items.map(({ spec }) => spec.clusterIP),
      ports: items.flatMap(({ spec }) => spec.ports.flatMap(({ nodePort }) => nodePort ?? [])),
    };
  }

  test('are never given twice, and all are given', async () => {
    // `kubernetes` has one address already.
    const answers = await createAll(Array.from({ length: 60 }, (_each, index) => service(`s${index}`)));
    expect(statuses(answers)).toEqual({ 201: 60 });
    const { addresses } = await stored();
    expect(new Set(addresses).size).toBe(61);
    const [full] = await createAll([service('one-too-many')]);
    expect(full?.status).toBe(500);
    expect(full?.body.message).toContain('range is full');
  });

  test('an address that many ask for is given to one', async () => {
    const answers = await createAll(
      Array.from({ length: 20 }, (_each, index) => service(`s${index}`, { clusterIP: '10.10.10.33' })),
    );
    expect(statuses(answers)).toEqual({ 201: 1, 422: 19 });
    expect(answers.find(({ status }) => status === 422)?.body.message).toContain('provided IP is already allocated');
  });

  test('ports: to new services and to those that become of another type', async () => {
    const created = await createAll(
      Array.from({ length: 40 }, (_each, index) => service(`s${index}`, index < 20 ? {} : { type: 'NodePort' })),
    );
    expect(statuses(created)).toEqual({ 201: 40 });
    const patched = await Promise.all(
      Array.from({ length: 20 }, (_each, index) =>
        serverAt(index).call(
          'PATCH',
          `${SERVICES}/s${index}`,
          { spec: { type: 'NodePort' } },
          {
            'content-type': 'application/merge-patch+json',
          },
        ),
      ),
    );
    expect(statuses(patched)).toEqual({ 200: 20 });
    const { ports } = await stored();
    expect([...ports].sort()).toEqual(Array.from({ length: 40 }, (_each, index) => 30_000 + index));
  });

  test('what is given back is given again, by either server', async () => {
    const objects = Array.from({ length: 20 }, (_each, index) => service(`s${index}`, { type: 'NodePort' }));
    for (let round = 0; round < 4; round++) {
      expect(statuses(await createAll(objects))).toEqual({ 201: 20 });
      await Promise.all(objects.map((_each, index) => serverAt(index + round).call('DELETE', `${SERVICES}/s${index}`)));
    }
    expect((await stored()).ports).toEqual([]);
  });

  test('a service that is refused otherwise takes nothing', async () => {
    const answers = await createAll(Array.from({ length: 50 }, () => service('same')));
    expect(statuses(answers)).toEqual({ 201: 1, 409: 49 });
    const rest = await createAll(Array.from({ length: 59 }, (_each, index) => service(`s${index}`)));
    expect(statuses(rest)).toEqual({ 201: 59 });
  });
});
