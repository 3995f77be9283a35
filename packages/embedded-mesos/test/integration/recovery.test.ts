import type { TaskInfo } from '@kubernetes-mesos/mesos';
import { eventually } from '@kubernetes-mesos/test-support';
import { LocalMesos } from '../support/local-mesos';
import { scalar } from '../support/master-harness';
import { program } from '../support/program';
import { TestFramework } from '../support/test-framework';

jest.setTimeout(60_000);

let mesos: LocalMesos;
let framework: TestFramework;

beforeEach(async () => {
  mesos = await LocalMesos.start();
  framework = new TestFramework(mesos.master);
});
afterEach(async () => {
  await framework.close();
  await mesos.stop();
});

const custom = (id: string, agentId: string, what = 'run'): TaskInfo => ({
  name: id,
  task_id: { value: id },
  agent_id: { value: agentId },
  resources: [scalar('cpus', 0.1), scalar('mem', 32)],
  executor: {
    executor_id: { value: 'custom' },
    command: { shell: false, value: process.execPath, arguments: ['node', program(), 'test-executor'] },
    resources: [scalar('cpus', 0.1), scalar('mem', 32)],
  },
  data: Buffer.from(what),
});

test('kill -9 of the agent: the executor lives on, the task is killed through the new agent', async () => {
  const agentId = await framework.launch((agent) => [custom('t', agent)]);
  const pid = (await framework.update('t', 'TASK_RUNNING')).container_status?.executor_pid;
  await mesos.agentProcess?.kill('SIGKILL');
  await mesos.startAgent();
  const offer = await framework.offer();
  expect(offer.agent_id.value).toBe(agentId);
  expect(offer.executor_ids).toEqual([{ value: 'custom' }]);
  // Delivered at least once: the crash may have hit the acknowledgement.
  expect(new Set(framework.states('t'))).toEqual(new Set(['TASK_RUNNING']));
  process.kill(pid ?? 0, 0);
  await framework.kill('t');
  await framework.update('t', 'TASK_KILLED');
});

test('kill -9 of the agent and of the executor: the task is told as failed, the id of the agent stays', async () => {
  const agentId = await framework.launch((agent) => [custom('t', agent)]);
  const pid = (await framework.update('t', 'TASK_RUNNING')).container_status?.executor_pid ?? 0;
  await mesos.agentProcess?.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await mesos.startAgent();
  expect(await framework.update('t', 'TASK_FAILED')).toMatchObject({
    agent_id: { value: agentId },
    source: 'SOURCE_AGENT',
    reason: 'REASON_EXECUTOR_TERMINATED',
  });
});

test('kill -9 of the master: framework, agent and task keep their ids, and the cluster goes on', async () => {
  const agentId = await framework.launch((agent) => [custom('t', agent)]);
  await framework.update('t', 'TASK_RUNNING');
  const { id } = framework;
  await mesos.masterProcess?.kill('SIGKILL');
  await eventually(() => framework.events.at(-1)?.type === 'DISCONNECTED');
  await mesos.startMaster();
  await eventually(() => framework.events.filter(({ type }) => type === 'SUBSCRIBED').length === 2);
  expect(framework.id).toBe(id);
  const offer = await framework.offer();
  expect(offer.agent_id.value).toBe(agentId);
  await framework.call({ type: 'RECONCILE', reconcile: {} });
  const reconciled = await eventually(() =>
    framework.statuses.find(({ reason }) => reason === 'REASON_RECONCILIATION'),
  );
  expect(reconciled).toMatchObject({ task_id: { value: 't' }, state: 'TASK_RUNNING' });
  await framework.kill('t');
  await framework.update('t', 'TASK_KILLED');
});

test('a framework that crashes and comes back under its id sees its task run on', async () => {
  await framework.launch((agent) => [custom('t', agent)]);
  await framework.update('t', 'TASK_RUNNING');
  const { id } = framework;
  await framework.close();
  framework = new TestFramework(mesos.master, { id: { value: id } });
  await eventually(() => framework.events.some(({ type }) => type === 'SUBSCRIBED'));
  await framework.kill('t');
  await framework.update('t', 'TASK_KILLED');
});

test('executors of a framework that does not checkpoint go with the agent', async () => {
  await framework.close();
  framework = new TestFramework(mesos.master, { checkpoint: false });
  await framework.launch((agent) => [custom('t', agent)]);
  const pid = (await framework.update('t', 'TASK_RUNNING')).container_status?.executor_pid ?? 0;
  await mesos.agentProcess?.kill('SIGKILL');
  expect(await framework.update('t', 'TASK_LOST')).toMatchObject({ reason: 'REASON_AGENT_DISCONNECTED' });
  await mesos.startAgent();
  await eventually(() => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
});

test('an agent that leaves is removed at once, and gets a new id when it comes back', async () => {
  const agentId = await framework.launch((agent) => [custom('t', agent)]);
  await framework.update('t', 'TASK_RUNNING');
  await mesos.agentProcess?.kill('SIGUSR1');
  expect(await framework.update('t', 'TASK_LOST')).toMatchObject({ reason: 'REASON_AGENT_REMOVED' });
  await mesos.startAgent();
  expect((await framework.offer()).agent_id.value).not.toBe(agentId);
});
