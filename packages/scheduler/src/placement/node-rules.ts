import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Taint, Toleration } from '@kubernetes-mesos/api-types';
import type { PodDemand } from './demand';
import type { Refusal } from './refusals';

/** What placement knows about the node that an agent is. */
export interface NodeView {
  /** Node name: the agent's hostname. */
  readonly name: string;
  /** Labels of the node object over those that the offer itself tells (hostname, attributes, fault domain). */
  readonly labels: Readonly<Record<string, string>>;
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
}

/** Said by the node controller about a silent kubelet: an offer is proof enough that the agent is there. */
const SILENT_NODE_TAINTS = new Set(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']);
const UNSCHEDULABLE_TAINT = 'node.kubernetes.io/unschedulable';

export function nodeView(
  name: string,
  offerLabels: Readonly<Record<string, string>>,
  node: Node | undefined,
): NodeView {
  return {
    name,
    labels: node?.metadata.labels === undefined ? offerLabels : { ...offerLabels, ...node.metadata.labels },
    unschedulable: node?.spec?.unschedulable === true,
    taints: node?.spec?.taints ?? [],
  };
}

/** The first rule about nodes that keeps the pod away from this one. */
export function nodeRefusal(demand: PodDemand, node: NodeView): Refusal | undefined {
  if (demand.nodeName !== undefined && demand.nodeName !== node.name) {
    return { reason: 'node-name', wanted: demand.nodeName };
  }
  for (const [key, value] of Object.entries(demand.nodeSelector)) {
    if (node.labels[key] !== value) return { reason: 'node-selector', wanted: selectorText(demand.nodeSelector) };
  }
  const terms = demand.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (terms !== undefined && !terms.some((term) => termMatches(term, node))) return { reason: 'node-affinity' };
  // A pod that names its node itself is kept away by neither cordon nor NoSchedule.
  if (demand.nodeName !== undefined) return undefined;
  if (node.unschedulable && !tolerates(demand.tolerations, { key: UNSCHEDULABLE_TAINT, effect: 'NoSchedule' })) {
    return { reason: 'unschedulable' };
  }
  const taint = node.taints.find(
    (each) =>
      (each.effect === 'NoSchedule' || each.effect === 'NoExecute') &&
      !SILENT_NODE_TAINTS.has(each.key) &&
      !tolerates(demand.tolerations, each),
  );
  return taint === undefined ? undefined : { reason: 'taint', taint: taintText(taint) };
}

function selectorText(selector: Readonly<Record<string, string>>): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function taintText(taint: Taint): string {
  return `${taint.key}${taint.value === undefined || taint.value === '' ? '' : `=${taint.value}`}:${taint.effect}`;
}

/** A term without any requirement matches nothing. */
function termMatches(term: NodeSelectorTerm, node: NodeView): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  return (
    expressions.every((requirement) => requirementMatches(requirement, node.labels[requirement.key])) &&
    fields.every((requirement) => requirement.key === 'metadata.name' && requirementMatches(requirement, node.name))
  );
}

function requirementMatches(requirement: NodeSelectorRequirement, actual: string | undefined): boolean {
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'In':
      return actual !== undefined && values.includes(actual);
    case 'NotIn':
      return actual === undefined || !values.includes(actual);
    case 'Exists':
      return actual !== undefined;
    case 'DoesNotExist':
      return actual === undefined;
    case 'Gt':
      return compares(actual, values[0], (a, b) => a > b);
    case 'Lt':
      return compares(actual, values[0], (a, b) => a < b);
    default:
      return false;
  }
}

function compares(
  actual: string | undefined,
  bound: string | undefined,
  test: (a: number, b: number) => boolean,
): boolean {
  const integer = /^-?\d+$/;
  if (actual === undefined || bound === undefined || !integer.test(actual) || !integer.test(bound)) return false;
  return test(Number(actual), Number(bound));
}

function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some((toleration) => {
    if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect) return false;
    const anyKey = toleration.key === undefined || toleration.key === '';
    if (anyKey) return toleration.operator === 'Exists';
    if (toleration.key !== taint.key) return false;
    return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
  });
}
