import fc from 'fast-check';
import { ResourcePool } from '@kubernetes-mesos/mesos';
import { unallocated } from '../../src/resources/reservations';
import { usedOn } from '../../src/master/views';
import { commandTask, executorTask, MasterHarness } from '../support/master-harness';
import type { Framework } from '../../src/master/state';

type Step = { readonly kind: string; readonly pick: number };
const kinds = [
  'launch',
  'launch-executor',
  'decline',
  'finish',
  'ack',
  'drop-agent',
  'return',
  'drop-framework',
  'resubscribe',
  'pass',
  'teardown',
  'add-agent',
  'suppress',
  'revive',
];
const step = fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(1000) }) as fc.Arbitrary<Step>;

/** Nothing of an agent is ever given twice or lost: free + used + offered = total, whatever happens. */
function check(h: MasterHarness): void {
  const { state } = h.cluster;
  for (const agent of state.agents.values()) {
    const parts = [
      ...agent.available.toResources(),
      ...usedOn(agent),
      ...[...agent.offers].flatMap((id) => state.offers.get(id)?.resources ?? []),
    ].map(unallocated);
    const sum = ResourcePool.of(parts);
    const total = agent.info.resources ?? [];
    expect(sum.contains(total)).toBe(true);
    expect(ResourcePool.of(total).contains(sum.toResources())).toBe(true);
  }
  for (const offer of state.offers.values()) {
    expect(state.frameworks.get(offer.frameworkId)?.offers.has(offer.id)).toBe(true);
    expect(state.agents.get(offer.agentId)?.offers.has(offer.id)).toBe(true);
  }
}

test('resources are conserved under every sequence of events', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const h = new MasterHarness({ agentPingTimeoutMs: 1000, maxAgentPingTimeouts: 3 });
      const frameworks: Framework[] = [h.subscribe({ name: 'a' }), h.subscribe({ name: 'b', failover_timeout: 0 })];
      h.addAgent();
      let tasks = 0;
      for (const { kind, pick } of steps) {
        const framework = frameworks[pick % frameworks.length];
        const offers = [...h.cluster.state.offers.values()];
        const offer = offers[pick % Math.max(1, offers.length)];
        const owner = offer === undefined ? undefined : h.cluster.frameworkOf(offer.frameworkId);
        const live = [...h.cluster.state.frameworks.values()].flatMap((f) => [...f.tasks.values()]);
        const task = live[pick % Math.max(1, live.length)];
        const agents = [...h.cluster.state.agents.values()];
        const agent = agents[pick % Math.max(1, agents.length)];
        if ((kind === 'launch' || kind === 'launch-executor') && offer !== undefined && owner !== undefined) {
          const make = kind === 'launch' ? commandTask : executorTask;
          const info = make(`t${tasks++}`, offer.agentId);
          h.launch(owner, [offer.offer], pick % 7 === 0 ? [{ ...info, resources: [] }, info] : [info], pick % 3);
        } else if (kind === 'decline' && offer !== undefined && owner !== undefined)
          h.decline(owner, [offer.offer], pick % 4);
        else if (kind === 'finish' && task !== undefined && agents.some(({ id }) => id === task.agentId)) {
          const at = h.cluster.frameworkOf(task.frameworkId);
          if (at !== undefined) h.report(at, task.agentId, task.id, 'TASK_FINISHED');
        } else if (kind === 'ack' && task?.forwarded?.uuid !== undefined) {
          const at = h.cluster.frameworkOf(task.frameworkId);
          if (at !== undefined) h.ack(at, task.agentId, task.id, task.forwarded.uuid);
        } else if (kind === 'drop-agent' && agent !== undefined) h.dropAgent(agent.id);
        else if (kind === 'return' && agent !== undefined) h.addAgent(undefined, agent.id);
        else if (kind === 'drop-framework' && framework !== undefined) h.dropFramework(framework);
        else if (
          kind === 'resubscribe' &&
          framework !== undefined &&
          h.cluster.frameworkOf(framework.id) !== undefined
        ) {
          h.subscribe({ id: { value: framework.id }, name: framework.info.name });
        } else if (kind === 'pass') h.pass(1000 * (1 + (pick % 5)), { agentsAnswer: pick % 2 === 0 });
        else if (
          kind === 'teardown' &&
          pick % 5 === 0 &&
          framework !== undefined &&
          h.cluster.frameworkOf(framework.id) !== undefined
        ) {
          h.call(framework, { type: 'TEARDOWN' });
        } else if (kind === 'add-agent') h.addAgent();
        else if (kind === 'suppress' && framework !== undefined) h.call(framework, { type: 'SUPPRESS' });
        else if (kind === 'revive' && framework?.connection.phase === 'connected')
          h.call(framework, { type: 'REVIVE' });
        check(h);
      }
    }),
    { numRuns: 60 },
  );
});
