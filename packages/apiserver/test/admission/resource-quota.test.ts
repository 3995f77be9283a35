import { coreV1Resources, type KubeObject } from '@kubernetes-mesos/api-types';
import { silentLogger } from '@kubernetes-mesos/component-base';
import { createStorage, GuardMovedError, type WriteGuard } from '@kubernetes-mesos/storage';
import { startEtcd, type EtcdFixture } from '@kubernetes-mesos/test-support';
import { ResourceQuotaPlugin } from '../../src/admission/resource-quota';
import { serveResource } from '../../src/endpoints/served-resource';
import { startTestServer, type Answer, type TestServer } from '../support/server';

const NAMESPACE = '/api/v1/namespaces/default';
const QUOTAS = `${NAMESPACE}/resourcequotas`;
const MERGE = { 'content-type': 'application/merge-patch+json' };

const pod = (name: string, resources: object = {}, more: object = {}): object => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i', resources }], ...more },
});

describe('quotas, over two API servers', () => {
  let etcd: EtcdFixture;
  let servers: readonly [TestServer, TestServer];

  beforeAll(async () => {
    etcd = await startEtcd();
    servers = [
      await startTestServer({ serverCount: 2 }, 8_192, etcd),
      await startTestServer({ serverCount: 2, advertiseAddress: '127.0.0.2' }, 8_192, etcd),
    ];
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await etcd.stop();
  });
  afterEach(async () => {
    for (const plural of ['resourcequotas', 'pods', 'persistentvolumeclaims']) {
      await call('DELETE', `${NAMESPACE}/${plural}?gracePeriodSeconds=0`);
    }
  });

  const call = (...asked: Parameters<TestServer['call']>): Promise<Answer> => servers[0].call(...asked);

  /** A quota that its controller has counted. */
  async function makeQuota(hard: Record<string, string>, spec: object = {}): Promise<void> {
    const { body } = await call('POST', QUOTAS, { metadata: { name: 'q' }, spec: { hard, ...spec } });
    const used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']));
    const counted = await call('PUT', `${QUOTAS}/q/status`, { ...body, status: { hard, used } });
    expect(counted.status).toBe(200);
    // The other server knows it too.
    await servers[1].call('GET', `${QUOTAS}/q`);
  }
  const used = async (): Promise<Record<string, string>> =>
    (await call('GET', `${QUOTAS}/q`)).body.status.used as Record<string, string>;

  test('are never exceeded, however many create at once, and whoever counts meanwhile', async () => {
    const limit = 15;
    await makeQuota({ pods: String(limit), 'requests.cpu': '100' });
    let isDone = false;
    let counts = 0;
    /** As a controller whose copy of the world is from long ago. */
    const count = async (): Promise<void> => {
      while (!isDone) {
        const { body } = await servers[1].call('GET', `${QUOTAS}/q`);
        const status = { ...body.status, used: { pods: '0', 'requests.cpu': '0' } };
        if ((await servers[1].call('PUT', `${QUOTAS}/q/status`, { ...body, status })).status === 200) counts += 1;
      }
    };
    const counting = count();
    const statuses: number[] = [];
    for (let round = 0; round < 6; round++) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_each, index) =>
          (index % 2 === 0 ? servers[0] : servers[1]).call(
            'POST',
            `${NAMESPACE}/pods`,
            pod(`p${round}-${index}`, { requests: { cpu: '1' } }),
          ),
        ),
      );
      statuses.push(...answers.map(({ status }) => status));
      // Some go, so that there is always somebody who may come.
      if (round < 5) await call('DELETE', `${NAMESPACE}/pods/p${round}-${round}?gracePeriodSeconds=0`);
      const { items } = (await call('GET', `${NAMESPACE}/pods`)).body as { items: object[] };
      expect(items.length).toBeLessThanOrEqual(limit);
    }
    isDone = true;
    await counting;
    expect(counts).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([201, 403]));
    // What was charged twice on the way is given back by the next who counts.
    const { body } = await call('GET', `${QUOTAS}/q`);
    const status = { ...body.status, used: { pods: '0', 'requests.cpu': '0' } };
    await call('PUT', `${QUOTAS}/q/status`, { ...body, status });
    for (let index = 0; index < limit; index++) {
      await call('POST', `${NAMESPACE}/pods`, pod(`last-${index}`, { requests: { cpu: '1' } }));
    }
    const { items } = (await call('GET', `${NAMESPACE}/pods`)).body as { items: object[] };
    expect(items).toHaveLength(limit);
    expect(await used()).toEqual({ pods: String(limit), 'requests.cpu': String(limit) });
  });

  test('what is charged and not stored yet when somebody counts is not stored, but charged again', async () => {
    await makeQuota({ pods: '5' });
    const storage = await createStorage({ endpoints: [etcd.endpoint], logger: silentLogger });
    try {
      await storage.ready();
      const resources = new Map(
        coreV1Resources({ allowPrivileged: false }).map((definition) => {
          const { plural } = definition.names;
          return [plural, serveResource(definition, storage.resource('', plural))];
        }),
      );
      const [pods, quotas, maps] = ['pods', 'resourcequotas', 'configmaps'].map((plural) => resources.get(plural));
      if (pods === undefined || quotas === undefined || maps === undefined) throw new Error('not served');
      const plugin = new ResourceQuotaPlugin(resources, quotas, storage);
      const object: KubeObject = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'slow' } };
      const request = { operation: 'CREATE', resource: pods, subresource: '', namespace: 'default', name: 'slow', object, dryRun: false } as const; // prettier-ignore
      const charge = async (guardsBefore?: WriteGuard[]): Promise<WriteGuard[]> => {
        const guards: WriteGuard[] = [];
        await plugin.validate({ ...request, guards, ...(guardsBefore === undefined ? {} : { guardsBefore }) });
        return guards;
      };
      const none: WriteGuard[] = [];
      await plugin.validate({ ...request, resource: maps, guards: none });
      // What no quota limits depends on none.
      expect(none).toEqual([]);
      const guards = await charge();
      expect(await used()).toEqual({ pods: '1' });
      const { body } = await call('GET', `${QUOTAS}/q`);
      await call('PUT', `${QUOTAS}/q/status`, { ...body, status: { ...body.status, used: { pods: '0' } } });
      expect(await used()).toEqual({ pods: '0' });
      const create = (held: WriteGuard[]) =>
        pods.store.create({ namespace: 'default', name: 'slow' }, object, { guards: held });
      await expect(create(guards)).rejects.toThrow(GuardMovedError);
      await create(await charge(guards));
      expect(await used()).toEqual({ pods: '1' });
    } finally {
      await storage.close();
    }
  });

  test('a count that is too low is put right; one that is true is taken', async () => {
    await makeQuota({ pods: '5', configmaps: '9', 'count/pods': '9' });
    for (const name of ['a', 'b', 'c']) await call('POST', `${NAMESPACE}/pods`, pod(name));
    await call('DELETE', `${NAMESPACE}/pods/c?gracePeriodSeconds=0`);
    expect(await used()).toMatchObject({ pods: '3' });
    const { body } = await call('GET', `${QUOTAS}/q`);
    const low = { hard: body.status.hard, used: { pods: '0', configmaps: '0', 'count/pods': '2', secrets: '7' } };
    await call('PUT', `${QUOTAS}/q/status`, { ...body, status: low });
    expect(await used()).toEqual({ pods: '2', configmaps: '0', 'count/pods': '2', secrets: '7' });
  });

  test('pods must say what a quota limits, in every container', async () => {
    await makeQuota({ 'limits.cpu': '4', 'requests.memory': '1Gi', pods: '9' });
    const { status, body } = await call(
      'POST',
      `${NAMESPACE}/pods`,
      pod('p', { limits: { cpu: '1' } }, { initContainers: [{ name: 'a', image: 'i' }] }),
    );
    expect(status).toBe(403);
    expect(body.message).toBe(
      'pods "p" is forbidden: failed quota: q: must specify limits.cpu for: a; requests.memory for: a,c',
    );
    expect(await used()).toMatchObject({ pods: '0' });
  });

  test('init containers cost when one takes more than all others; extended resources cost', async () => {
    await makeQuota({ cpu: '10', 'requests.example.com/gpu': '3' });
    const amounts = (cpu: string): object => ({
      requests: { cpu, 'example.com/gpu': '1' },
      limits: { 'example.com/gpu': '1' },
    });
    const init = { initContainers: [{ name: 'a', image: 'i', resources: { requests: { cpu: '4' } } }] };
    expect((await call('POST', `${NAMESPACE}/pods`, pod('p', amounts('1'), init))).status).toBe(201);
    expect(await used()).toEqual({ cpu: '4', 'requests.example.com/gpu': '1' });
  });

  test('scopes: what is outside costs nothing', async () => {
    await makeQuota({ pods: '1' }, { scopes: ['BestEffort'] });
    const busy = { requests: { cpu: '1' } };
    expect((await call('POST', `${NAMESPACE}/pods`, pod('a', busy))).status).toBe(201);
    expect((await call('POST', `${NAMESPACE}/pods`, pod('b'))).status).toBe(201);
    expect((await call('POST', `${NAMESPACE}/pods`, pod('c', busy))).status).toBe(201);
    expect((await call('POST', `${NAMESPACE}/pods`, pod('d'))).status).toBe(403);
  });

  test('updates that cost more are charged, and refused where it is too much', async () => {
    await makeQuota({ 'services.nodeports': '2', services: '5' });
    const service = { metadata: { name: 's' }, spec: { ports: [{ name: 'a', port: 80 }] } };
    expect((await call('POST', `${NAMESPACE}/services`, service)).status).toBe(201);
    expect((await call('PATCH', `${NAMESPACE}/services/s`, { spec: { type: 'NodePort' } }, MERGE)).status).toBe(200);
    // The other one is `kubernetes`.
    expect(await used()).toEqual({ 'services.nodeports': '1', services: '2' });
    const ports = ['a', 'b', 'c'].map((name, index) => ({ name, port: 80 + index }));
    const refused = await call('PATCH', `${NAMESPACE}/services/s`, { spec: { ports } }, MERGE);
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain(
      'exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=1, limited: services.nodeports=2',
    );
    const labelled = await call('PATCH', `${NAMESPACE}/services/s`, { metadata: { labels: { a: 'b' } } }, MERGE);
    expect(labelled.status).toBe(200);
  });

  test('storage, by class too', async () => {
    await makeQuota({
      'requests.storage': '10Gi',
      'gold.storageclass.storage.k8s.io/requests.storage': '5Gi',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '2',
    });
    const claim = (name: string, storage: string, storageClassName: string): object => ({
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, storageClassName },
    });
    const claims = `${NAMESPACE}/persistentvolumeclaims`;
    expect((await call('POST', claims, claim('a', '4Gi', 'gold'))).status).toBe(201);
    expect((await call('POST', claims, claim('b', '2Gi', 'gold'))).status).toBe(403);
    expect((await call('POST', claims, claim('c', '6Gi', 'iron'))).status).toBe(201);
    expect((await call('POST', claims, claim('d', '1Gi', 'iron'))).status).toBe(403);
    expect(await used()).toEqual({
      'requests.storage': '10Gi',
      'gold.storageclass.storage.k8s.io/requests.storage': '4Gi',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
    });
  });

  test('what one quota refuses is charged to none', async () => {
    await makeQuota({ pods: '5' });
    const { body } = await call('POST', QUOTAS, { metadata: { name: 'r' }, spec: { hard: { pods: '0' } } });
    await call('PUT', `${QUOTAS}/r/status`, { ...body, status: { hard: { pods: '0' }, used: { pods: '0' } } });
    expect((await call('POST', `${NAMESPACE}/pods`, pod('p'))).status).toBe(403);
    expect(await used()).toEqual({ pods: '0' });
  });
});
