import { loseAgent, markGone } from '../../src/master/agent-loss';
import { drainAgent, reactivateAgent, startMaintenance } from '../../src/master/agent-operations';
import type { AgentInventory } from '../../src/link/protocol';
import { executorTask, MasterHarness, PARTITION_AWARE } from '../support/master-harness';

function running(info = {}) {
  const h = new MasterHarness();
  const framework = h.subscribe(info);
  const agentId = h.addAgent();
  h.launch(framework, h.offers(), [executorTask('t', agentId)]);
  h.ack(framework, agentId, 't', h.report(framework, agentId, 't', 'TASK_RUNNING'));
  h.events();
  h.agentMessages();
  return { h, framework, agentId };
}

const agentOf = (h: MasterHarness, id: string) => {
  const agent = h.cluster.state.agents.get(id);
  if (agent === undefined) throw new Error('no agent');
  return agent;
};

/** What the agent would tell of the running task. */
function inventoryOf(h: MasterHarness, frameworkId: string, agentId: string): AgentInventory {
  const framework = h.cluster.frameworkOf(frameworkId);
  const task = executorTask('t', agentId);
  return {
    frameworks: framework === undefined ? [] : [framework.info],
    executors: [{ framework_id: frameworkId, executor: { ...task.executor!, framework_id: { value: frameworkId } } }],
    tasks: [
      {
        name: 't',
        task_id: task.task_id,
        framework_id: { value: frameworkId },
        executor_id: { value: 'e' },
        agent_id: { value: agentId },
        state: 'TASK_RUNNING',
        resources: (task.resources ?? []).map((resource) => ({ ...resource, allocation_info: { role: '*' } })),
      },
    ],
  };
}

describe('subscriptions', () => {
  test.each([
    [{ role: 'a', capabilities: [{ type: 'MULTI_ROLE' as const }] }, "'FrameworkInfo.role' must not be set when"],
    [{ roles: ['a'] }, "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"],
    [{ role: 'a/../b' }, "cannot include '..' as a component"],
    [{ failover_timeout: 1e300 }, 'The framework failover_timeout (1e+300) is invalid'],
  ])('%j is refused', (info, text) => {
    expect(() => new MasterHarness().subscribe(info)).toThrow(text);
  });

  test('suppressed roles must be own roles; roles must be listed; root may be refused', () => {
    expect(() => new MasterHarness().subscribe({}, ['x'])).toThrow('Suppressed roles { x } are not contained');
    expect(() => new MasterHarness({ roles: ['a'] }).subscribe({ role: 'b' })).toThrow('not present in the master');
    expect(() => new MasterHarness({ rootSubmissions: false }).subscribe()).toThrow('--root_submissions');
  });

  test('a second subscription evicts the first and voids its offers', () => {
    const h = new MasterHarness();
    const framework = h.subscribe();
    h.addAgent();
    const [old] = h.offers();
    h.subscribe({ id: { value: framework.id } });
    const sent = h.take('framework-event');
    expect(sent.map(({ streamId, event }) => [streamId, event.type])).toEqual([
      ['stream-0', 'ERROR'],
      ['stream-1', 'SUBSCRIBED'],
      ['stream-1', 'HEARTBEAT'],
      ['stream-1', 'OFFERS'],
    ]);
    expect(h.take('close-framework')).toEqual([{ kind: 'close-framework', streamId: 'stream-0' }]);
    expect(h.cluster.state.offers.has(old?.id.value ?? '')).toBe(false);
  });

  test('a framework that stays away is removed after its failover timeout, and its id is dead', () => {
    const { h, framework, agentId } = running({ failover_timeout: 10 });
    h.dropFramework(framework);
    h.pass(9000);
    expect(h.cluster.state.frameworks.has(framework.id)).toBe(true);
    expect(h.agentMessages()).toEqual([]);
    h.pass(1000);
    expect(h.agentMessages()).toEqual([{ type: 'SHUTDOWN_FRAMEWORK', framework_id: framework.id }]);
    expect(agentOf(h, agentId).available.scalar('cpus')).toBe(4000);
    expect(() => h.subscribe({ id: { value: framework.id } })).toThrow('Framework has been removed');
  });

  test('without a failover timeout the end of the stream is the end', () => {
    const { h, framework } = running({ failover_timeout: 0 });
    h.dropFramework(framework);
    expect(h.cluster.state.frameworks.size).toBe(0);
  });

  test('an id that this master never saw is taken', () => {
    const h = new MasterHarness();
    expect(h.subscribe({ id: { value: 'of-another-master' } }).id).toBe('of-another-master');
  });
});

