import { StatusError, type KubeObject, type Node, type Pod } from '@kubernetes-mesos/api-types';
import type { Informer, InformerHandler, KubeClient } from '@kubernetes-mesos/client';
import { silentLogger, systemClock } from '@kubernetes-mesos/component-base';
import { parseResources, startMaster, startSimulation, type RunningMaster } from '@kubernetes-mesos/embedded-mesos';
import {
  createMasterDetector,
  createOperatorClient,
  createSchedulerClient,
  type MasterDetector,
} from '@kubernetes-mesos/mesos';
import { createTempDir, eventually, type TempDir } from '@kubernetes-mesos/test-support';
import { Registry } from 'prom-client';
import { PodScheduler } from '../src/driver/pod-scheduler';
import { createSchedulerMetrics } from '../src/http/metrics';
import { makeCatalog, makePod } from './builders';
import { OPTIONS } from './fake-world';

/** The scheduler on real sockets: the embedded master, and agents whose executors only say that they run. */

const AGENTS = 20;
let folder: TempDir;
let master: RunningMaster;
let simulation: Awaited<ReturnType<typeof startSimulation>>;
let detector: MasterDetector;

beforeAll(async () => {
  folder = await createTempDir();
  master = await startMaster({ port: 0, workDir: folder.path });
  simulation = await startSimulation({
    master: master.address,
    count: AGENTS,
    resources: parseResources('cpus:8;mem:8192;ports:[31000-32000]'),
  });
  detector = createMasterDetector(master.address);
  await eventually(() => simulation.registered === AGENTS);
});
afterAll(async () => {
  await detector.close();
  await simulation.close();
  await master.close();
  await folder.dispose();
});

class MemoryInformer<T extends KubeObject> implements Informer<T> {
  readonly synced = true;
  readonly objects = new Map<string, T>();
  readonly #handlers = new Set<InformerHandler<T>>();
  readonly lister = {
    get: (key: string) => this.objects.get(key),
    list: () => [...this.objects.values()],
    byIndex: () => [],
  };
  start = () => Promise.resolve();
  close = () => Promise.resolve();

  subscribe(handler: InformerHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.objects.values()) handler.added?.(object);
    return () => void this.#handlers.delete(handler);
  }
  add(object: T): void {
    this.objects.set(object.metadata.name ?? '', object);
    for (const handler of this.#handlers) handler.added?.(object);
  }
  remove(name: string): void {
    const object = this.objects.get(name);
    this.objects.delete(name);
    if (object !== undefined) for (const handler of this.#handlers) handler.deleted?.(object);
  }
}

let storedId: string | undefined;
/** Stopped after the test, however it ends. */
const running: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(running.splice(0).map((stop) => stop())));

function startScheduler(pods: MemoryInformer<Pod>): { scheduler: PodScheduler; stop(): Promise<void> } {
  const find = (name: string): Promise<Pod> => {
    const pod = pods.objects.get(name);
    if (pod !== undefined) return Promise.resolve(pod);
    return Promise.reject(
      new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 404 }),
    );
  };
  const kube = {
    get: (_resource: unknown, key: { name: string }) => find(key.name),
    delete: (_resource: unknown, key: { name: string }) => find(key.name),
    patch: (_resource: unknown, key: { name: string }) => find(key.name),
  } as unknown as Pick<KubeClient, 'get' | 'delete' | 'patch'>;
  const stopping = new AbortController();
  const mesos = createSchedulerClient({
    detector,
    framework: {
      user: 'root',
      name: 'Kubernetes',
      roles: ['*'],
      failover_timeout: 3600,
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }, { type: 'PARTITION_AWARE' }],
      ...(storedId === undefined ? {} : { id: { value: storedId } }),
    },
    suppressedRoles: () => ['*'],
  });
  const scheduler = new PodScheduler(
    {
      mesos,
      kube,
      pods,
      nodes: new MemoryInformer<Node>(),
      recorder: { event: () => undefined },
      frameworkIds: {
        load: () => Promise.resolve(storedId),
        save: (id) => {
          storedId = id;
          return Promise.resolve();
        },
        clear: () => Promise.resolve(),
      },
      metrics: createSchedulerMetrics(new Registry()),
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
    },
    OPTIONS,
    makeCatalog(),
  );
  const run = scheduler.run(stopping.signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await run;
  };
  running.push(stop);
  return { scheduler, stop };
}

test('hundreds of pods run, survive a new scheduler, and end when they are deleted', async () => {
  const operator = createOperatorClient({ detector });
  running.push(() => operator.close());
  const pods = new MemoryInformer<Pod>();
  const first = startScheduler(pods);
  await eventually(() => first.scheduler.isOpen);
  for (let index = 0; index < 300; index += 1) {
    pods.add(makePod(`p${index}`, { containers: [{ ports: [{ containerPort: 80 }] }] }));
  }
  await eventually(() => simulation.running === 300, 30_000);
  const live = (scheduler: PodScheduler) => scheduler.state.registry.inPhase('live').size;
  await eventually(() => live(first.scheduler) === 300);
  const executors = (await operator.getExecutors()).executors ?? [];
  expect(executors.length).toBeLessThanOrEqual(AGENTS);
  expect(new Set(executors.map(({ agent_id: agent }) => agent?.value)).size).toBe(executors.length);
  await first.stop();

  const second = startScheduler(pods);
  await eventually(() => live(second.scheduler) === 300);
  expect(simulation.running).toBe(300);
  for (const name of [...pods.objects.keys()]) pods.remove(name);
  await eventually(() => simulation.running === 0, 30_000);
  await eventually(() => second.scheduler.state.registry.size === 0);
  await second.stop();
}, 90_000);
