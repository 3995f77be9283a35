import fc from 'fast-check';
import type { Node } from '@kubernetes-mesos/api-types';
import { ResourcePool, type Offer } from '@kubernetes-mesos/mesos';
import { demandOf, isDemandProblem, type PodDemand } from '../src/placement/demand';
import { nodeView } from '../src/placement/node-rules';
import { PlacementMemory, placePods, type PlacementResult } from '../src/placement/place';
import type { AgentOffers } from '../src/offers/agent-offers';
import { makeAgent, makeCatalog, makeDemand, makePod, ports, RULES, scalar, type PodParts } from './builders';

function place(
  demands: readonly PodDemand[],
  agents: readonly AgentOffers[],
  options: { memory?: PlacementMemory; nodes?: Record<string, Node>; wallClock?: number } = {},
): PlacementResult & { readonly memory: PlacementMemory } {
  const memory = options.memory ?? new PlacementMemory();
  const result = placePods({
    demands,
    demandCount: demands.length,
    agents,
    nodeOf: (agent) => nodeView(agent.hostname, agent.labels, options.nodes?.[agent.hostname]),
    executorCost: { cpus: 250, mem: 128_000 },
    wallClock: options.wallClock ?? 0,
    memory,
  });
  return { ...result, memory };
}

const demandFor = (name: string, parts: PodParts = {}): PodDemand => makeDemand(makePod(name, parts));
/** Why the one pod did not fit. */
function reasonFor(parts: PodParts, agents: readonly AgentOffers[], nodes: Record<string, Node> = {}): string {
  const demand = demandFor('p', parts);
  const { refused, memory } = place([demand], agents, { nodes });
  expect(refused).toHaveLength(1);
  return memory.explain(demand.signature);
}
const hostPort = (port: number): PodParts => ({ containers: [{ ports: [{ containerPort: 80, hostPort: port }] }] });
const node = (name: string, parts: Partial<Node>): Record<string, Node> => ({
  [name]: { kind: 'Node', apiVersion: 'v1', ...parts, metadata: { name, ...parts.metadata } },
});

describe('what a pod asks for', () => {
  const scalarsOf = (parts: PodParts) => Object.fromEntries(demandFor('p', parts).scalars);

  test('is 0.25 cpus and 64 MB per container that says nothing', () => {
    expect(scalarsOf({})).toEqual({ cpus: 250, mem: 64_000 });
    expect(scalarsOf({ containers: [{}, {}] })).toEqual({ cpus: 500, mem: 128_000 });
  });

  test('is its requests, else its limits', () => {
    expect(
      scalarsOf({
        containers: [
          { resources: { requests: { cpu: '100m' }, limits: { cpu: '2', memory: '128Mi' } } },
          { resources: { limits: { cpu: '1', memory: '1Gi', 'nvidia.com/gpu': '1' } } },
        ],
      }),
    ).toEqual({ cpus: 1100, mem: 1_152_000, gpus: 1000 });
  });

  test('covers the largest init container', () => {
    expect(
      scalarsOf({
        containers: [{ resources: { requests: { cpu: '1', memory: '64Mi' } } }],
        spec: { initContainers: [{ name: 'i', image: 'x', resources: { requests: { cpu: '3', memory: '32Mi' } } }] },
      }),
    ).toEqual({ cpus: 3000, mem: 64_000 });
  });

  test('is never less than Mesos can contain', () => {
    expect(scalarsOf({ containers: [{ resources: { requests: { cpu: '0', memory: '0' } } }] })).toEqual({
      cpus: 10,
      mem: 32_000,
    });
  });

  test('the same host port twice is an error of the pod, but TCP and UDP may share a number', () => {
    const twice = (second: string) =>
      demandOf(
        makePod('p', {
          containers: [
            { ports: [{ containerPort: 80, hostPort: 8080 }] },
            { ports: [{ containerPort: 81, hostPort: 8080, protocol: second }] },
          ],
        }),
        RULES,
      );
    const duplicate = twice('TCP');
    expect(isDemandProblem(duplicate) && duplicate.problem).toBe(
      'host port 8080/TCP is asked for twice, by container c0 port index 0 and by container c1 port index 0',
    );
    expect(isDemandProblem(twice('UDP'))).toBe(false);
  });
});

