import type { TaskInfo } from '@kubernetes-mesos/mesos';
import { commandTask, executorTask, MasterHarness, PARTITION_AWARE, scalar } from '../support/master-harness';

function setUp(info = {}) {
  const h = new MasterHarness();
  const framework = h.subscribe(info);
  const agentId = h.addAgent();
  return { h, framework, agentId, offers: h.offers() };
}

describe('offers that cannot be used', () => {
  test.each([
    ['no offers', [] as string[], 'No offers specified'],
    ['a stale offer', ['M-O99'], 'Offer M-O99 is no longer valid'],
    ['the same offer twice', ['M-O0', 'M-O0'], 'Duplicate offer M-O0 in offer list'],
  ])('%s', (_name, ids, text) => {
    const { h, framework, agentId } = setUp(PARTITION_AWARE);
    h.call(framework, {
      type: 'ACCEPT',
      accept: {
        offer_ids: ids.map((value) => ({ value })),
        operations: [{ type: 'LAUNCH', launch: { task_infos: [commandTask('t', agentId)] } }],
      },
    });
    const [status] = h.statuses();
    expect(status).toMatchObject({
      state: 'TASK_DROPPED',
      source: 'SOURCE_MASTER',
      reason: 'REASON_INVALID_OFFERS',
      message: `Task launched with invalid offers: ${text}`,
    });
    expect(status).not.toHaveProperty('uuid');
  });

  test('a framework that does not know partitions gets TASK_LOST', () => {
    const { h, framework, agentId } = setUp();
    h.launch(framework, [], [commandTask('t', agentId)]);
    expect(h.statuses()).toMatchObject([{ state: 'TASK_LOST' }]);
  });

  test('offers of two agents', () => {
    const { h, framework, agentId, offers } = setUp();
    h.addAgent();
    h.launch(framework, [...offers, ...h.offers()], [commandTask('t', agentId)]);
    expect(h.statuses()[0]?.message).toContain('Aggregated offers must belong to one single agent');
  });
});

describe('tasks that are refused', () => {
  const without = (key: keyof TaskInfo) => (task: TaskInfo) => {
    const copy: Partial<TaskInfo> = { ...task };
    delete copy[key];
    return copy as TaskInfo;
  };
  const cases: [string, (task: TaskInfo) => TaskInfo, string | RegExp][] = [
    ['an id with a slash', (t) => ({ ...t, task_id: { value: 'a/b' } }), "'TaskID' is invalid: 'a/b' contains"],
    ['an empty id', (t) => ({ ...t, task_id: { value: '' } }), 'ID must not be empty'],
    ['no resources', (t) => ({ ...t, resources: [] }), 'Task uses no resources'],
    [
      'neither command nor executor',
      without('command'),
      'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present',
    ],
    ['too much', (t) => ({ ...t, resources: [scalar('cpus', 5)] }), /^Total resources .* is more than available /],
    [
      'another agent',
      (t) => ({ ...t, agent_id: { value: 'M-S9' } }),
      'Task uses invalid agent M-S9 while agent M-S0 is expected',
    ],
    ['a negative amount', (t) => ({ ...t, resources: [scalar('cpus', -1)] }), "Invalid scalar resource 'cpus'"],
    ['half a GPU', (t) => ({ ...t, resources: [scalar('gpus', 0.5)] }), 'unsigned integer'],
    [
      'a foreign port',
      (t) => ({
        ...t,
        resources: [scalar('cpus', 1), { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 80, end: 80 }] } }],
      }),
      /ports.*\[80-80\].*more than available/,
    ],
    ['a variable without value', (t) => ({ ...t, command: { environment: { variables: [{ name: 'A' }] } } }), "'A'"],
    ['a limit below the request', (t) => ({ ...t, limits: { cpus: { value: 0.1 } } }), 'less than the request'],
    [
      'a negative kill policy',
      (t) => ({ ...t, kill_policy: { grace_period: { nanoseconds: -1 } } }),
      'must be non-negative',
    ],
    ['a check without type', (t) => ({ ...t, health_check: {} }), 'must specify type'],
  ];
  test.each(cases)('%s', (_name, change, message) => {
    const { h, framework, agentId, offers } = setUp();
    h.launch(framework, offers, [change(commandTask('bad', agentId)), commandTask('good', agentId)]);
    const [status, ...others] = h.statuses();
    expect(others).toEqual([]);
    expect(status).toMatchObject({ state: 'TASK_ERROR', reason: 'REASON_TASK_INVALID', source: 'SOURCE_MASTER' });
    expect(status).not.toHaveProperty('uuid');
    expect(status?.message).toEqual(
      message instanceof RegExp ? expect.stringMatching(message) : expect.stringContaining(message),
    );
    expect([...framework.tasks.keys()]).toEqual(['good']);
  });

  test('an id that is live, an executor that differs, a foreign framework id', () => {
    const { h, framework, agentId, offers } = setUp();
    const other = executorTask('t3', agentId);
    h.launch(framework, offers, [
      executorTask('t1', agentId),
      executorTask('t1', agentId),
      { ...other, executor: { ...other.executor!, command: { value: 'another' } } },
      { ...other, executor: { ...other.executor!, executor_id: { value: 'x' }, framework_id: { value: 'F' } } },
    ]);
    expect(h.statuses().map(({ message }) => message)).toEqual([
      'Task has duplicate ID: t1',
      expect.stringContaining('ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID.'),
      'ExecutorInfo has an invalid FrameworkID (Actual: F vs Expected: M-0000)',
    ]);
  });

  test('a group lives or dies as a whole', () => {
    const { h, framework, agentId, offers } = setUp();
    const executor = {
      type: 'CUSTOM' as const,
      executor_id: { value: 'g' },
      framework_id: { value: framework.id },
      command: { value: 'x' },
      resources: [scalar('cpus', 0.1), scalar('mem', 32), scalar('disk', 10)],
    };
    const group = (tasks: TaskInfo[]) => ({
      type: 'LAUNCH_GROUP' as const,
      launch_group: { executor, task_group: { tasks } },
    });
    const plain = (id: string) => without('command')(commandTask(id, agentId));
    h.accept(framework, offers, [
      group([plain('a'), { ...plain('b'), resources: [] }]),
      group([plain('c'), plain('d')]),
    ]);
    expect(h.statuses().map(({ task_id, reason }) => [task_id.value, reason])).toEqual([
      ['a', 'REASON_TASK_GROUP_INVALID'],
      ['b', 'REASON_TASK_GROUP_INVALID'],
    ]);
    expect([...framework.tasks.keys()]).toEqual(['c', 'd']);
    expect(h.agentMessages()).toContainEqual(expect.objectContaining({ type: 'RUN_TASKS', group: true }));
  });
});

test('an empty LAUNCH declines, an operation that is not supported fails when it has an id', () => {
  const { h, framework, offers } = setUp();
  h.accept(framework, offers, [
    { type: 'LAUNCH', launch: {} },
    { type: 'RESERVE', id: { value: 'op' }, reserve: {} },
  ]);
  expect(h.events()).toMatchObject([
    {
      type: 'UPDATE_OPERATION_STATUS',
      update_operation_status: { status: { operation_id: { value: 'op' }, state: 'OPERATION_ERROR' } },
    },
  ]);
  h.pass(5000);
  expect(h.offers()).toHaveLength(1);
});
