import type { Container, Pod } from '@kubernetes-mesos/api-types';
import type { Offer, Resource } from '@kubernetes-mesos/mesos';
import { ExecutorCatalog, type ExecutorTemplate } from '../src/tasks/executor-catalog';
import { combineOffers, type AgentOffers } from '../src/offers/agent-offers';
import { demandOf, isDemandProblem, type DemandRules, type PodDemand } from '../src/placement/demand';

export const RULES: DemandRules = {
  defaultCpus: 250,
  defaultMem: 64_000,
  defaultRoles: ['*'],
  frameworkRoles: ['*', 'prod'],
  defaultPortMapping: 'wildcard',
};

export interface PodParts {
  readonly uid?: string;
  readonly containers?: Partial<Container>[];
  readonly metadata?: Partial<Pod['metadata']>;
  readonly spec?: Partial<NonNullable<Pod['spec']>>;
  readonly status?: Pod['status'];
}

export function makePod(name: string, parts: PodParts = {}): Pod {
  const containers = (parts.containers ?? [{}]).map((each, index) => ({ name: `c${index}`, image: 'x', ...each }));
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, namespace: 'default', uid: parts.uid ?? `uid-${name}`, resourceVersion: '1', ...parts.metadata },
    spec: { containers, ...parts.spec },
    ...(parts.status === undefined ? {} : { status: parts.status }),
  };
}

export function makeDemand(pod: Pod, rules: DemandRules = RULES): PodDemand {
  const demand = demandOf(pod, rules);
  if (isDemandProblem(demand)) throw new Error(demand.problem);
  return demand;
}

export function scalar(name: string, value: number, role = '*'): Resource {
  return {
    name,
    type: 'SCALAR',
    scalar: { value },
    allocation_info: { role: '*' },
    ...(role === '*' ? {} : { reservations: [{ type: 'STATIC', role }] }),
  };
}
export function ports(begin: number, end: number, role = '*'): Resource {
  return {
    name: 'ports',
    type: 'RANGES',
    ranges: { range: [{ begin, end }] },
    allocation_info: { role: '*' },
    ...(role === '*' ? {} : { reservations: [{ type: 'STATIC', role }] }),
  };
}

export function makeOffer(agent: string, parts: Partial<Offer> & { id?: { value: string } } = {}): Offer {
  return {
    id: { value: `${agent}-O` },
    framework_id: { value: 'F1' },
    agent_id: { value: agent },
    hostname: `host-${agent}`,
    resources: [scalar('cpus', 4), scalar('mem', 4096), ports(31000, 32000)],
    allocation_info: { role: '*' },
    ...parts,
  };
}

export const TEMPLATE: ExecutorTemplate = {
  name: 'Kubelet-Executor',
  source: 'kubernetes',
  command: { value: './km', shell: false, arguments: ['./km', 'executor'] },
  cpus: 250,
  mem: 128_000,
  allocationRole: '*',
  roles: ['*', 'prod'],
};
export function makeCatalog(cost: { cpus?: number; mem?: number } = {}): ExecutorCatalog {
  return new ExecutorCatalog({ ...TEMPLATE, ...cost });
}

let epoch = 0;
export function makeAgent(agent: string, parts: Partial<Offer> = {}, catalog = makeCatalog()): AgentOffers {
  epoch += 1;
  return combineOffers([makeOffer(agent, parts)], epoch, catalog);
}