describe('ports', () => {
  const assigned = (parts: PodParts, offer: Partial<Offer> = {}) => {
    const { placements } = place([demandFor('p', parts)], [makeAgent('a', offer)]);
    return placements[0]?.pods[0]?.ports.map((port) => port.hostPort);
  };

  test('wildcards take the lowest free ports after the fixed ones', () => {
    expect(
      assigned({
        containers: [{ ports: [{ containerPort: 1 }, { containerPort: 2, hostPort: 31000 }, { containerPort: 3 }] }],
      }),
    ).toEqual([31001, 31000, 31002]);
  });

  test('wildcards go over several ranges, and no port is given twice', () => {
    const offer = { resources: [scalar('cpus', 4), scalar('mem', 4096), ports(31000, 31000), ports(31005, 31006)] };
    expect(assigned({ containers: [{ ports: [1, 2, 3].map((containerPort) => ({ containerPort })) }] }, offer)).toEqual(
      [31000, 31005, 31006],
    );
  });

  test('fixed mapping leaves container ports alone', () => {
    const parts: PodParts = {
      metadata: { labels: { 'k8s.mesosphere.io/portMapping': 'fixed' } },
      containers: [{ ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 31002 }] }],
    };
    expect(assigned(parts)).toEqual([31002]);
  });

  test('one number serves TCP and UDP', () => {
    const dns = {
      containers: [{ ports: ['TCP', 'UDP'].map((protocol) => ({ containerPort: 53, hostPort: 31053, protocol })) }],
    };
    const { placements } = place([demandFor('dns', dns)], [makeAgent('a')]);
    expect(placements[0]?.pods[0]?.ports).toHaveLength(2);
    expect(placements[0]?.pods[0]?.resources.filter(({ name }) => name === 'ports')).toEqual([ports(31053, 31053)]);
  });
});

describe('why a pod waits', () => {
  const agents = (): AgentOffers[] => [makeAgent('a'), makeAgent('b')];

  test.each<[string, PodParts, string]>([
    ['host port', hostPort(80), 'no offer has host port 80 (offered 31000-32000)'],
    ['node name', { spec: { nodeName: 'n9' } }, 'no offer is from node n9'],
    [
      'selector',
      { spec: { nodeSelector: { disk: 'ssd' } } },
      'no offer is from a node that matches the node selector disk=ssd',
    ],
    [
      'cpus',
      { containers: [{ resources: { requests: { cpu: '8' } } }] },
      'no offer has enough cpus (needs 8, at most 3.75 offered)',
    ],
    [
      'memory',
      { containers: [{ resources: { requests: { memory: '8Gi' } } }] },
      'no offer has enough mem (needs 8192 MB, at most 3968 MB offered)',
    ],
    [
      'what no agent has',
      { containers: [{ resources: { limits: { 'example.com/fpga': '1' } } }] },
      'no offer has enough example.com/fpga (needs 1, at most 0 offered)',
    ],
  ])('%s', (_name, parts, text) => expect(reasonFor(parts, agents())).toBe(text));

  test('several reasons are counted, the nearest first', () => {
    const text = reasonFor(
      { ...hostPort(80), spec: { nodeSelector: { 'kubernetes.io/hostname': 'host-a' } } },
      agents(),
    );
    expect(text).toBe(
      'none of 2 offers fits: 1 without host port 80 (offered 31000-32000); ' +
        '1 not matching the node selector kubernetes.io/hostname=host-a',
    );
  });

  test('nothing was offered', () => {
    const { memory, refused } = place([demandFor('p')], []);
    expect(memory.explain(refused[0]!.signature)).toBe('Mesos has offered nothing yet');
  });

  test('the executor has no room', () => {
    const small = makeAgent('a', { resources: [scalar('cpus', 0.2), scalar('mem', 4096)] });
    expect(reasonFor({}, [small])).toBe('no offer has room for the executor (0.25 cpus and 128 MB beside the pod)');
  });

  test('cordons, taints and tolerations', () => {
    expect(reasonFor({}, [makeAgent('a')], node('host-a', { spec: { unschedulable: true } }))).toMatch(
      /open for scheduling/,
    );
    const tainted = node('host-a', { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } });
    expect(reasonFor({}, [makeAgent('a')], tainted)).toBe(
      'no offer is from a node without the taint gpu=yes:NoSchedule, which the pod does not tolerate',
    );
    const tolerant = demandFor('t', { spec: { tolerations: [{ key: 'gpu', operator: 'Equal', value: 'yes' }] } });
    expect(place([tolerant], [makeAgent('a')], { nodes: tainted }).placed).toBe(1);
  });

  test('a silent kubelet does not matter: the agent has just made an offer', () => {
    const silent = node('host-a', {
      spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] },
    });
    expect(place([demandFor('p')], [makeAgent('a')], { nodes: silent }).placed).toBe(1);
  });

  test('maintenance is near', () => {
    const minutes = (count: number) => count * 60_000;
    const unavailability = { start: { nanoseconds: minutes(60) * 1e6 }, duration: { nanoseconds: minutes(30) * 1e6 } };
    const placedAt = (wallClock: number) =>
      place([demandFor('p')], [makeAgent('a', { unavailability })], { wallClock }).placed;
    expect([50, 56, 75, 95].map((at) => placedAt(minutes(at)))).toEqual([1, 0, 0, 1]);
  });
});

