import type { Node, Pod } from '@kubernetes-mesos/api-types';
import { NODES, PODS } from '@kubernetes-mesos/client';
import { AgentView } from '../src/nodes/agent-view';
import { NodeDiscovery } from '../src/nodes/discovery';
import { CallRejectedError } from '@kubernetes-mesos/mesos';
import { agentsOf, OperatorAgentSource, type AgentSource, type MesosAgent } from '../src/nodes/mesos-agents';
import { nodeFromAgent } from '../src/nodes/node-from-agent';
import { NodeController } from '../src/nodes/reconcile';
import { Harness, names, pod, readyStatus } from './support';

const agent = (hostname: string, more: Partial<MesosAgent> = {}): MesosAgent => ({
  id: `${hostname}-id`,
  hostname,
  ip: '10.0.0.1',
  cpus: 4,
  memMib: 4096,
  active: true,
  hasKubelet: false,
  attributes: new Map(),
  region: undefined,
  zone: undefined,
  ...more,
});

describe('what the master answers', () => {
  const scalar = (name: string, value: number, more = {}) => ({
    name,
    type: 'SCALAR' as const,
    scalar: { value },
    ...more,
  });

  test('agents with their sums, addresses, attributes and kubelets', () => {
    const agents = agentsOf(
      {
        agents: [
          {
            agent_info: {
              id: { value: 'S1' },
              hostname: 'n1',
              attributes: [
                { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
                { name: 'disks', type: 'SCALAR', scalar: { value: 3 } },
                { name: 'set', type: 'SET', set: { item: ['a'] } },
              ],
              domain: { fault_domain: { region: { name: 'eu' }, zone: { name: 'eu-1' } } },
            },
            active: true,
            version: '1.11.0',
            pid: 'slave(1)@10.0.0.7:5051',
            total_resources: [
              scalar('cpus', 2.5),
              scalar('cpus', 0.1, { role: 'x' }),
              scalar('cpus', 9, { revocable: {} }),
              scalar('mem', 1024),
            ],
          },
        ],
        recovered_agents: [{ id: { value: 'S2' }, hostname: 'n2' }],
      },
      {
        executors: [
          { executor_info: { executor_id: { value: 'e' }, source: 'kubernetes' }, agent_id: { value: 'S1' } },
        ],
      },
    );
    expect(agents.find(({ hostname }) => hostname === 'n1')).toEqual({
      id: 'S1',
      hostname: 'n1',
      ip: '10.0.0.7',
      cpus: 2.6,
      memMib: 1024,
      active: true,
      hasKubelet: true,
      attributes: new Map([
        ['rack', 'r1'],
        ['disks', '3'],
      ]),
      region: 'eu',
      zone: 'eu-1',
    });
    expect(agents.find(({ hostname }) => hostname === 'n2')).toMatchObject({ active: false, hasKubelet: false });
  });

  test('a node says what Mesos knows, in the words of Kubernetes', () => {
    const node = nodeFromAgent(
      agent('n1', {
        cpus: 2.5,
        attributes: new Map([
          ['rack', 'r1'],
          ['bad', 'not a label!'],
        ]),
        zone: 'z',
      }),
      Date.UTC(2024, 0, 1),
    );
    expect(node.metadata.labels).toEqual({
      'kubernetes.io/hostname': 'n1',
      'topology.kubernetes.io/zone': 'z',
      'k8s.mesosphere.io/attribute-rack': 'r1',
    });
    expect(node.status).toMatchObject({
      capacity: { cpu: '2500m', memory: '4096Mi' },
      conditions: [{ type: 'Ready', status: 'True', reason: 'SlaveReady' }],
      addresses: [
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: 'Hostname', address: 'n1' },
      ],
    });
  });
});

