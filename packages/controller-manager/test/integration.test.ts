import { generateKeyPairSync } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Pod, ReplicationController } from '@kubernetes-mesos/api-types';
import {
  CONFIG_MAPS,
  createKubeClient,
  ENDPOINTS,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  REPLICATION_CONTROLLERS,
  RESOURCE_QUOTAS,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
  type KubeClient,
} from '@kubernetes-mesos/client';
import {
  createMetricsRegistry,
  parseFlags,
  silentLogger,
  systemClock,
  type Logger,
} from '@kubernetes-mesos/component-base';
import { eventually, freePort } from '@kubernetes-mesos/test-support';
import { controllerManagerRole } from '../src';
import { createControllers } from '../src/controllers';
import { controllerManagerFlags } from '../src/flags';
import type { MesosAgent } from '../src/nodes/mesos-agents';
import { ControllerMetrics } from '../src/runtime/metrics';
import { runController } from '../src/runtime/run-controller';
import { TokenSigner } from '../src/service-accounts/token';
import { startRealApiServer, type RealApiServer } from './support/real-api-server';

/** All controllers, on the real API server and a real etcd. */

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
const signer = new TokenSigner(pem.toString());
let server: RealApiServer;
let client: KubeClient;
let agents: MesosAgent[] = [];
let errors: unknown[] = [];
const logger: Logger = {
  ...silentLogger,
  error: (_message, fields) => errors.push(fields?.['error']),
  child: () => logger,
};

beforeAll(async () => {
  server = await startRealApiServer();
  client = createKubeClient({ servers: [server.address] });
}, 60_000);
afterAll(async () => {
  await client.close();
  await server.stop();
});

interface Running {
  stop(): Promise<void>;
}

async function startControllers(): Promise<Running> {
  const { values } = parseFlags(
    controllerManagerFlags,
    ['--master=unused', '--node_sync_period=100ms', '--resource_quota_sync_period=1s'],
    { usage: 'km controller-manager', description: '' },
  );
  const own = createKubeClient({ servers: [server.address] });
  const set = createControllers({
    client: own,
    agents: { agents: () => Promise.resolve(agents) },
    clock: systemClock,
    logger,
    flags: values,
    signer,
    rootCa: undefined,
  });
  await set.informers.start();
  const abort = new AbortController();
  setMaxListeners(0, abort.signal);
  const metrics = new ControllerMetrics(createMetricsRegistry());
  const options = { clock: systemClock, logger, metrics, signal: abort.signal };
  const running = set.controllers.map((controller) => runController(controller, options));
  return {
    stop: async () => {
      abort.abort();
      await Promise.all(running);
      await Promise.all(set.recorders.map((recorder) => recorder.close()));
      await set.informers.close();
      await own.close();
    },
  };
}