test('selectors see attributes, fault domains and the labels of the node', () => {
  const offer: Partial<Offer> = {
    attributes: [{ name: 'rack', type: 'TEXT', text: { value: 'r1' } }],
    domain: { fault_domain: { region: { name: 'eu' }, zone: { name: 'eu-1' } } },
  };
  const nodes = node('host-a', { metadata: { labels: { disk: 'ssd' } } });
  const selects = (nodeSelector: Record<string, string>) =>
    place([demandFor('p', { spec: { nodeSelector } })], [makeAgent('a', offer)], { nodes }).placed;
  expect(selects({ rack: 'r1', 'k8s.mesosphere.io/attribute-rack': 'r1' })).toBe(1);
  expect(selects({ 'topology.kubernetes.io/zone': 'eu-1', disk: 'ssd' })).toBe(1);
  expect(selects({ rack: 'r2' })).toBe(0);
});

test('node affinity', () => {
  const matches = (matchExpressions: { key: string; operator: string; values?: string[] }[]) => {
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
    };
    const nodes = node('host-a', { metadata: { labels: { zone: 'a', cores: '8' } } });
    return place([demandFor('p', { spec: { affinity } })], [makeAgent('a')], { nodes }).placed === 1;
  };
  expect(matches([{ key: 'zone', operator: 'In', values: ['a', 'b'] }])).toBe(true);
  expect(matches([{ key: 'zone', operator: 'NotIn', values: ['a'] }])).toBe(false);
  expect(matches([{ key: 'gone', operator: 'DoesNotExist' }])).toBe(true);
  expect(matches([{ key: 'cores', operator: 'Gt', values: ['4'] }])).toBe(true);
  expect(matches([{ key: 'cores', operator: 'Lt', values: ['4'] }])).toBe(false);
  expect(matches([])).toBe(false);
});

describe('roles', () => {
  const mixed = {
    resources: [scalar('cpus', 1), scalar('cpus', 2, 'prod'), scalar('mem', 4096), scalar('mem', 512, 'prod')],
  };
  const owners = (roles: string) => {
    const parts: PodParts = {
      metadata: { annotations: { 'k8s.mesosphere.io/roles': roles } },
      containers: [{ resources: { requests: { cpu: '1500m', memory: '64Mi' } } }],
    };
    const { placements } = place([demandFor('p', parts)], [makeAgent('a', mixed)]);
    return placements[0]?.pods[0]?.resources
      .filter(({ name }) => name === 'cpus')
      .map((each) => [each.reservations?.[0]?.role ?? '*', each.scalar?.value]);
  };

  test('are taken in the order that the pod names, splitting where one does not hold enough', () => {
    expect(owners('prod,*')).toEqual([['prod', 1.5]]);
    // 0.25 of the unreserved cpu is the executor's.
    expect(owners('*, prod')).toEqual([
      ['*', 0.75],
      ['prod', 0.75],
    ]);
  });
  test('that are not named are not touched; unknown ones are passed over', () => {
    expect(owners('*')).toBeUndefined();
    expect(owners('other')).toBeUndefined();
    expect(owners('other,prod')).toEqual([['prod', 1.5]]);
  });
});

