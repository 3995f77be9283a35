import { KUBERNETES_VERSION } from '@kubernetes-mesos/component-base';
import { infraContainerOf } from '@kubernetes-mesos/api-types';
import type { PodStatus } from '../src/api/core-v1';
import { soon } from './support/soon';
import { startExecutor, store, testPod, type ExecutorFixture } from './support/executor-fixture';

const statusOf = (fixture: ExecutorFixture, path: string): PodStatus => fixture.api.get(path)?.status ?? {};

describe('executor on the process runtime', () => {
  let fixture: ExecutorFixture;
  beforeEach(async () => {
    fixture = await startExecutor();
  });
  afterEach(() => fixture.stop());

  test('binds a pod, runs it, reports it, and stops it on KILL', async () => {
    const { agent, api } = fixture;
    const pod = testPod('web', {
      terminationGracePeriodSeconds: 2,
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo hello; exec sleep 60'] }],
    });
    const path = store(api, pod);
    agent.launch('pod.web', pod);
    await soon(() => expect(agent.statesOf('pod.web')).toContain('TASK_RUNNING pod-running:web_default'));
    expect(agent.statesOf('pod.web')).toEqual([
      'TASK_STARTING create-binding-success',
      'TASK_RUNNING pod-running:web_default',
    ]);
    const bound = api.get(path);
    expect(bound?.spec?.['nodeName']).toBe('node-1');
    expect(bound?.metadata.annotations?.['k8s.mesosphere.io/taskId']).toBe('pod.web');
    await soon(() => expect(statusOf(fixture, path).phase).toBe('Running'));
    const status = statusOf(fixture, path);
    expect(status.hostIP).toBe('127.0.0.1');
    expect(status.podIP).toBe('127.0.0.1');
    expect(status.containerStatuses?.[0]).toMatchObject({ name: 'c', ready: true, restartCount: 0, image: 'busybox' });
    expect(status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(infraContainerOf(api.get(path)?.metadata.annotations)).toEqual({
      image: 'kubernetes/pause:latest',
      imageID: expect.stringMatching(/^process:\/\/sha256:[0-9a-f]{64}$/) as string,
      containerID: expect.stringMatching(/^process:\/\/[0-9a-f]{64}$/) as string,
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    agent.kill('pod.web');
    await soon(() => expect(agent.statesOf('pod.web').at(-1)).toBe('TASK_KILLED task-killed'));
  });

  test('a pod that ends by itself finishes or fails its task and keeps its status', async () => {
    const { agent, api } = fixture;
    for (const [name, code] of [
      ['good', 0],
      ['bad', 3],
    ] as const) {
      const pod = testPod(name, {
        restartPolicy: 'Never',
        containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', `exit ${code}`] }],
      });
      store(api, pod);
      agent.launch(`pod.${name}`, pod);
    }
    await soon(() => expect(agent.statesOf('pod.good').at(-1)).toBe('TASK_FINISHED pod-succeeded'));
    await soon(() =>
      expect(agent.statesOf('pod.bad').at(-1)).toBe('TASK_FAILED pod-failed: container c exited with 3'),
    );
    await soon(() => expect(statusOf(fixture, '/namespaces/default/pods/good').phase).toBe('Succeeded'));
    await soon(() => expect(statusOf(fixture, '/namespaces/default/pods/bad').phase).toBe('Failed'));
    const failed = statusOf(fixture, '/namespaces/default/pods/bad').containerStatuses?.[0]?.state?.terminated;
    expect(failed).toMatchObject({ exitCode: 3, reason: 'Error' });
  });

  test('a deletion in the API stops the pod and is confirmed when it is gone', async () => {
    const { agent, api } = fixture;
    const pod = testPod('gone', {
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'exec sleep 60'] }],
    });
    const path = store(api, pod);
    agent.launch('pod.gone', pod);
    await soon(() => expect(statusOf(fixture, path).phase).toBe('Running'));
    const object = api.get(path)!;
    api.put(path, {
      ...object,
      metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 1 },
    });
    await soon(() => expect(api.get(path)).toBeUndefined());
    expect(agent.statesOf('pod.gone').at(-1)).toBe('TASK_KILLED task-killed');
  });

  test('what is no pod, or belongs to another task, fails with its message', async () => {
    const { agent, api } = fixture;
    agent.launch('pod.junk', 'not json');
    await soon(() => expect(agent.statesOf('pod.junk')).toEqual(['TASK_FAILED unmarshal-task-data-failure']));
    const pod = testPod('taken', { containers: [{ name: 'c', image: 'busybox', command: ['true'] }] });
    const path = store(api, pod);
    const stored = api.get(path)!;
    api.put(path, {
      ...stored,
      metadata: { ...stored.metadata, annotations: { 'k8s.mesosphere.io/taskId': 'pod.other' } },
      spec: { ...stored.spec, nodeName: 'node-1' },
    });
    agent.launch('pod.taken', pod);
    await soon(() => expect(agent.statesOf('pod.taken')).toEqual(['TASK_FAILED create-binding-failure']));
  });

  test('creates its node with the agent’s resources and keeps it ready', async () => {
    const { api } = fixture;
    await soon(() => expect(api.get('/nodes/node-1')?.status?.['addresses']).toBeDefined());
    const status = api.get('/nodes/node-1')?.status;
    expect(status?.['capacity']).toMatchObject({ cpu: '2500m', memory: '1048576Ki' });
    expect(status?.['addresses']).toEqual([
      { type: 'InternalIP', address: '127.0.0.1' },
      { type: 'Hostname', address: 'node-1' },
    ]);
    expect(status?.['nodeInfo']).toMatchObject({ kubeletVersion: KUBERNETES_VERSION.gitVersion });
    expect(status?.['conditions']).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True' })]),
    );
  });

  test('serves logs over the kubelet API', async () => {
    const { agent, api } = fixture;
    const pod = testPod('logs', {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo one; echo two >&2; exec sleep 60'] }],
    });
    store(api, pod);
    agent.launch('pod.logs', pod);
    await soon(() => expect(agent.statesOf('pod.logs')).toHaveLength(2));
    await soon(() => expect(api.get('/nodes/node-1')?.status?.['daemonEndpoints']).toBeDefined());
    const endpoints = api.get('/nodes/node-1')?.status?.['daemonEndpoints'] as { kubeletEndpoint: { Port: number } };
    const base = `http://127.0.0.1:${endpoints.kubeletEndpoint.Port}`;
    await soon(async () => {
      const text = await (await fetch(`${base}/containerLogs/default/logs/c`)).text();
      expect(text.split('\n').sort()).toEqual(['', 'one', 'two']);
    });
    expect(await (await fetch(`${base}/healthz`)).text()).toBe('ok');
    expect((await fetch(`${base}/run/default/logs/c?cmd=echo+hi`)).status).toBe(405);
    const run = await fetch(`${base}/run/default/logs/c?cmd=echo+hi`, { method: 'POST' });
    expect(await run.text()).toBe('hi\n');
    const missing = await fetch(`${base}/containerLogs/default/logs/nope`);
    expect(missing.status).toBe(404);
  });
});

test('an idle executor ends after its suicide timeout, a busy one does not', async () => {
  const fixture = await startExecutor({ flags: { suicide_timeout: 300 } });
  const pod = testPod('busy', {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'c', image: 'busybox', command: ['sleep', '60'] }],
  });
  store(fixture.api, pod);
  fixture.agent.launch('pod.busy', pod);
  await soon(() => expect(fixture.agent.statesOf('pod.busy')).toHaveLength(2));
  fixture.agent.send({ type: 'MESSAGE', message: { data: Buffer.from('kamikaze') } });
  fixture.agent.kill('pod.busy');
  await fixture.ended;
  expect(fixture.agent.statesOf('pod.busy').at(-1)).toBe('TASK_KILLED task-killed');
  await fixture.stop();
});