describe('with the controllers running', () => {
  let running: Running;

  beforeAll(async () => {
    errors = [];
    running = await startControllers();
  });
  afterAll(async () => {
    await running.stop();
    expect(errors).toEqual([]);
  });

  const rc = (name: string, replicas: number): ReplicationController => ({
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { app: name },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  });
  const podsOf = async (app: string): Promise<Pod[]> =>
    (await client.list(PODS, { namespace: 'default', labelSelector: `app=${app}` })).items;

  test('a replication controller has its pods, and takes them along or leaves them', async () => {
    await client.create(REPLICATION_CONTROLLERS, rc('web', 3));
    await eventually(async () => (await podsOf('web')).length === 3);
    await eventually(async () => {
      const { status } = await client.get(REPLICATION_CONTROLLERS, { name: 'web' });
      return status?.replicas === 3 && status.observedGeneration === 1;
    });
    const key = { namespace: 'default', name: 'web' };
    await client.patch(REPLICATION_CONTROLLERS, key, { kind: 'merge', body: { spec: { replicas: 1 } } });
    await eventually(async () => (await podsOf('web')).length === 1);
    await client.delete(REPLICATION_CONTROLLERS, key, { propagationPolicy: 'Orphan' });
    await eventually(async () => {
      const [left] = await podsOf('web');
      const { items } = await client.list(REPLICATION_CONTROLLERS, { namespace: 'default' });
      return items.length === 0 && left !== undefined && left.metadata.ownerReferences === undefined;
    });
    await client.create(REPLICATION_CONTROLLERS, rc('web', 2));
    await eventually(async () => {
      const pods = await podsOf('web');
      return pods.length === 2 && pods.every((pod) => pod.metadata.ownerReferences?.[0]?.controller === true);
    });
    await client.delete(REPLICATION_CONTROLLERS, key, { propagationPolicy: 'Background' });
    await eventually(async () => (await podsOf('web')).length === 0);
    await client.create(REPLICATION_CONTROLLERS, rc('fg', 2));
    await eventually(async () => (await podsOf('fg')).length === 2);
    await client.delete(REPLICATION_CONTROLLERS, { name: 'fg' }, { propagationPolicy: 'Foreground' });
    await eventually(async () => {
      const controllers = await client.list(REPLICATION_CONTROLLERS, { namespace: 'default' });
      return controllers.items.length === 0 && (await podsOf('fg')).length === 0;
    });
  });

  test('endpoints follow a pod that Mesos gave a port', async () => {
    await client.create(SERVICES, {
      metadata: { name: 'front', namespace: 'default', labels: { tier: 'front' } },
      spec: { selector: { app: 'front' }, ports: [{ port: 80, targetPort: 8080 }] },
    });
    await client.create(PODS, {
      metadata: {
        name: 'front-1',
        namespace: 'default',
        labels: { app: 'front' },
        annotations: { 'k8s.mesosphere.io/port_TCP_8080': '31005' },
      },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 8080 }] }] },
    });
    const pod = await client.get(PODS, { name: 'front-1' });
    await client.updateStatus(PODS, {
      ...pod,
      status: {
        phase: 'Running',
        hostIP: '10.0.0.9',
        podIP: '172.17.0.2',
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    });
    await eventually(async () => {
      const endpoints = await client.get(ENDPOINTS, { name: 'front' });
      const [subset] = endpoints.subsets ?? [];
      return (
        subset?.addresses?.[0]?.ip === '10.0.0.9' &&
        subset.ports?.[0]?.port === 31005 &&
        endpoints.metadata.annotations?.['k8s.mesosphere.io/containerPort_TCP_10.0.0.9_31005'] === '8080'
      );
    });
    await client.delete(SERVICES, { name: 'front' });
    await eventually(async () => {
      const { items } = await client.list(ENDPOINTS, { namespace: 'default', fieldSelector: 'metadata.name=front' });
      return items.length === 0;
    });
    await client.delete(PODS, { name: 'front-1' }, { gracePeriodSeconds: 0 });
  });

  test('nodes come and go with the agents', async () => {
    const agent: MesosAgent = {
      id: 'S1',
      hostname: 'agent-1',
      ip: '10.0.0.1',
      cpus: 2,
      memMib: 1024,
      active: true,
      hasKubelet: false,
      attributes: new Map([['rack', 'r1']]),
      region: undefined,
      zone: undefined,
    };
    agents = [agent];
    await eventually(async () => {
      const { items } = await client.list(NODES);
      const [node] = items;
      const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
      return ready?.status === 'True' && (node?.spec?.taints ?? []).length === 0;
    });
    const node = await client.get(NODES, { name: 'agent-1' });
    expect(node.metadata.labels).toMatchObject({ 'k8s.mesosphere.io/attribute-rack': 'r1' });
    expect(node.status?.capacity).toMatchObject({ cpu: '2', memory: '1Gi' });
  });

  test('a namespace gets its account and token, and goes with all that is in it', async () => {
    await client.create(NAMESPACES, { metadata: { name: 'work' } });
    await eventually(async () => {
      const { items } = await client.list(SERVICE_ACCOUNTS, { namespace: 'work' });
      return items[0]?.secrets?.length === 1;
    });
    const { items: secrets } = await client.list(SECRETS, { namespace: 'work' });
    expect(secrets).toMatchObject([{ type: 'kubernetes.io/service-account-token' }]);
    await client.create(CONFIG_MAPS, { metadata: { name: 'c', namespace: 'work' } });
    await client.create(PODS, {
      metadata: { name: 'p', namespace: 'work' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    });
    await client.delete(NAMESPACES, { name: 'work' });
    await eventually(
      async () => {
        const { items } = await client.list(NAMESPACES, { fieldSelector: 'metadata.name=work' });
        return items.length === 0;
      },
      { deadlineMs: 20_000 },
    );
  });

  test('a claim gets a volume, holds its namespace while a pod uses it, and leaves the volume released', async () => {
    await client.create(NAMESPACES, { metadata: { name: 'store' } });
    await client.create(PERSISTENT_VOLUME_CLAIMS, {
      metadata: { name: 'data', namespace: 'store' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } },
    });
    for (const [name, storage] of [
      ['big', '9Gi'],
      ['fits', '2Gi'],
    ] as const) {
      await client.create(PERSISTENT_VOLUMES, {
        metadata: { name },
        spec: {
          capacity: { storage },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path: '/data' },
          persistentVolumeReclaimPolicy: 'Delete',
        },
      });
    }
    const key = { namespace: 'store', name: 'data' };
    await eventually(async () => (await client.get(PERSISTENT_VOLUME_CLAIMS, key)).status?.phase === 'Bound');
    const { spec, metadata } = await client.get(PERSISTENT_VOLUME_CLAIMS, key);
    const bound = spec?.volumeName ?? '';
    expect(metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
    expect(metadata.annotations).toMatchObject({ 'pv.kubernetes.io/bind-completed': 'yes' });
    const volume = await client.get(PERSISTENT_VOLUMES, { name: bound });
    expect([volume.status?.phase, volume.spec?.claimRef?.uid]).toEqual(['Bound', metadata.uid]);
    const other = await client.get(PERSISTENT_VOLUMES, { name: bound === 'big' ? 'fits' : 'big' });
    expect(other.spec?.claimRef).toBeUndefined();

    await client.create(PODS, {
      metadata: { name: 'user', namespace: 'store' },
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }],
      },
    });
    const pod = { namespace: 'store', name: 'user' };
    const target = { kind: 'Node', name: 'agent-1' };
    await client.subresource('POST', PODS, pod, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: pod,
      target,
    });
    await client.delete(NAMESPACES, { name: 'store' });
    await eventually(async () => {
      const { status } = await client.get(NAMESPACES, { name: 'store' });
      const finalizers = status?.conditions?.find(({ type }) => type === 'NamespaceFinalizersRemaining');
      return finalizers?.status === 'True' && finalizers.message?.includes('kubernetes.io/pvc-protection') === true;
    });
    expect((await client.get(PERSISTENT_VOLUME_CLAIMS, key)).metadata.deletionTimestamp).toBeDefined();
    await client.delete(PODS, pod, { gracePeriodSeconds: 0 });
    await eventually(async () => {
      const { items } = await client.list(NAMESPACES, { fieldSelector: 'metadata.name=store' });
      return items.length === 0;
    });
    await eventually(async () => (await client.get(PERSISTENT_VOLUMES, { name: bound })).status?.phase === 'Failed');
    for (const name of ['big', 'fits']) await client.delete(PERSISTENT_VOLUMES, { name });
    await eventually(async () => (await client.list(PERSISTENT_VOLUMES)).items.length === 0);
  });

  test('a quota is measured again when something goes', async () => {
    await client.create(RESOURCE_QUOTAS, {
      metadata: { name: 'q', namespace: 'default' },
      spec: { hard: { configmaps: '5' } },
    });
    await client.create(CONFIG_MAPS, { metadata: { name: 'counted', namespace: 'default' } });
    const used = async () => (await client.get(RESOURCE_QUOTAS, { name: 'q' })).status?.used?.['configmaps'];
    await eventually(async () => (await used()) === '1');
    await client.delete(CONFIG_MAPS, { name: 'counted' });
    await eventually(async () => (await used()) === '0');
  });
});

test('the role runs until it is told to stop, also while its servers are away', async () => {
  const port = await freePort();
  const { values } = parseFlags(
    controllerManagerFlags,
    [`--master=127.0.0.1:${await freePort()}`, `--mesos_master=127.0.0.1:${await freePort()}`, `--port=${port}`],
    { usage: 'km controller-manager', description: '' },
  );
  const abort = new AbortController();
  const running = controllerManagerRole.run(values, {
    logger: silentLogger,
    clock: systemClock,
    signal: abort.signal,
    kmPath: '/nonexistent/km',
    argv: [],
  });
  await eventually(async () => (await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()) === 'ok');
  abort.abort();
  await running;
});
