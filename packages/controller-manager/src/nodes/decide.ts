import {
  deepEqual,
  formatTime,
  type Node,
  type NodeCondition,
  type NodeStatus,
  type Pod,
  type Taint,
  type Toleration,
} from '@kubernetes-mesos/api-types';
import { isDeleting, isReady, isTerminated, timeMs } from '../objects/pods';
import type { MesosAgent } from './mesos-agents';
import { AGENT_READY, agentIdOf, missingMetadata, nodeFromAgent, statusFromAgent } from './node-from-agent';

/** What Mesos says of the machine. */
export type AgentState =
  | { readonly kind: 'present'; readonly agent: MesosAgent }
  | { readonly kind: 'absent' }
  /** The master does not answer, or has not yet. */
  | { readonly kind: 'unknown' };

export interface NodeConfig {
  /** Silence after which a node is NotReady, ms. */
  readonly monitorGraceMs: number;
  /** Time a node is NotReady before its pods are deleted, ms. */
  readonly podEvictionTimeoutMs: number;
  /** Time between renewals of the heartbeat that stands in for a kubelet's, ms. */
  readonly heartbeatMs: number;
}

export interface NodeState {
  readonly name: string;
  readonly node: Node | undefined;
  readonly agent: AgentState;
  /** Bound to it. */
  readonly pods: readonly Pod[];
  /** When the node last gave a sign of life, by our own clock. */
  readonly seenMs: number;
  readonly nowMs: number;
}

/** What to do about one node. Steps are independent; each is left out when there is nothing to do. */
export interface NodePlan {
  readonly create?: Node;
  readonly metadata?: { readonly labels: Record<string, string>; readonly annotations: Record<string, string> };
  readonly status?: NodeStatus;
  readonly taints?: Taint[];
  /** Pods that can no longer be called ready. */
  readonly unready: readonly Pod[];
  /** Pods to delete; `force`: nobody is left to confirm it. */
  readonly evict: readonly Pod[];
  readonly force: boolean;
  /** After its pods. */
  readonly remove: boolean;
  readonly lookAgainMs: number | undefined;
}

export const UNREACHABLE_TAINT = 'node.kubernetes.io/unreachable';
export const NOT_READY_TAINT = 'node.kubernetes.io/not-ready';
/** tolerationSeconds that admission adds by default; such a pod goes after the configured time instead. */
const DEFAULT_TOLERATION_SECONDS = 300;

export function decideNode(state: NodeState, config: NodeConfig): NodePlan {
  const { node, agent, nowMs } = state;
  if (node === undefined) {
    const create = agent.kind === 'present' && agent.agent.active ? nodeFromAgent(agent.agent, nowMs) : undefined;
    return { ...NOTHING, ...(create === undefined ? {} : { create }) };
  }
  if (isGone(state, config)) {
    return { ...NOTHING, evict: state.pods, force: true, remove: true };
  }
  const status = nextStatus(node, state, config);
  const ready = readyOf(status ?? node.status);
  const taints = nextTaints(node, ready, nowMs);
  const eviction = planEviction(taints ?? node.spec?.taints ?? [], ready, state, config);
  const silentInMs = state.seenMs + config.monitorGraceMs - nowMs;
  const metadata = agent.kind === 'present' ? missingMetadata(node, agent.agent) : undefined;
  return {
    ...(metadata === undefined ? {} : { metadata }),
    ...(status === undefined ? {} : { status }),
    ...(taints === undefined ? {} : { taints }),
    unready: ready?.status === 'Unknown' ? state.pods.filter((pod) => isReady(pod)) : [],
    evict: eviction.due,
    force: false,
    remove: false,
    lookAgainMs: earliest([silentInMs > 0 ? silentInMs : undefined, eviction.nextMs, config.heartbeatMs]),
  };
}

const NOTHING: NodePlan = { unready: [], evict: [], force: false, remove: false, lookAgainMs: undefined };

/**
 * The agent has left Mesos: at once (after the grace) when it holds no pods, after the eviction timeout when it does.
 * Nodes that never were an agent are not ours to remove.
 */
function isGone(state: NodeState, config: NodeConfig): boolean {
  const { node, agent, nowMs, seenMs, pods } = state;
  if (agent.kind !== 'absent' || node === undefined || agentIdOf(node) === undefined) return false;
  const ready = readyOf(node.status);
  if (ready?.status !== 'Unknown' || nowMs - seenMs < config.monitorGraceMs) return false;
  const sinceMs = timeMs(ready.lastTransitionTime) ?? nowMs;
  return pods.length === 0 || nowMs - sinceMs >= config.podEvictionTimeoutMs;
}

