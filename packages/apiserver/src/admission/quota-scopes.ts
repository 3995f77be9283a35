import {
  parseQuantity,
  type KubeObject,
  type Pod,
  type ResourceQuota,
  type ScopedResourceSelectorRequirement,
} from '@kubernetes-mesos/api-types';

/** Whether a quota counts an object: its scopes are about pods. Pure. */
export function isInScope(quota: ResourceQuota, object: KubeObject): boolean {
  const { scopes = [], scopeSelector } = quota.spec ?? {};
  const requirements: readonly ScopedResourceSelectorRequirement[] = [
    ...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(scopeSelector?.matchExpressions ?? []),
  ];
  if (requirements.length === 0) return true;
  if (object.kind !== 'Pod') return false;
  return requirements.every((requirement) => matches(object as Pod, requirement));
}

function matches(pod: Pod, { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement): boolean {
  const isTerminating = pod.spec?.activeDeadlineSeconds !== undefined;
  switch (scopeName) {
    case 'Terminating':
      return isTerminating;
    case 'NotTerminating':
      return !isTerminating;
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    case 'PriorityClass':
      return matchesText(pod.spec?.priorityClassName ?? '', operator, values);
    default:
      return false;
  }
}

function matchesText(text: string, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return text !== '';
    case 'DoesNotExist':
      return text === '';
    case 'In':
      return text !== '' && values.includes(text);
    case 'NotIn':
      return !values.includes(text);
    default:
      return false;
  }
}

/** No container asks for processor time or memory. */
function isBestEffort({ spec }: Pod): boolean {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].every(({ resources }) =>
    [resources?.requests, resources?.limits].every((amounts) =>
      ['cpu', 'memory'].every((name) => parseQuantity(amounts?.[name] ?? '0').isZero),
    ),
  );
}
