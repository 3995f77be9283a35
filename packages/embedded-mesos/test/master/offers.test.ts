import { commandTask, executorTask, MasterHarness } from '../support/master-harness';

const MULTI = [{ type: 'MULTI_ROLE' as const }, { type: 'RESERVATION_REFINEMENT' as const }];

describe('offers', () => {
  test('an agent that joins is offered at once, with all that clients need', () => {
    const h = new MasterHarness();
    const framework = h.subscribe({ roles: ['k8s'], capabilities: MULTI });
    expect(h.events().map(({ type }) => type)).toEqual(['SUBSCRIBED', 'HEARTBEAT']);
    const agentId = h.addAgent();
    const [offer] = h.offers();
    expect(offer).toMatchObject({
      id: { value: 'M-O0' },
      framework_id: { value: framework.id },
      agent_id: { value: agentId },
      hostname: 'host',
      url: { scheme: 'http', address: { hostname: 'host', ip: '127.0.0.1', port: 5051 }, path: '/slave(1)' },
      allocation_info: { role: 'k8s' },
    });
    expect(offer?.resources?.every((resource) => resource.allocation_info?.role === 'k8s')).toBe(true);
    expect(framework.id).toBe('M-0000');
    expect(agentId).toBe('M-S0');
  });

  test('allocation_info is kept from frameworks without MULTI_ROLE, reservations come in their format', () => {
    const h = new MasterHarness();
    h.subscribe({ role: 'db' });
    h.addAgent('cpus:1;mem:100;cpus(db):2;mem(db):200;cpus(web):4');
    const [offer] = h.offers();
    expect(offer).not.toHaveProperty('allocation_info');
    expect(offer?.resources).toEqual([
      { name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, role: '*' },
      { name: 'mem', type: 'SCALAR', scalar: { value: 100 }, role: '*' },
      { name: 'cpus', type: 'SCALAR', scalar: { value: 2 }, role: 'db' },
      { name: 'mem', type: 'SCALAR', scalar: { value: 200 }, role: 'db' },
    ]);
  });

  test('a declined offer comes back when its filter is over', () => {
    const h = new MasterHarness();
    const framework = h.subscribe();
    h.addAgent();
    h.decline(framework, h.offers());
    h.pass(4000);
    expect(h.offers()).toEqual([]);
    h.pass(1000);
    expect(h.offers()).toHaveLength(1);
  });

  test('a filter lets more than was refused through, and zero seconds filters nothing', () => {
    const h = new MasterHarness();
    const framework = h.subscribe();
    const agentId = h.addAgent();
    h.launch(framework, h.offers(), [commandTask('t', agentId, 3)], 3600);
    expect(h.offers()).toEqual([]);
    h.pass(10_000);
    expect(h.offers()).toEqual([]);
    const uuid = h.report(framework, agentId, 't', 'TASK_FINISHED');
    const [offer] = h.offers();
    expect(offer?.resources?.find(({ name }) => name === 'cpus')?.scalar).toEqual({ value: 4 });
    h.ack(framework, agentId, 't', uuid);
    h.decline(framework, offer === undefined ? [] : [offer], 0);
    expect(h.offers()).toEqual([]);
    h.pass(1000);
    expect(h.offers()).toHaveLength(1);
  });

  test('suppress stops offers, revive brings them back at once and forgets filters', () => {
    const h = new MasterHarness();
    const framework = h.subscribe();
    h.call(framework, { type: 'SUPPRESS' });
    h.addAgent();
    h.pass(3000);
    expect(h.offers()).toEqual([]);
    h.call(framework, { type: 'REVIVE' });
    const offers = h.offers();
    expect(offers).toHaveLength(1);
    h.decline(framework, offers, 3600);
    h.call(framework, { type: 'REVIVE', revive: { roles: ['not-mine'] } });
    expect(h.offers()).toEqual([]);
    h.call(framework, { type: 'REVIVE' });
    expect(h.offers()).toHaveLength(1);
  });

  test('agents are shared fairly by dominant share and weight', () => {
    const h = new MasterHarness();
    const a = h.subscribe({ name: 'a', role: 'a' });
    const b = h.subscribe({ name: 'b', role: 'b' });
    for (let i = 0; i < 4; i += 1) h.addAgent();
    expect([a.offers.size, b.offers.size]).toEqual([2, 2]);
  });

  test('GPU agents are kept for those that say they use them', () => {
    const h = new MasterHarness();
    h.subscribe();
    h.addAgent('cpus:4;mem:4096;gpus:1');
    expect(h.offers()).toEqual([]);
    h.subscribe({ capabilities: [{ type: 'GPU_RESOURCES' }] });
    expect(h.offers()).toHaveLength(1);
  });

  test('offers name the executors that run, which are charged once', () => {
    const h = new MasterHarness();
    const framework = h.subscribe();
    const agentId = h.addAgent();
    h.launch(framework, h.offers(), [executorTask('t1', agentId), executorTask('t2', agentId)], 0);
    h.pass(1000);
    const [offer] = h.offers();
    expect(offer?.executor_ids).toEqual([{ value: 'e' }]);
    expect(offer?.resources?.find(({ name }) => name === 'cpus')?.scalar).toEqual({ value: 1.9 });
    h.launch(framework, offer === undefined ? [] : [offer], [executorTask('t3', agentId, 'e', 1.9)]);
    const runs = h.agentMessages().flatMap((message) => (message.type === 'RUN_TASKS' ? [message] : []));
    expect(runs.map(({ launch_executor }) => launch_executor)).toEqual([true, false, false]);
    expect(h.statuses()).toEqual([]);
  });

  test('unused offers are rescinded after the offer timeout', () => {
    const h = new MasterHarness({ offerTimeoutMs: 5000 });
    h.subscribe();
    h.addAgent();
    const [offer] = h.offers();
    h.pass(5000);
    expect(h.events()).toContainEqual({ type: 'RESCIND', rescind: { offer_id: offer?.id } });
  });
});
