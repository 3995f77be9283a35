import type {
  Pod,
  PodAffinityTerm,
  ResourceQuota,
  ScopedResourceSelectorRequirement,
} from '../../generated/core-v1.types';
import { podQosClass } from './pod-qos';

/** Whether a quota counts a pod: each of its scopes and of its selector's requirements is met. */
export function isPodInScope(quota: ResourceQuota, pod: Pod): boolean {
  return scopesOf(quota).every((requirement) => meets(pod, requirement));
}

/** Whether a quota counts pods only, and of those not all. */
export function hasScopes(quota: ResourceQuota): boolean {
  return scopesOf(quota).length > 0;
}

function scopesOf({ spec }: ResourceQuota): readonly ScopedResourceSelectorRequirement[] {
  const { scopes = [], scopeSelector } = spec ?? {};
  return [
    ...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(scopeSelector?.matchExpressions ?? []),
  ];
}

function meets(pod: Pod, { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement): boolean {
  switch (scopeName) {
    case 'Terminating':
      return pod.spec?.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec?.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return podQosClass(pod.spec) === 'BestEffort';
    case 'NotBestEffort':
      return podQosClass(pod.spec) !== 'BestEffort';
    case 'PriorityClass':
      return matchesText(pod.spec?.priorityClassName ?? '', operator, values);
    case 'CrossNamespacePodAffinity':
      return affinityTerms(pod).some(
        ({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || namespaceSelector !== undefined,
      );
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

/** What a pod wants near it, or far from it. */
function affinityTerms({ spec }: Pod): PodAffinityTerm[] {
  return [spec?.affinity?.podAffinity, spec?.affinity?.podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
}
