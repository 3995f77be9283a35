import { executorEnded, executorStarted } from '../../src/agent/executors';
import { inventory } from '../../src/agent/master-messages';
import { AgentHarness, FRAMEWORK, task } from '../support/agent-harness';

function running(): AgentHarness {
  const h = new AgentHarness();
  executorStarted(h.core, h.run(['t']), 42);
  h.subscribe();
  h.events();
  h.kinds();
  return h;
}

describe('launch', () => {
  test('the executor is started once and gets its tasks after SUBSCRIBED', () => {
    const h = new AgentHarness();
    h.run(['a']);
    h.run(['b'], { launch: false });
    expect(h.kinds().filter((kind) => kind === 'launch')).toHaveLength(1);
    h.subscribe();
    expect(h.events()).toMatchObject([
      { type: 'SUBSCRIBED', subscribed: { framework_info: FRAMEWORK, agent_info: { hostname: 'h' } } },
      { type: 'LAUNCH', launch: { task: { name: 'a', executor: { executor_id: { value: 'e' } } } } },
      { type: 'LAUNCH', launch: { task: { name: 'b' } } },
    ]);
  });

  test('a group is one event', () => {
    const h = new AgentHarness();
    h.run(['a', 'b'], { group: true });
    h.subscribe();
    expect(h.events().map(({ type }) => type)).toEqual(['SUBSCRIBED', 'LAUNCH_GROUP']);
  });
});

describe('launches that cannot be', () => {
  const drop = (h: AgentHarness, executor: string, launch: boolean) => {
    h.master({
      type: 'RUN_TASKS',
      framework: FRAMEWORK,
      executor: { executor_id: { value: executor } },
      tasks: [task('u')],
      group: false,
      launch_executor: launch,
      command_task: false,
    });
    return h.statuses();
  };
  test.each([
    ['e', true, 'Master wants to launch executor, but one already exists'],
    ['x', false, 'No executor is expected to launch and there is none running'],
  ])('executor %s, launch_executor %s', (executor, launch, message) => {
    expect(drop(running(), executor, launch)).toMatchObject([
      {
        state: 'TASK_DROPPED',
        source: 'SOURCE_AGENT',
        reason: 'REASON_EXECUTOR_TERMINATED',
        message,
        uuid: expect.any(Buffer),
      },
    ]);
  });
  test('an executor that is ending', () => {
    const h = running();
    h.master({ type: 'SHUTDOWN_EXECUTOR', framework_id: 'F', executor_id: 'e' });
    expect(drop(h, 'e', false)[0]?.message).toBe("Executor 'e' is terminating/terminated");
  });
});

describe('kill', () => {
  test('before delivery: told as KILLED, and an executor left with nothing is told to end', () => {
    const h = new AgentHarness();
    h.run(['t']);
    h.master({ type: 'KILL_TASK', framework_id: 'F', task_id: 't' });
    expect(h.statuses()).toMatchObject([{ state: 'TASK_KILLED', reason: 'REASON_TASK_KILLED_DURING_LAUNCH' }]);
    h.subscribe();
    expect(h.events()).toEqual([{ type: 'SHUTDOWN' }]);
  });

  test('after delivery: passed on with the policy; of an unknown task: told as dropped', () => {
    const h = running();
    const kill_policy = { grace_period: { nanoseconds: 1 } };
    h.master({ type: 'KILL_TASK', framework_id: 'F', task_id: 't', kill_policy });
    expect(h.events()).toEqual([{ type: 'KILL', kill: { task_id: { value: 't' }, kill_policy } }]);
    h.master({ type: 'KILL_TASK', framework_id: 'F', task_id: 'x' });
    expect(h.statuses()).toMatchObject([{ state: 'TASK_DROPPED', message: 'Cannot find executor' }]);
  });
});