function nextStatus(node: Node, state: NodeState, config: NodeConfig): NodeStatus | undefined {
  const { agent, nowMs, seenMs } = state;
  const ready = readyOf(node.status);
  if (agent.kind === 'present' && agent.agent.active && isOursToKeep(ready, agent.agent, state, config)) {
    const beatMs = timeMs(ready?.lastHeartbeatTime);
    const fresh = ready?.status === 'True' && ready.reason === AGENT_READY && beatMs !== undefined;
    if (fresh && nowMs - beatMs < config.heartbeatMs) return undefined;
    return statusFromAgent(node, agent.agent, nowMs);
  }
  if (nowMs - seenMs < config.monitorGraceMs || ready?.status === 'Unknown') return undefined;
  // A master that is away says nothing about the machines it vouched for.
  if (agent.kind === 'unknown' && (ready === undefined || ready.reason === AGENT_READY)) return undefined;
  return silentStatus(node, nowMs);
}

/** No kubelet reports: none has yet, or the last one has left with its executor while the agent stayed. */
function isOursToKeep(
  ready: NodeCondition | undefined,
  agent: MesosAgent,
  state: NodeState,
  config: NodeConfig,
): boolean {
  if (ready === undefined || ready.reason === AGENT_READY) return true;
  if (agent.hasKubelet) return false;
  return ready.status !== 'True' || state.nowMs - state.seenMs >= config.monitorGraceMs;
}

function silentStatus(node: Node, nowMs: number): NodeStatus {
  const conditions = node.status?.conditions ?? [];
  const others = conditions.filter((condition) => condition.type !== 'Ready');
  const ready = readyOf(node.status) ?? { type: 'Ready', status: '' };
  return { ...node.status, conditions: [...others, ready].map((condition) => unknown(condition, nowMs)) };
}

function unknown(condition: NodeCondition, nowMs: number): NodeCondition {
  if (condition.status === 'Unknown') return condition;
  return {
    ...condition,
    status: 'Unknown',
    lastTransitionTime: formatTime(nowMs),
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  };
}

/** Taints as the Ready condition asks for; `undefined` when they are so. */
function nextTaints(node: Node, ready: NodeCondition | undefined, nowMs: number): Taint[] | undefined {
  const present = node.spec?.taints ?? [];
  const key = ready?.status === 'Unknown' ? UNREACHABLE_TAINT : ready?.status === 'False' ? NOT_READY_TAINT : undefined;
  const isOurs = (taint: Taint): boolean => taint.key === UNREACHABLE_TAINT || taint.key === NOT_READY_TAINT;
  const wanted = present.filter((taint) => !isOurs(taint));
  if (key !== undefined) {
    for (const effect of ['NoSchedule', 'NoExecute']) {
      const there = present.find((taint) => taint.key === key && taint.effect === effect);
      wanted.push(there ?? { key, effect, timeAdded: formatTime(nowMs) });
    }
  }
  return deepEqual(present, wanted) ? undefined : wanted;
}

/** Pods whose time on a tainted node is over, and when the next one's will be. */
function planEviction(
  taints: readonly Taint[],
  ready: NodeCondition | undefined,
  state: NodeState,
  config: NodeConfig,
): { readonly due: readonly Pod[]; readonly nextMs: number | undefined } {
  const taint = taints.find(
    (one) => one.effect === 'NoExecute' && (one.key === UNREACHABLE_TAINT || one.key === NOT_READY_TAINT),
  );
  if (taint === undefined || ready?.status === 'True') return { due: [], nextMs: undefined };
  const sinceMs = timeMs(taint.timeAdded) ?? timeMs(ready?.lastTransitionTime) ?? state.nowMs;
  const due: Pod[] = [];
  let nextMs: number | undefined;
  for (const pod of state.pods) {
    if (isDeleting(pod) || isTerminated(pod)) continue;
    const stayMs = stayOn(pod, taint, config);
    if (stayMs === undefined) continue;
    const leftMs = sinceMs + stayMs - state.nowMs;
    if (leftMs <= 0) due.push(pod);
    else nextMs = earliest([nextMs, leftMs]);
  }
  return { due, nextMs };
}

/** How long a pod may stay on a node with this taint, ms; `undefined`: for ever. */
function stayOn(pod: Pod, taint: Taint, config: NodeConfig): number | undefined {
  const tolerations = (pod.spec?.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
  if (tolerations.length === 0) return config.podEvictionTimeoutMs;
  let stayMs: number | undefined;
  for (const { tolerationSeconds } of tolerations) {
    if (tolerationSeconds === undefined) continue;
    const ms =
      tolerationSeconds === DEFAULT_TOLERATION_SECONDS
        ? config.podEvictionTimeoutMs
        : Math.max(0, tolerationSeconds * 1000);
    stayMs = earliest([stayMs, ms]);
  }
  return stayMs;
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if ((toleration.effect ?? '') !== '' && toleration.effect !== taint.effect) return false;
  const key = toleration.key ?? '';
  if (key === '') return toleration.operator === 'Exists';
  if (key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}

function readyOf(status: NodeStatus | undefined): NodeCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === 'Ready');
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time;
  return first;
}