describe('many pods', () => {
  test('few are spread, many are packed into few offers', () => {
    const agents = () => Array.from({ length: 10 }, (_, index) => makeAgent(`s${index}`));
    const spread = place(
      Array.from({ length: 5 }, (_, index) => demandFor(`p${index}`)),
      agents(),
    );
    expect(spread.placements).toHaveLength(5);
    const packed = place(
      Array.from({ length: 100 }, (_, index) => demandFor(`p${index}`)),
      agents(),
    );
    expect(packed.placed).toBe(100);
    expect(packed.placements.length).toBeLessThan(10);
  });

  test('what was refused is not tried again before there is another offer', () => {
    const agents = [makeAgent('a'), makeAgent('b')];
    const { memory } = place([demandFor('p', hostPort(80))], agents);
    const { signature } = demandFor('q', hostPort(80));
    expect(memory.untried(signature, agents)).toEqual([]);
    const later = makeAgent('c');
    expect(memory.untried(signature, [...agents, later])).toEqual([later]);
    memory.forgetAll();
    expect(memory.untried(signature, agents)).toEqual(agents);
  });

  const podParts: fc.Arbitrary<PodParts> = fc
    .record({
      cpu: fc.integer({ min: 10, max: 3000 }),
      memory: fc.integer({ min: 32, max: 3000 }),
      hostPort: fc.constantFrom(0, 0, 31000, 31001, 80),
      roles: fc.constantFrom('*', 'prod', 'prod,*'),
    })
    .map(({ cpu, memory, hostPort: port, roles }) => ({
      metadata: { annotations: { 'k8s.mesosphere.io/roles': roles } },
      containers: [
        {
          resources: { requests: { cpu: `${cpu}m`, memory: `${memory}Mi` } },
          ports: [{ containerPort: 80, hostPort: port }],
        },
      ],
    }));
  const offerParts: fc.Arbitrary<Partial<Offer>> = fc
    .record({
      cpus: fc.integer({ min: 0, max: 8000 }),
      prodCpus: fc.integer({ min: 0, max: 4000 }),
      mem: fc.integer({ min: 0, max: 8192 }),
      lastPort: fc.integer({ min: 31000, max: 31003 }),
      running: fc.boolean(),
    })
    .map(({ cpus, prodCpus, mem, lastPort, running }) => ({
      resources: [
        scalar('cpus', cpus / 1000),
        scalar('cpus', prodCpus / 1000, 'prod'),
        scalar('mem', mem),
        scalar('mem', mem, 'prod'),
        ports(31000, lastPort),
      ],
      ...(running ? { executor_ids: [{ value: RUNNING }] } : {}),
    }));
  const RUNNING = ((): string => {
    const { executor } = makeAgent('x');
    return executor.kind === 'usable' ? executor.executorId : '';
  })();

  test('every pod at most once, nothing but what was offered, executors included, first come first served', () => {
    fc.assert(
      fc.property(fc.array(podParts, { maxLength: 30 }), fc.array(offerParts, { maxLength: 6 }), (pods, offers) => {
        const catalog = makeCatalog();
        const agents = offers.map((offer, index) => makeAgent(`s${index}`, offer, catalog));
        const demands = pods.map((parts, index) => demandFor(`p${index}`, parts));
        const { placements, placed, refused } = place(demands, agents);

        const uids = placements.flatMap(({ pods: list }) => list.map(({ demand }) => demand.uid));
        expect(new Set(uids).size).toBe(uids.length);
        expect(uids.length).toBe(placed);
        expect(placed + refused.length).toBe(demands.length);

        for (const { agent, pods: list } of placements) {
          const offered = ResourcePool.of(agent.offers.flatMap((offer) => offer.resources ?? []));
          const wanted = list.flatMap(({ resources }) => resources);
          if (agent.executor.kind === 'usable' && agent.executor.fresh) {
            wanted.push(...(catalog.info(agent.executor.executorId, 'h').resources ?? []));
          }
          expect(agent.executor.kind).toBe('usable');
          expect(offered.subtract(wanted)).toBe(true);
          for (const { demand, ports: given, resources } of list) {
            expect(given).toHaveLength(demand.ports.length);
            const pool = ResourcePool.of(resources);
            for (const [name, milli] of demand.scalars) expect(pool.scalar(name)).toBe(milli);
          }
          const hostPorts = list.flatMap(({ ports: given }) => given.map((port) => port.hostPort));
          expect(new Set(hostPorts).size).toBe(hostPorts.length);
        }
        // A refused pod fits nothing that is left, at the end of the round.
        for (const demand of refused) expect(place([demand], agents).placed).toBe(0);
      }),
    );
  });

  test('10,000 pods on 500 offers are placed in one round', () => {
    const agents = Array.from({ length: 500 }, (_, index) =>
      makeAgent(`s${index}`, { resources: [scalar('cpus', 32), scalar('mem', 65_536), ports(31000, 32000)] }),
    );
    const demands = Array.from({ length: 10_000 }, (_, index) =>
      demandFor(`p${index}`, { containers: [{ ports: [{ containerPort: 80 }] }] }),
    );
    const result = place(demands, agents);
    expect(result.placed).toBe(10_000);
    expect(result.placed / result.placements.length).toBeGreaterThanOrEqual(20);
  });
});

test('an agent with capitals in its host name has a node without', () => {
  const agent = makeAgent('a', { hostname: 'Ip-10-0-0-1.Example.COM' });
  expect(agent.hostname).toBe('ip-10-0-0-1.example.com');
  expect(agent.labels['kubernetes.io/hostname']).toBe('ip-10-0-0-1.example.com');
});
