import type { NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../../../generated/core-v1.types';
import { deepEqual } from '../../../machinery/deep-equal';
import { invalid, type FieldError } from '../../../machinery/field-error';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/** While gates hold a pod up, the nodes that it may run on can be narrowed, never widened. */
export function validateGatedPlacement(spec: PodSpec, old: PodSpec, errors: FieldError[]): void {
  const { nodeSelector = {} } = spec;
  const isNarrowed = Object.entries(old.nodeSelector ?? {}).every(([key, value]) => nodeSelector[key] === value);
  if (!isNarrowed) {
    const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    errors.push(invalid('spec.nodeSelector', nodeSelector, detail));
  }
  const oldTerms = old.affinity?.nodeAffinity?.[REQUIRED]?.nodeSelectorTerms ?? [];
  if (oldTerms.length === 0) return;
  const terms = spec.affinity?.nodeAffinity?.[REQUIRED]?.nodeSelectorTerms ?? [];
  const path = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;
  if (terms.length !== oldTerms.length) {
    errors.push(invalid(path, terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'));
    return;
  }
  for (const [index, oldTerm] of oldTerms.entries()) {
    const term = terms[index] ?? {};
    if (hasOnlyAdditions(term, oldTerm)) continue;
    errors.push(invalid(`${path}[${index}]`, term, 'only additions are allowed (no mutations or deletions)'));
  }
}

/** A spec with the nodes of another. */
export function withPlacementOf(spec: PodSpec, old: PodSpec): PodSpec {
  const result = { ...spec };
  delete result.nodeSelector;
  if (old.nodeSelector !== undefined) result.nodeSelector = old.nodeSelector;
  const affinity = { ...spec.affinity };
  delete affinity.nodeAffinity;
  if (old.affinity?.nodeAffinity !== undefined) affinity.nodeAffinity = old.affinity.nodeAffinity;
  delete result.affinity;
  if (old.affinity !== undefined || Object.keys(affinity).length > 0) result.affinity = affinity;
  return result;
}

function hasOnlyAdditions(term: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const { matchExpressions = [], matchFields = [] } = old;
  const isEmpty = matchExpressions.length === 0 && matchFields.length === 0;
  // A term without requirements selects nothing; with one it would select something.
  if (isEmpty) return (term.matchExpressions ?? []).length === 0 && (term.matchFields ?? []).length === 0;
  return beginsWith(term.matchExpressions, matchExpressions) && beginsWith(term.matchFields, matchFields);
}

function beginsWith(list: NodeSelectorRequirement[] = [], start: readonly NodeSelectorRequirement[]): boolean {
  return deepEqual(list.slice(0, start.length), start);
}