describe('updates', () => {
  test('resources are free with the end of a task, the task is forgotten with its acknowledgement', () => {
    const { h, framework, agentId } = running();
    const uuid = h.report(framework, agentId, 't', 'TASK_FINISHED');
    expect(agentOf(h, agentId).tasks.get(framework.id)?.get('t')?.released).toBe(true);
    expect(framework.tasks.has('t')).toBe(true);
    h.ack(framework, agentId, 't', Buffer.alloc(16, 0xee));
    expect(framework.tasks.has('t')).toBe(true);
    h.ack(framework, agentId, 't', uuid);
    expect(framework.tasks.has('t')).toBe(false);
    expect(framework.completedTasks.map(({ id }) => id)).toEqual(['t']);
  });
});

describe('reconciliation', () => {
  test('a known task answers with what was last forwarded', () => {
    const { h, framework } = running();
    h.call(framework, { type: 'RECONCILE', reconcile: {} });
    const [status] = h.statuses();
    expect(status).toMatchObject({
      state: 'TASK_RUNNING',
      reason: 'REASON_RECONCILIATION',
      source: 'SOURCE_MASTER',
      message: 'Reconciliation: Latest task state',
      executor_id: { value: 'e' },
    });
    expect(status).not.toHaveProperty('uuid');
  });

  test.each([
    ['PARTITION_AWARE', PARTITION_AWARE, ['TASK_GONE', 'TASK_UNREACHABLE', 'TASK_GONE_BY_OPERATOR', 'TASK_UNKNOWN']],
    ['not aware', {}, ['TASK_LOST', 'TASK_LOST', 'TASK_LOST', 'TASK_LOST']],
  ])('unknown tasks of a framework that is %s', (_name, info, states) => {
    const h = new MasterHarness();
    const framework = h.subscribe(info);
    const [here, lost, gone] = [h.addAgent(), h.addAgent(), h.addAgent()];
    loseAgent(h.cluster, agentOf(h, lost), { kind: 'unreachable' }, h.now);
    markGone(h.cluster, gone, h.now);
    h.events();
    const ask = (agentId?: string) => ({
      task_id: { value: 'x' },
      ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
    });
    h.call(framework, { type: 'RECONCILE', reconcile: { tasks: [ask(here), ask(lost), ask(gone), ask('M-S99')] } });
    const answers = h.statuses();
    expect(answers.map(({ state }) => state)).toEqual(states);
    expect(answers.map(({ message }) => message)).toEqual([
      'Reconciliation: Task is unknown to the agent',
      'Reconciliation: Task is unreachable',
      'Reconciliation: Task is gone',
      'Reconciliation: Task is unknown',
    ]);
    expect(answers[1]?.unreachable_time).toEqual({ nanoseconds: h.now * 1e6 });
  });

  test('no answer while an agent of the registry may still come back', () => {
    const h = new MasterHarness();
    h.cluster.state.recoveredAgents.set('old-S0', { info: { hostname: 'h', id: { value: 'old-S0' } } });
    const framework = h.subscribe(PARTITION_AWARE);
    h.events();
    const ask = { task_id: { value: 'x' }, agent_id: { value: 'old-S0' } };
    h.call(framework, { type: 'RECONCILE', reconcile: { tasks: [ask, { task_id: { value: 'x' } }] } });
    expect(h.statuses()).toEqual([]);
    h.pass(600_000);
    expect(h.events()).toContainEqual({ type: 'FAILURE', failure: { agent_id: { value: 'old-S0' } } });
    h.call(framework, { type: 'RECONCILE', reconcile: { tasks: [ask] } });
    expect(h.statuses()).toMatchObject([{ state: 'TASK_UNREACHABLE' }]);
  });

  test('KILL of an unknown task answers like reconciliation; with another agent not at all', () => {
    const { h, framework } = running(PARTITION_AWARE);
    h.call(framework, { type: 'KILL', kill: { task_id: { value: 'x' } } });
    expect(h.statuses()).toMatchObject([{ state: 'TASK_UNKNOWN', reason: 'REASON_RECONCILIATION' }]);
    h.call(framework, { type: 'KILL', kill: { task_id: { value: 't' }, agent_id: { value: 'M-S9' } } });
    expect([h.statuses(), h.agentMessages()]).toEqual([[], []]);
  });
});

