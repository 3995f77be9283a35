import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerStatus, PodStatus } from '../src/api/core-v1';
import { startExecutor, store, testPod, type ExecutorFixture } from './support/executor-fixture';
import { soon } from './support/soon';

/** What happens to a pod between its start and its end, by real programs on the process runtime. */

let fixture: ExecutorFixture;
/** Where the programs of a test leave what they did. */
let notes: string;

beforeEach(async () => {
  notes = await mkdtemp(join(tmpdir(), 'km-notes-'));
  fixture = await startExecutor({ checkpoint: true });
});
afterEach(async () => {
  await fixture.stop();
  await rm(notes, { recursive: true, force: true });
});

const statusOf = (path: string): PodStatus => fixture.api.get(path)?.status ?? {};
const containerOf = (path: string): ContainerStatus | undefined => statusOf(path).containerStatuses?.[0];
const note = (name: string): Promise<string> => readFile(join(notes, name), 'utf8').catch(() => '');

/** Stores and launches a pod whose first container is `container`; returns its path. */
function run(
  name: string,
  container: Record<string, unknown>,
  spec: Parameters<typeof testPod>[1] = {},
): { path: string; task: string } {
  const containers = [{ name: 'c', image: 'busybox', ...container }];
  const pod = testPod(name, {
    terminationGracePeriodSeconds: 2,
    volumes: [{ name: 'notes', hostPath: { path: notes } }],
    ...spec,
    containers: containers.map((each) => ({ ...each, volumeMounts: [{ name: 'notes', mountPath: notes }] })),
  });
  const path = store(fixture.api, pod);
  const task = `pod.${name}`;
  fixture.agent.launch(task, pod);
  return { path, task };
}

const sh = (script: string): string[] => ['sh', '-c', script];
const forever = sh('exec sleep 60');

describe('hooks', () => {
  test('postStart runs in the started container, preStop before it is asked to end', async () => {
    const { path, task } = run('hooks', {
      command: sh(`trap 'echo term >> ${notes}/order; exit 0' TERM; while :; do sleep 0.05; done`),
      lifecycle: {
        postStart: { exec: { command: sh(`echo start >> ${notes}/order`) } },
        preStop: { exec: { command: sh(`sleep 0.2; echo stop >> ${notes}/order`) } },
      },
    });
    await soon(() => expect(statusOf(path).phase).toBe('Running'));
    await soon(async () => expect(await note('order')).toBe('start\n'));
    fixture.agent.kill(task);
    await soon(() => expect(fixture.agent.statesOf(task).at(-1)).toBe('TASK_KILLED task-killed'));
    expect(await note('order')).toBe('start\nstop\nterm\n');
  });

  test('a postStart hook that fails ends the container, which is started again', async () => {
    const { path } = run('bad-hook', {
      command: forever,
      lifecycle: { postStart: { exec: { command: sh(`echo x >> ${notes}/tries; exit 1`) } } },
    });
    await soon(() => expect(containerOf(path)?.restartCount).toBeGreaterThanOrEqual(1), 20_000);
    expect((await note('tries')).length).toBeGreaterThanOrEqual(4);
  }, 30_000);

  test('a preStop hook gets no longer than the pod’s grace', async () => {
    const { path, task } = run(
      'slow-hook',
      { command: forever, lifecycle: { preStop: { exec: { command: ['sleep', '60'] } } } },
      { terminationGracePeriodSeconds: 1 },
    );
    await soon(() => expect(statusOf(path).phase).toBe('Running'));
    fixture.agent.kill(task);
    await soon(() => expect(fixture.agent.statesOf(task).at(-1)).toBe('TASK_KILLED task-killed'));
  });
});

describe('startup probes', () => {
  test('hold back the other probes until they pass', async () => {
    const { path } = run('slow', {
      command: sh(`sleep 1; touch ${notes}/up; exec sleep 60`),
      startupProbe: { exec: { command: ['test', '-e', `${notes}/up`] }, periodSeconds: 1, failureThreshold: 10 },
      livenessProbe: { exec: { command: ['test', '-e', `${notes}/up`] }, periodSeconds: 1, failureThreshold: 1 },
    });
    await soon(() => expect(containerOf(path)?.state?.running).toBeDefined());
    expect(containerOf(path)).toMatchObject({ started: false, ready: false });
    await soon(() => expect(containerOf(path)).toMatchObject({ started: true, ready: true, restartCount: 0 }));
  });

  test('one that fails too often restarts the container', async () => {
    const { path } = run(
      'never-up',
      { command: forever, startupProbe: { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 } },
      { terminationGracePeriodSeconds: 1 },
    );
    await soon(() => expect(containerOf(path)?.restartCount).toBeGreaterThanOrEqual(1), 20_000);
  }, 30_000);
});

