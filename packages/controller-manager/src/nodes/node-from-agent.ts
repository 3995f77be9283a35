import {
  formatTime,
  names,
  type Node,
  type NodeAddress,
  type NodeCondition,
  type NodeStatus,
} from '@kubernetes-mesos/api-types';
import type { MesosAgent } from './mesos-agents';

/** Annotation that ties a node to the agent it stands for. */
export const AGENT_ANNOTATION = 'k8s.mesosphere.io/slaveId';
/** Reason of the Ready condition while no kubelet reports and Mesos itself vouches for the machine. */
export const AGENT_READY = 'SlaveReady';

const ATTRIBUTE_PREFIX = 'k8s.mesosphere.io/attribute-';
/** Pods that a node without a kubelet is said to hold; the kubelet corrects it. */
const DEFAULT_PODS = '110';

/** The node that an agent is until a kubelet on it says more. */
export function nodeFromAgent(agent: MesosAgent, nowMs: number): Node {
  const labels = labelsOf(agent);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: agent.hostname, labels, annotations: { [AGENT_ANNOTATION]: agent.id } },
    spec: {},
    status: { ...resourcesOf(agent), conditions: [agentReady(undefined, nowMs)], addresses: addressesOf(agent) },
  };
}

/**
 * The agent that a node stands or stood for: our annotation, else what its kubelet wrote when it registered by itself
 * (a Mesos id ends in `-S` and a number); `undefined` for nodes that somebody made by hand.
 */
export function agentIdOf(node: Node): string | undefined {
  const annotated = node.metadata.annotations?.[AGENT_ANNOTATION];
  if (annotated !== undefined) return annotated;
  const { externalID } = node.spec ?? {};
  return externalID !== undefined && /-S\d+$/.test(externalID) ? externalID : undefined;
}

/** Labels and annotations that the node lacks or has otherwise; `undefined` when all are there. */
export function missingMetadata(
  node: Node,
  agent: MesosAgent,
): { readonly labels: Record<string, string>; readonly annotations: Record<string, string> } | undefined {
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(labelsOf(agent))) {
    if (node.metadata.labels?.[key] !== value) labels[key] = value;
  }
  const tied = node.metadata.annotations?.[AGENT_ANNOTATION] === agent.id;
  if (tied && Object.keys(labels).length === 0) return undefined;
  return { labels, annotations: tied ? {} : { [AGENT_ANNOTATION]: agent.id } };
}

/** The status of a node that no kubelet reports for. */
export function statusFromAgent(node: Node, agent: MesosAgent, nowMs: number): NodeStatus {
  const conditions = node.status?.conditions ?? [];
  const present = conditions.find((condition) => condition.type === 'Ready');
  const others = conditions.filter((condition) => condition.type !== 'Ready');
  return {
    ...node.status,
    ...(node.status?.capacity === undefined || present?.reason === AGENT_READY ? resourcesOf(agent) : {}),
    conditions: [...others, agentReady(present, nowMs)],
    addresses: node.status?.addresses ?? addressesOf(agent),
  };
}

function agentReady(present: NodeCondition | undefined, nowMs: number): NodeCondition {
  return {
    type: 'Ready',
    status: 'True',
    lastHeartbeatTime: formatTime(nowMs),
    lastTransitionTime:
      present?.status === 'True' ? (present.lastTransitionTime ?? formatTime(nowMs)) : formatTime(nowMs),
    reason: AGENT_READY,
    message: 'the Mesos agent is registered; a kubelet starts with the first pod',
  };
}

function resourcesOf(agent: MesosAgent): Pick<NodeStatus, 'capacity' | 'allocatable'> {
  const amounts = {
    cpu: Number.isInteger(agent.cpus) ? String(agent.cpus) : `${Math.floor(agent.cpus * 1000)}m`,
    memory: `${Math.floor(agent.memMib)}Mi`,
    pods: DEFAULT_PODS,
  };
  return { capacity: amounts, allocatable: { ...amounts } };
}

function addressesOf(agent: MesosAgent): NodeAddress[] {
  return [
    ...(agent.ip === undefined ? [] : [{ type: 'InternalIP', address: agent.ip }]),
    { type: 'Hostname', address: agent.hostname },
  ];
}

/** What cannot be a label is left out. */
function labelsOf(agent: MesosAgent): Record<string, string> {
  const labels: Record<string, string> = { 'kubernetes.io/hostname': agent.hostname };
  if (agent.region !== undefined) labels['topology.kubernetes.io/region'] = agent.region;
  if (agent.zone !== undefined) labels['topology.kubernetes.io/zone'] = agent.zone;
  for (const [name, value] of agent.attributes) labels[ATTRIBUTE_PREFIX + name] = value;
  return Object.fromEntries(
    Object.entries(labels).filter(
      ([key, value]) => names.qualifiedNameProblems(key).length === 0 && names.labelValueProblems(value).length === 0,
    ),
  );
}
