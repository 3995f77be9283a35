import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorInfo, TaskInfo } from '@kubernetes-mesos/mesos';
import { eventually } from '@kubernetes-mesos/test-support';
import { LocalMesos } from '../support/local-mesos';
import { scalar } from '../support/master-harness';
import { program } from '../support/program';
import { TestFramework } from '../support/test-framework';

jest.setTimeout(60_000);

let mesos: LocalMesos;
let framework: TestFramework;

beforeAll(async () => {
  mesos = await LocalMesos.start();
});
afterAll(() => mesos.stop());
beforeEach(() => {
  framework = new TestFramework(mesos.master);
});
afterEach(async () => {
  await framework.teardown();
});

const base = (id: string, agentId: string) => ({
  name: id,
  task_id: { value: id },
  agent_id: { value: agentId },
  resources: [scalar('cpus', 0.1), scalar('mem', 32)],
});
const command = (id: string, agentId: string, value: string): TaskInfo => ({
  ...base(id, agentId),
  command: { value },
});
const executor = (): ExecutorInfo => ({
  executor_id: { value: 'custom' },
  command: { shell: false, value: process.execPath, arguments: ['node', program(), 'test-executor'] },
  resources: [scalar('cpus', 0.1), scalar('mem', 32)],
});
const custom = (id: string, agentId: string, what: string): TaskInfo => ({
  ...base(id, agentId),
  executor: executor(),
  data: Buffer.from(what),
});
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function sandbox(executorId: string): Promise<string> {
  return eventually(async () => {
    const state = (await (await fetch(`http://127.0.0.2:${mesos.agentPort}/state`)).json()) as {
      frameworks: {
        id: string;
        executors: { id: string; directory: string }[];
        completed_executors: { id: string; directory: string }[];
      }[];
    };
    const at = state.frameworks.find(({ id }) => id === framework.id);
    return [...(at?.executors ?? []), ...(at?.completed_executors ?? [])].find(({ id }) => id === executorId)
      ?.directory;
  });
}

test('a command runs in its sandbox with the environment that Mesos sets', async () => {
  await framework.launch((agentId) => [
    {
      ...base('env', agentId),
      command: {
        value: 'env; pwd; cat greeting.txt; sleep 300',
        environment: { variables: [{ name: 'OWN', value: 'mine' }] },
        uris: [{ value: join(__dirname, '../support/program.ts'), output_file: 'greeting.txt' }],
      },
    },
  ]);
  const status = await framework.update('env', 'TASK_RUNNING');
  expect(status).toMatchObject({
    source: 'SOURCE_EXECUTOR',
    container_status: { container_id: {}, executor_pid: expect.any(Number) },
  });
  expect(status.timestamp).toBeGreaterThan(1e9);
  const directory = await sandbox('env');
  expect(directory.startsWith(join(mesos.agentFolder, 'slaves'))).toBe(true);
  const stdout = await eventually(() => {
    const text = readFileSync(join(directory, 'stdout'), 'utf8');
    return text.includes('buildSync') ? text : undefined;
  });
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining([
      `MESOS_AGENT_ENDPOINT=127.0.0.2:${mesos.agentPort}`,
      `MESOS_SLAVE_PID=slave(1)@127.0.0.2:${mesos.agentPort}`,
      `MESOS_SANDBOX=${directory}`,
      'MESOS_CHECKPOINT=1',
      'MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD=1secs',
      'MESOS_RECOVERY_TIMEOUT=900secs',
      'MESOS_SUBSCRIPTION_BACKOFF_MAX=2secs',
      'OWN=mine',
      directory,
    ]),
  );
  expect(stdout).not.toContain('HOME=');
  expect(existsSync(join(directory, '../latest/stdout'))).toBe(true);
  await framework.kill('env');
  await framework.update('env', 'TASK_KILLED');
});

test('commands that fail, cannot be fetched, or do not listen to SIGTERM', async () => {
  await framework.launch((agentId) => [
    command('fails', agentId, 'exit 7'),
    { ...base('unfetched', agentId), command: { value: 'true', uris: [{ value: '/does/not/exist' }] } },
    {
      ...command('stubborn', agentId, "trap '' TERM; while true; do sleep 1; done"),
      kill_policy: { grace_period: { nanoseconds: 3e8 } },
    },
  ]);
  expect((await framework.update('fails', 'TASK_FAILED')).message).toBe('Command exited with status 7');
  expect(await framework.update('unfetched', 'TASK_FAILED')).toMatchObject({
    source: 'SOURCE_AGENT',
    reason: 'REASON_CONTAINER_LAUNCH_FAILED',
    message: expect.stringContaining("Failed to fetch '/does/not/exist'"),
  });
  await framework.update('stubborn', 'TASK_RUNNING');
  await framework.kill('stubborn');
  await framework.update('stubborn', 'TASK_KILLED');
});

test('one executor takes many tasks, messages go both ways, its end fails what it ran', async () => {
  const agentId = await framework.launch((agent) => [custom('a', agent, 'run'), custom('b', agent, 'finish')]);
  const running = await framework.update('a', 'TASK_RUNNING');
  await framework.update('b', 'TASK_FINISHED');
  expect(running.executor_id).toEqual({ value: 'custom' });
  await framework.call({
    type: 'MESSAGE',
    message: { agent_id: { value: agentId }, executor_id: { value: 'custom' }, data: Buffer.from('hello') },
  });
  await eventually(() => framework.events.some((e) => e.type === 'MESSAGE' && e.message.data.toString() === 'hello'));
  await framework.launch((agent) => [custom('c', agent, 'exit')]);
  expect(await framework.update('a', 'TASK_FAILED')).toMatchObject({ reason: 'REASON_EXECUTOR_TERMINATED' });
  await framework.update('c', 'TASK_FAILED');
  expect(framework.states('c')).toEqual(['TASK_FAILED']);
  const failure = await eventually(() => framework.events.find((event) => event.type === 'FAILURE'));
  expect(failure).toEqual({
    type: 'FAILURE',
    failure: { agent_id: { value: agentId }, executor_id: { value: 'custom' }, status: 3 << 8 },
  });
});

test('SHUTDOWN ends an executor; a second kill -9 of one is told as a signal', async () => {
  const agentId = await framework.launch((agent) => [custom('a', agent, 'run')]);
  const first = (await framework.update('a', 'TASK_RUNNING')).container_status?.executor_pid ?? 0;
  await framework.call({
    type: 'SHUTDOWN',
    shutdown: { agent_id: { value: agentId }, executor_id: { value: 'custom' } },
  });
  await framework.update('a', 'TASK_FAILED');
  await eventually(() => !isAlive(first));
  await framework.launch((agent) => [custom('b', agent, 'run')]);
  const second = (await framework.update('b', 'TASK_RUNNING')).container_status?.executor_pid ?? 0;
  process.kill(second, 'SIGKILL');
  expect((await framework.update('b', 'TASK_FAILED')).message).toBe('Executor terminated with signal 9');
});