describe('updates', () => {
  test('are stored before they are acknowledged to the executor, and completed', () => {
    const h = running();
    const uuid = h.update('t', 'TASK_RUNNING');
    const kinds = h.effects.map(({ kind }) => kind);
    expect(kinds).toEqual(['checkpoint', 'to-master', 'executor-event']);
    expect(h.statuses()).toMatchObject([
      {
        agent_id: { value: 'S0' },
        executor_id: { value: 'e' },
        timestamp: h.now / 1000,
        container_status: {
          executor_pid: 42,
          container_id: { value: h.executor().containerId },
          network_infos: [{ ip_addresses: [{ ip_address: '127.0.0.1' }] }],
        },
      },
    ]);
    expect(h.events()).toEqual([{ type: 'ACKNOWLEDGED', acknowledged: { task_id: { value: 't' }, uuid } }]);
  });

  test('what comes twice, or after the end, is acknowledged and dropped', () => {
    const h = running();
    const uuid = h.update('t', 'TASK_RUNNING');
    h.ack('t', uuid);
    h.update('t', 'TASK_RUNNING', uuid);
    h.ack('t', h.update('t', 'TASK_FINISHED'));
    h.update('t', 'TASK_FAILED');
    expect(h.statuses().map(({ state }) => state)).toEqual(['TASK_RUNNING', 'TASK_FINISHED']);
    expect(h.events()).toHaveLength(4);
    expect([h.executor().tasks.size, h.executor().completedTasks.length]).toEqual([0, 1]);
  });

  test('the newest state goes along while an older update waits', () => {
    const h = running();
    h.update('t', 'TASK_RUNNING');
    h.update('t', 'TASK_FINISHED');
    const tasks = inventory(h.core).tasks;
    expect(tasks).toMatchObject([{ state: 'TASK_FINISHED', status_update_state: 'TASK_RUNNING' }]);
  });
});

describe('ends', () => {
  test('of an executor: what it had not finished has failed, then the exit is told', () => {
    const h = running();
    executorEnded(h.core, h.executor(), 9, h.now);
    h.collect();
    expect(h.toMaster()).toMatchObject([
      {
        type: 'STATUS_UPDATE',
        status: {
          state: 'TASK_FAILED',
          reason: 'REASON_EXECUTOR_TERMINATED',
          message: 'Executor terminated with signal 9',
        },
      },
      { type: 'EXECUTOR_EXITED', executor_id: 'e', status: 9 },
    ]);
    const uuid = h.framework.updates.get('t')?.pending[0]?.uuid ?? Buffer.alloc(0);
    h.ack('t', uuid);
    expect(h.core.state.frameworks.size).toBe(0);
  });

  test('registration timeout', () => {
    const h = new AgentHarness();
    executorStarted(h.core, h.run(['t']), 42);
    h.pass(60_000);
    expect(h.kinds()).toContain('destroy');
    executorEnded(h.core, h.executor(), 9, h.now);
    h.collect();
    expect(h.statuses()).toMatchObject([{ state: 'TASK_FAILED', reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT' }]);
  });

  test('SHUTDOWN gives the grace period of the executor, then kills', () => {
    const h = running();
    h.master({ type: 'SHUTDOWN_EXECUTOR', framework_id: 'F', executor_id: 'e' });
    expect(h.events()).toEqual([{ type: 'SHUTDOWN' }]);
    h.pass(4999);
    expect(h.kinds()).toEqual([]);
    h.pass(1);
    expect(h.kinds()).toEqual(['destroy']);
  });

  test('of a framework: no updates for its tasks any more', () => {
    const h = running();
    h.update('t', 'TASK_RUNNING');
    h.toMaster();
    h.master({ type: 'SHUTDOWN_FRAMEWORK', framework_id: 'F' });
    executorEnded(h.core, h.executor(), 0, h.now);
    h.collect();
    expect(h.statuses()).toEqual([]);
    expect(h.core.state.frameworks.size).toBe(0);
  });
});

test('a re-subscription drops what the executor never got', () => {
  const h = running();
  h.subscribe([]);
  expect(h.statuses()).toMatchObject([{ state: 'TASK_DROPPED', reason: 'REASON_AGENT_RESTARTED' }]);
  const other = running();
  other.subscribe(['t']);
  expect(other.statuses()).toEqual([]);
});

test('a draining agent kills its tasks, tells why, and takes no more', () => {
  const h = running();
  h.master({ type: 'DRAIN', config: { max_grace_period: { nanoseconds: 5 }, mark_gone: true } });
  expect(h.events()).toMatchObject([{ type: 'KILL', kill: { kill_policy: { grace_period: { nanoseconds: 5 } } } }]);
  h.update('t', 'TASK_KILLED');
  expect(h.statuses()).toMatchObject([{ state: 'TASK_GONE_BY_OPERATOR', reason: 'REASON_AGENT_DRAINING' }]);
});

test('a master that believes in a task that is not here is told so', () => {
  const h = new AgentHarness();
  h.master({
    type: 'REGISTERED',
    agent_id: 'S0',
    master_info: { id: 'M', ip: 0, port: 1 },
    silence_ms: 1000,
    reconcile: [{ framework: FRAMEWORK, task_id: 'never-came' }],
    removed_frameworks: [],
  });
  expect(h.statuses()).toMatchObject([
    { state: 'TASK_DROPPED', reason: 'REASON_RECONCILIATION', uuid: expect.any(Buffer) },
  ]);
});
