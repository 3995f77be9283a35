import {
  CallRejectedError,
  nodeNameOf,
  type AgentInfo,
  type Attribute,
  type MasterResponseGetAgents,
  type MasterResponseGetExecutors,
  type OperatorClient,
  type Resource,
} from '@kubernetes-mesos/mesos';

/** One machine of the Mesos cluster, as far as Kubernetes nodes are concerned. */
export interface MesosAgent {
  readonly id: string;
  /** The node's name. */
  readonly hostname: string;
  /** Where the agent listens; `undefined` when the master does not say. */
  readonly ip: string | undefined;
  readonly cpus: number;
  /** MiB, the unit of Mesos. */
  readonly memMib: number;
  /** Connected to the master and not deactivated. */
  readonly active: boolean;
  /** An executor of ours runs there: a kubelet that reports by itself. */
  readonly hasKubelet: boolean;
  /** Text and scalar attributes, plus region and zone. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly region: string | undefined;
  readonly zone: string | undefined;
}

/** Where agents are learnt from. @throws when the master is away */
export interface AgentSource {
  agents(): Promise<readonly MesosAgent[]>;
}

/** `ExecutorInfo.name` and `source` of our executors, of every release. */
const EXECUTOR_NAME = 'Kubelet-Executor';
const EXECUTOR_SOURCE = 'kubernetes';

export class OperatorAgentSource implements AgentSource {
  readonly #operator: Pick<OperatorClient, 'getAgents' | 'getExecutors'>;

  constructor(operator: Pick<OperatorClient, 'getAgents' | 'getExecutors'>) {
    this.#operator = operator;
  }

  async agents(): Promise<readonly MesosAgent[]> {
    const [agents, executors] = await Promise.all([this.#operator.getAgents(), this.#executors()]);
    return agentsOf(agents, executors);
  }

  /** A master that shows agents but no executors leaves it to the kubelets' own reports to tell where they are. */
  async #executors(): Promise<MasterResponseGetExecutors> {
    try {
      return await this.#operator.getExecutors();
    } catch (error) {
      if (error instanceof CallRejectedError) return {};
      throw error;
    }
  }
}

/**
 * The agents of a master's answers. Those that are recovered from a fail-over but have not come back yet are there,
 * inactive. Of several agents with one host name the active one, then the last, stands for the host.
 */
export function agentsOf(
  answer: MasterResponseGetAgents,
  executors: MasterResponseGetExecutors,
): readonly MesosAgent[] {
  const withKubelet = new Set<string>();
  for (const { executor_info: info, agent_id: agent } of executors.executors ?? []) {
    if (info.name === EXECUTOR_NAME || info.source === EXECUTOR_SOURCE) withKubelet.add(agent.value);
  }
  const byHost = new Map<string, MesosAgent>();
  const add = (agent: MesosAgent): void => {
    if (byHost.get(agent.hostname)?.active === true && !agent.active) return;
    byHost.set(agent.hostname, agent);
  };
  for (const info of answer.recovered_agents ?? []) {
    add(agentOf(info, { active: false, pid: undefined, resources: info.resources ?? [], withKubelet }));
  }
  for (const agent of answer.agents ?? []) {
    add(
      agentOf(agent.agent_info, {
        active: agent.active && agent.deactivated !== true,
        pid: agent.pid,
        resources: agent.total_resources ?? agent.agent_info.resources ?? [],
        withKubelet,
      }),
    );
  }
  return [...byHost.values()];
}

function agentOf(
  info: AgentInfo,
  facts: {
    readonly active: boolean;
    readonly pid: string | undefined;
    readonly resources: readonly Resource[];
    readonly withKubelet: ReadonlySet<string>;
  },
): MesosAgent {
  const id = info.id?.value ?? '';
  const domain = info.domain?.fault_domain;
  return {
    id,
    hostname: nodeNameOf(info.hostname),
    ip: ipOfPid(facts.pid),
    cpus: scalarOf(facts.resources, 'cpus'),
    memMib: scalarOf(facts.resources, 'mem'),
    active: facts.active,
    hasKubelet: facts.withKubelet.has(id),
    attributes: new Map((info.attributes ?? []).flatMap(attributeEntry)),
    region: domain?.region.name,
    zone: domain?.zone.name,
  };
}

/** `slave(1)@10.0.0.1:5051` -> `10.0.0.1` */
function ipOfPid(pid: string | undefined): string | undefined {
  return /@\[?([0-9a-fA-F.:]+?)\]?:\d+$/.exec(pid ?? '')?.[1];
}

/** The sum over roles and reservations, without what may be revoked. */
function scalarOf(resources: readonly Resource[], name: string): number {
  let sum = 0;
  for (const resource of resources) {
    if (resource.name === name && resource.revocable === undefined) sum += resource.scalar?.value ?? 0;
  }
  return Math.round(sum * 1000) / 1000;
}

function attributeEntry(attribute: Attribute): readonly (readonly [string, string])[] {
  if (attribute.text !== undefined) return [[attribute.name, attribute.text.value]];
  if (attribute.scalar !== undefined) return [[attribute.name, String(attribute.scalar.value)]];
  return [];
}