describe('agents', () => {
  test('a silent agent becomes unreachable; when it returns, its tasks do too', () => {
    const { h, framework, agentId } = running(PARTITION_AWARE);
    const inventory = inventoryOf(h, framework.id, agentId);
    h.dropAgent(agentId);
    h.pass(74_000, { agentsAnswer: false });
    expect(h.statuses()).toEqual([]);
    h.pass(2000, { agentsAnswer: false });
    const events = h.events();
    expect(events).toContainEqual({ type: 'FAILURE', failure: { agent_id: { value: agentId } } });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'UPDATE',
        update: { status: expect.objectContaining({ state: 'TASK_UNREACHABLE', reason: 'REASON_AGENT_REMOVED' }) },
      }),
    );
    expect([...framework.unreachableTasks.keys()]).toEqual(['t']);
    h.addAgent(undefined, agentId, inventory);
    expect(h.statuses()).toMatchObject([{ state: 'TASK_RUNNING', reason: 'REASON_AGENT_REREGISTERED' }]);
    expect([...framework.tasks.keys()]).toEqual(['t']);
    expect(framework.unreachableTasks.size).toBe(0);
  });

  test('tasks of a framework that does not checkpoint are lost with the connection', () => {
    const { h, agentId } = running({ checkpoint: false });
    h.dropAgent(agentId);
    expect(h.statuses()).toMatchObject([{ state: 'TASK_LOST', reason: 'REASON_AGENT_DISCONNECTED' }]);
  });

  test('an agent that comes back in time is asked for the tasks it did not name', () => {
    const { h, framework, agentId } = running();
    h.dropAgent(agentId);
    h.addAgent(undefined, agentId);
    const registered = h.agentMessages().flatMap((message) => (message.type === 'REGISTERED' ? [message] : []));
    expect(registered.at(-1)?.reconcile).toEqual([{ framework: framework.info, task_id: 't' }]);
    expect(h.statuses()).toEqual([]);
  });

  test('a new master learns frameworks, executors and tasks from the agent', () => {
    const { h: before, framework, agentId } = running();
    const inventory = inventoryOf(before, framework.id, agentId);
    const h = new MasterHarness();
    h.cluster.state.recoveredAgents.set(agentId, { info: { hostname: 'host', id: { value: agentId } } });
    h.addAgent(undefined, agentId, inventory);
    expect(h.cluster.state.frameworks.get(framework.id)?.connection).toEqual({ phase: 'recovered' });
    expect(agentOf(h, agentId).available.scalar('cpus')).toBe(2900);
    h.subscribe({ id: { value: framework.id } });
    h.events();
    h.call(h.cluster.state.frameworks.get(framework.id)!, { type: 'RECONCILE', reconcile: {} });
    expect(h.statuses()).toMatchObject([{ state: 'TASK_RUNNING' }]);
  });

  test('marked gone: told so, and never back', () => {
    const { h, agentId } = running(PARTITION_AWARE);
    expect(markGone(h.cluster, agentId, h.now)).toBe(true);
    h.pass(1000);
    expect(h.statuses()).toMatchObject([
      { state: 'TASK_GONE_BY_OPERATOR', reason: 'REASON_AGENT_REMOVED_BY_OPERATOR' },
    ]);
    expect(() => h.addAgent(undefined, agentId)).toThrow('Agent has been marked gone');
  });

  test('draining ends when the last task has; only then may the agent be reactivated', () => {
    const { h, framework, agentId } = running();
    const agent = agentOf(h, agentId);
    drainAgent(h.cluster, agent, { max_grace_period: { nanoseconds: 1e9 } }, h.now);
    h.pass(2000);
    expect(h.offers()).toEqual([]);
    expect(reactivateAgent(h.cluster, agent, h.now)).toBe('Agent is still in the DRAINING state');
    h.report(framework, agentId, 't', 'TASK_KILLED');
    expect(agent.drain?.info.state).toBe('DRAINED');
    expect(reactivateAgent(h.cluster, agent, h.now)).toBeUndefined();
    h.pass(1000);
    expect(h.offers()).toHaveLength(1);
  });

  test('maintenance: offers say when, START removes the agent, which may not come back before STOP', () => {
    const { h, agentId } = running();
    const unavailability = { start: { nanoseconds: 5e15 } };
    h.cluster.state.maintenance = [{ machines: [{ hostname: 'host' }], unavailability }];
    h.pass(6000);
    expect(h.offers()[0]?.unavailability).toEqual(unavailability);
    expect(startMaintenance(h.cluster, [{ hostname: 'other' }], h.now)).toContain('not part of a maintenance schedule');
    expect(startMaintenance(h.cluster, [{ hostname: 'host' }], h.now)).toBeUndefined();
    h.pass(1000);
    expect(h.statuses()).toMatchObject([{ state: 'TASK_LOST', reason: 'REASON_AGENT_REMOVED' }]);
    expect(() => h.addAgent(undefined, agentId)).toThrow('Machine is DOWN');
  });

  test('changes of the registry come before what follows from them', () => {
    const h = new MasterHarness();
    h.addAgent();
    expect(h.effects.map(({ kind }) => kind)).toEqual(['persist', 'agent-message', 'operator-event']);
  });
});
