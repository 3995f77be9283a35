import { infraContainerOf } from '@kubernetes-mesos/api-types';
import type { ContainerStatus, PodStatus } from '../src/api/core-v1';
import { silentLogger } from '@kubernetes-mesos/component-base';
import { freePort } from '@kubernetes-mesos/test-support';
import { DEFAULT_LOG_LIMITS } from '../src/runtime/runtime';
import { DockerRuntime } from '../src/runtime/docker/docker-runtime';
import { runInContainer } from '../src/runtime/run-in-container';
import { dockerMissing, startDocker, type DockerDaemon } from './support/docker-daemon';
import { startExecutor, store, testPod, type ExecutorFixture } from './support/executor-fixture';
import { soon } from './support/soon';

const title = dockerMissing === undefined ? 'executor on Docker' : `executor on Docker (skipped: ${dockerMissing})`;

(dockerMissing === undefined ? describe : describe.skip)(title, () => {
  let daemon: DockerDaemon;
  let fixture: ExecutorFixture;
  const runtime = (owner: string): DockerRuntime =>
    new DockerRuntime({
      endpoint: daemon.endpoint,
      hostIP: '127.0.0.1',
      owner,
      pauseImage: 'kubernetes/pause:km-test',
      logLimits: DEFAULT_LOG_LIMITS,
      cgroupParent: '',
      logger: silentLogger,
    });
  const names = async (uid: string): Promise<string[]> => {
    const found = await daemon.docker.listContainers({
      all: true,
      filters: { label: [`io.kubernetes.pod.uid=${uid}`] },
    });
    return found.flatMap(({ Names }) => Names).sort();
  };

  beforeAll(async () => {
    daemon = await startDocker();
  }, 120_000);
  afterAll(() => daemon.close(), 60_000);
  beforeEach(async () => {
    fixture = await startExecutor({ runtime: (rootDir) => runtime(`test/${rootDir}`) });
  });
  afterEach(() => fixture.stop(), 60_000);

  test('runs nginx behind its host port, under the names that docker ps has always shown', async () => {
    const hostPort = await freePort();
    const pod = testPod('nginx-id-01', {
      terminationGracePeriodSeconds: 3,
      containers: [
        {
          name: 'nginx-01',
          image: 'dockerfile/nginx',
          imagePullPolicy: 'IfNotPresent',
          ports: [{ containerPort: 80, hostPort }],
          livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 },
          readinessProbe: { exec: { command: ['cat', '/etc/passwd'] }, periodSeconds: 1 },
          resources: { limits: { memory: '64Mi' } },
        },
      ],
    });
    const path = store(fixture.api, pod);
    fixture.agent.launch('pod.nginx', pod);
    const status = (): PodStatus => fixture.api.get(path)?.status ?? {};
    await soon(() => expect(status().conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True'), 20_000);
    expect(await (await fetch(`http://127.0.0.1:${hostPort}/`)).text()).toContain('Welcome to nginx!');
    const uid = 'uid-nginx-id-01';
    expect(await names(uid)).toEqual([
      expect.stringMatching(/^\/k8s_POD\.[0-9a-f]{8}_nginx-id-01\.default\.mesos_uid-nginx-id-01_[0-9a-f]{8}$/),
      expect.stringMatching(/^\/k8s_nginx-01\.[0-9a-f]{8}_nginx-id-01\.default\.mesos_uid-nginx-id-01_[0-9a-f]{8}$/),
    ]);
    const container = status().containerStatuses?.[0];
    expect(container?.imageID).toMatch(/^docker:\/\/[0-9a-f]{64}$/);
    expect(container?.containerID).toMatch(/^docker:\/\/[0-9a-f]{64}$/);
    expect(status().podIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(infraContainerOf(fixture.api.get(path)?.metadata.annotations)).toMatchObject({
      image: 'kubernetes/pause:km-test',
      imageID: expect.stringMatching(/^docker:\/\/[0-9a-f]{64}$/) as string,
      containerID: expect.stringMatching(/^docker:\/\/[0-9a-f]{64}$/) as string,
    });
    const id = container?.containerID?.slice('docker://'.length) ?? '';
    const result = await runInContainer(fixture.runtime, id, ['sh', '-c', 'hostname; exit 7'], 5_000);
    expect(result).toEqual({ exitCode: 7, output: 'nginx-id-01\n' });
    fixture.agent.kill('pod.nginx');
    await soon(() => expect(fixture.agent.statesOf('pod.nginx').at(-1)).toBe('TASK_KILLED task-killed'), 15_000);
    expect(await names(uid)).toEqual([]);
  }, 60_000);

  test('volumes are shared, logs are kept, a crash restarts, an image that is nowhere is named', async () => {
    const sh = (name: string, script: string): Record<string, unknown> => ({
      name,
      image: 'nginx',
      imagePullPolicy: 'IfNotPresent',
      command: ['sh', '-c', script],
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    });
    const pod = testPod('mixed', {
      terminationGracePeriodSeconds: 1,
      volumes: [{ name: 'data', emptyDir: {} }],
      initContainers: [sh('init', 'echo first > /data/file')] as never,
      containers: [
        sh('reader', 'cat /data/file; echo done > /dev/termination-log; sleep 1; exit 4'),
        { name: 'absent', image: '127.0.0.1:1/nowhere:v1' },
      ] as never,
    });
    const path = store(fixture.api, pod);
    fixture.agent.launch('pod.mixed', pod);
    const container = (name: string): ContainerStatus | undefined =>
      ((fixture.api.get(path)?.status ?? {}) as PodStatus).containerStatuses?.find((status) => status.name === name);
    await soon(() => expect(container('absent')?.state?.waiting?.reason).toBe('ImagePullBackOff'), 20_000);
    await soon(() => expect(container('reader')?.restartCount).toBe(1), 20_000);
    expect(container('reader')?.lastState?.terminated).toMatchObject({
      exitCode: 4,
      reason: 'Error',
      message: 'done\n',
    });
    const id = container('reader')?.lastState?.terminated?.containerID?.slice('docker://'.length) ?? '';
    const chunks: string[] = [];
    for await (const chunk of await fixture.runtime.logs(id, { follow: false, timestamps: false }))
      chunks.push(String(chunk));
    expect(chunks.join('')).toBe('first\n');
  }, 60_000);

  test('removes what an earlier executor of the same agent left, and nothing else', async () => {
    const start = async (owner: string, name: string): Promise<DockerRuntime> => {
      const other = runtime(owner);
      await other.createSandbox({ pod: testPod(name, { containers: [{ name: 'c' }] }), attempt: 0, hostname: name });
      return other;
    };
    await start('agent/exec', 'left');
    const stranger = await start('agent/other', 'stays');
    expect(await runtime('agent/exec').removeLeftovers()).toBe(1);
    expect(await names('uid-left')).toEqual([]);
    expect(await names('uid-stays')).toHaveLength(1);
    await stranger.close();
    expect(await names('uid-stays')).toEqual([]);
  }, 60_000);
});