describe('the loop', () => {
  let harness: Harness;
  let agents: MesosAgent[];
  let masterAway = false;

  beforeEach(async () => {
    harness = new Harness();
    agents = [];
    masterAway = false;
  });
  afterEach(async () => {
    await harness.stop();
    expect(harness.errors).toEqual([]);
  });

  async function start(): Promise<void> {
    const source: AgentSource = {
      agents: () => (masterAway ? Promise.reject(new Error('connection refused')) : Promise.resolve(agents)),
    };
    const { clock, informers, api, recorder, logger } = harness;
    const view = new AgentView(clock);
    const nodes = new NodeController({
      client: api,
      informers,
      recorder,
      clock,
      logger,
      view,
      config: { monitorGraceMs: 40_000, podEvictionTimeoutMs: 300_000, heartbeatMs: 300_000 },
    });
    const changed = (name: string): void => nodes.enqueue(name);
    await harness.start(nodes, new NodeDiscovery({ source, view, informers, logger, periodMs: 10_000, changed }));
  }

  const node = (name: string): Node => harness.api.all(NODES).find((one) => one.metadata.name === name)!;
  const ready = (name: string) => {
    const condition = node(name).status?.conditions?.find((one) => one.type === 'Ready');
    return `${condition?.status} ${condition?.reason}`;
  };
  const taints = (name: string) => (node(name).spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
  const heartbeat = async (name: string) => {
    const time = new Date(harness.clock.now()).toISOString();
    await harness.api.updateStatus(NODES, {
      ...node(name),
      status: {
        ...node(name).status,
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: time }],
      },
    });
  };
  const bound = (name: string, nodeName: string, more: Pod['spec'] = { containers: [] }): Pod =>
    pod(name, { spec: { ...more, nodeName }, status: readyStatus('2024-01-01T00:00:00Z') });

  test('nodes appear with the agents and stay ready without a kubelet', async () => {
    agents = [agent('n1'), agent('n2'), agent('off', { active: false })];
    await start();
    expect(names(harness.api.all(NODES))).toEqual(['n1', 'n2']);
    const writes = harness.count('updateStatus', NODES);
    await harness.advance(120_000);
    expect(ready('n1')).toBe('True SlaveReady');
    expect(harness.count('updateStatus', NODES)).toBe(writes);
    await harness.advance(240_000);
    expect(harness.count('updateStatus', NODES)).toBe(writes + 2);
    agents = [...agents, agent('n3')];
    await harness.advance(10_000);
    expect(names(harness.api.all(NODES))).toEqual(['n1', 'n2', 'n3']);
    await harness.api.delete(NODES, { name: 'n3' });
    await harness.settle();
    expect(names(harness.api.all(NODES))).toEqual(['n1', 'n2', 'n3']);
  });

  test('the taint of a new node goes when it is ready', async () => {
    agents = [agent('n1')];
    await start();
    const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
    await harness.api.update(NODES, { ...node('n1'), spec: { taints: [taint, { key: 'mine', effect: 'NoExecute' }] } });
    await harness.settle();
    expect(taints('n1')).toEqual(['mine:NoExecute']);
  });

  test('a kubelet that falls silent: NotReady after the grace, pods unready, then evicted', async () => {
    agents = [agent('n1')];
    await start();
    agents = [agent('n1', { hasKubelet: true })];
    await harness.api.create(PODS, bound('plain', 'n1'));
    const forever = [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' }];
    await harness.api.create(PODS, bound('faithful', 'n1', { containers: [], tolerations: forever }));
    const briefly = [{ operator: 'Exists', tolerationSeconds: 30 }];
    await harness.api.create(PODS, bound('nervous', 'n1', { containers: [], tolerations: briefly }));
    for (let beat = 0; beat < 6; beat += 1) {
      await heartbeat('n1');
      await harness.advance(20_000);
    }
    expect(ready('n1')).toBe('True KubeletReady');
    await harness.advance(25_000);
    expect(ready('n1')).toBe('Unknown NodeStatusUnknown');
    expect(taints('n1')).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    const conditionOf = (one: Pod) => one.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    expect(harness.api.all(PODS).map(conditionOf)).toEqual(['False', 'False', 'False']);
    const ending = () => names(harness.api.all(PODS).filter((one) => one.metadata.deletionTimestamp !== undefined));
    expect(ending()).toEqual([]);
    await harness.advance(35_000);
    expect(ending()).toEqual(['nervous']);
    await harness.advance(270_000);
    expect(ending()).toEqual(['nervous', 'plain']);
    await heartbeat('n1');
    await harness.settle();
    expect(taints('n1')).toEqual([]);
  });

  test('a kubelet that leaves while its agent stays: the agent vouches again', async () => {
    agents = [agent('n1', { hasKubelet: true })];
    await start();
    await heartbeat('n1');
    await harness.settle();
    agents = [agent('n1')];
    await harness.advance(30_000);
    expect(ready('n1')).toBe('True KubeletReady');
    await harness.advance(30_000);
    expect(ready('n1')).toBe('True SlaveReady');
    expect(taints('n1')).toEqual([]);
  });

  test('an agent that is gone: the node goes, with its pods only after the timeout', async () => {
    agents = [agent('n1'), agent('n2')];
    await start();
    await harness.api.create(PODS, bound('web', 'n1'));
    agents = [];
    await harness.advance(30_000);
    expect(names(harness.api.all(NODES))).toEqual(['n1', 'n2']);
    await harness.advance(60_000);
    expect(names(harness.api.all(NODES))).toEqual(['n1']);
    expect(ready('n1')).toBe('Unknown NodeStatusUnknown');
    expect(harness.api.all(PODS)).toHaveLength(1);
    await harness.advance(300_000);
    expect(harness.api.all(NODES)).toEqual([]);
    expect(harness.api.all(PODS)).toEqual([]);
  });

  test('an agent that comes back in time costs nothing', async () => {
    agents = [agent('n1')];
    await start();
    await harness.api.create(PODS, bound('web', 'n1'));
    agents = [];
    await harness.advance(120_000);
    agents = [agent('n1', { id: 'another' })];
    await harness.advance(20_000);
    expect(ready('n1')).toBe('True SlaveReady');
    expect(taints('n1')).toEqual([]);
    expect(node('n1').metadata.annotations).toEqual({ 'k8s.mesosphere.io/slaveId': 'another' });
    expect(harness.api.all(PODS)).toHaveLength(1);
  });

  test('a master that is away says nothing about the nodes', async () => {
    agents = [agent('n1')];
    await start();
    await harness.api.create(PODS, bound('web', 'n1'));
    masterAway = true;
    await harness.advance(3_600_000);
    expect(ready('n1')).toBe('True SlaveReady');
    expect(harness.api.all(PODS)).toHaveLength(1);
    await harness.restart();
    await start();
    await harness.advance(600_000);
    expect(ready('n1')).toBe('True SlaveReady');
  });

  test('a node that the kubelet of a lost agent made anew goes as well when that falls silent', async () => {
    await harness.api.create(NODES, { metadata: { name: 'n1' }, spec: { externalID: '2b23fdfb-3401-0000-S0' } });
    await start();
    await heartbeat('n1');
    await harness.advance(30_000);
    expect(ready('n1')).toBe('True KubeletReady');
    await harness.advance(60_000);
    expect(harness.api.all(NODES)).toEqual([]);
  });

  test('a node that never was an agent is watched over, and never removed', async () => {
    await harness.api.create(NODES, { metadata: { name: 'mine' }, spec: { externalID: 'mine' } });
    await start();
    await heartbeat('mine');
    await harness.advance(3_600_000);
    expect(ready('mine')).toBe('Unknown NodeStatusUnknown');
  });
});

test('a master that refuses to show executors still shows agents', async () => {
  const source = new OperatorAgentSource({
    getAgents: () => Promise.resolve({ agents: [{ agent_info: { hostname: 'h' }, active: true, version: '1' }] }),
    getExecutors: () => Promise.reject(new CallRejectedError('GET_EXECUTORS', 403, 'no')),
  });
  await expect(source.agents()).resolves.toMatchObject([{ hostname: 'h', hasKubelet: false }]);
});