test('a pod that is active for too long fails', async () => {
  const { path, task } = run('deadline', { command: forever }, { activeDeadlineSeconds: 1 });
  await soon(() => expect(statusOf(path)).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' }));
  await soon(() => expect(fixture.agent.statesOf(task).at(-1)).toMatch(/^TASK_FAILED /));
  await soon(() => expect(containerOf(path)?.state?.terminated).toBeDefined());
});

test('a message that a task is lost ends its pod', async () => {
  const { path, task } = run('lost', { command: forever });
  await soon(() => expect(statusOf(path).phase).toBe('Running'));
  fixture.agent.send({ type: 'MESSAGE', message: { data: Buffer.from('task-lost:pod.other') } });
  fixture.agent.send({ type: 'MESSAGE', message: { data: Buffer.from(`task-lost:${task}`) } });
  await soon(() => expect(fixture.agent.statesOf(task).at(-1)).toMatch(/^TASK_LOST /));
  expect((await fixture.runtime.observe('uid-lost')).containers).toEqual([]);
});

test('a lost connection to the agent leaves the pods alone; what happened meanwhile is told after it', async () => {
  const { path, task } = run(
    'stays',
    { command: sh(`while [ ! -e ${notes}/go ]; do sleep 0.05; done; exit 3`) },
    {
      restartPolicy: 'Never',
    },
  );
  await soon(() => expect(statusOf(path).phase).toBe('Running'));
  await soon(() => expect(fixture.agent.statesOf(task)).toHaveLength(2));
  const id = containerOf(path)?.containerID;
  fixture.agent.disconnect();
  await writeFile(join(notes, 'go'), '');
  await soon(() => expect(statusOf(path).phase).toBe('Failed'));
  expect(containerOf(path)?.state?.terminated).toMatchObject({ exitCode: 3, containerID: id });
  fixture.agent.reconnect();
  await soon(() =>
    expect(fixture.agent.statesOf(task).at(-1)).toBe('TASK_FAILED pod-failed: container c exited with 3'),
  );
  // It is the same executor, and it takes more.
  const next = run('next', { command: forever });
  await soon(() => expect(statusOf(next.path).phase).toBe('Running'));
});

test('without checkpoints a lost agent is the end of the executor and its pods', async () => {
  const other = await startExecutor();
  const pod = testPod('ends', {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'c', image: 'busybox', command: forever }],
  });
  const path = store(other.api, pod);
  other.agent.launch('pod.ends', pod);
  await soon(() => expect(other.api.get(path)?.status?.['phase']).toBe('Running'));
  other.agent.disconnect();
  await other.ended;
  expect((await other.runtime.observe('uid-ends')).containers).toEqual([]);
  await other.stop();
});

const rootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;
(rootOnLinux ? test : test.skip)('an emptyDir in memory is a tmpfs, limited, and unmounted with the pod', async () => {
  const pod = testPod('tmpfs', {
    terminationGracePeriodSeconds: 1,
    volumes: [
      { name: 'notes', hostPath: { path: notes } },
      { name: 'cache', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    ],
    containers: [
      {
        name: 'c',
        image: 'busybox',
        command: sh(`grep ' /cache ' /proc/self/mounts > ${notes}/mounts; exec sleep 60`),
        volumeMounts: [
          { name: 'notes', mountPath: notes },
          { name: 'cache', mountPath: '/cache' },
        ],
      },
    ],
  });
  store(fixture.api, pod);
  fixture.agent.launch('pod.tmpfs', pod);
  await soon(async () => expect(await note('mounts')).toMatch(/^tmpfs \/cache tmpfs .*size=1024k/));
  const mounted = async (): Promise<boolean> =>
    (await readFile('/proc/self/mounts', 'utf8')).includes(`${fixture.rootDir}/pods/uid-tmpfs`);
  expect(await mounted()).toBe(true);
  fixture.agent.kill('pod.tmpfs');
  await soon(async () => expect(await mounted()).toBe(false));
});
