import type { Affinity, PodAffinity, PodAffinityTerm } from '../../../generated/core-v1.types';
import type { LabelSelector } from '../../../generated/meta-v1.types';
import { forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { dnsLabelProblems, qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateLabelSelector } from './label-selectors';
import { validateNodeAffinity, validateWeight } from './node-selectors';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(affinity: Affinity, path: FieldPath, errors: FieldError[]): void {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  if (nodeAffinity !== undefined) validateNodeAffinity(nodeAffinity, child(path, 'nodeAffinity'), errors);
  if (podAffinity !== undefined) validatePodAffinity(podAffinity, child(path, 'podAffinity'), errors);
  if (podAntiAffinity !== undefined) validatePodAffinity(podAntiAffinity, child(path, 'podAntiAffinity'), errors);
}

function validatePodAffinity(affinity: PodAffinity, path: FieldPath, errors: FieldError[]): void {
  for (const [index, term] of (affinity[REQUIRED] ?? []).entries()) {
    validateTerm(term, element(child(path, REQUIRED), index), errors);
  }
  for (const [index, { weight, podAffinityTerm }] of (affinity[PREFERRED] ?? []).entries()) {
    const at = element(child(path, PREFERRED), index);
    validateWeight(weight, at, errors);
    validateTerm(podAffinityTerm ?? {}, child(at, 'podAffinityTerm'), errors);
  }
}

function validateTerm(term: Partial<PodAffinityTerm>, path: FieldPath, errors: FieldError[]): void {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term;
  validateLabelSelector(labelSelector, child(path, 'matchExpressions'), errors);
  validateLabelSelector(namespaceSelector, child(path, 'namespaceSelector'), errors);
  for (const namespace of namespaces) {
    pushInvalid(errors, child(path, 'namespace'), namespace, dnsLabelProblems(namespace));
  }
  validateLabelKeys(term, path, errors);
  if (topologyKey === '') errors.push(required(child(path, 'topologyKey'), 'can not be empty'));
  pushInvalid(errors, child(path, 'topologyKey'), topologyKey, qualifiedNameProblems(topologyKey));
}

/** Labels that must, and must not, be as those of the pod itself. */
function validateLabelKeys(term: Partial<PodAffinityTerm>, path: FieldPath, errors: FieldError[]): void {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  validateKeys(matchLabelKeys, labelSelector, child(path, 'matchLabelKeys'), errors);
  validateKeys(mismatchLabelKeys, labelSelector, child(path, 'mismatchLabelKeys'), errors);
  for (const [index, key] of matchLabelKeys.entries()) {
    if (!mismatchLabelKeys.includes(key)) continue;
    const at = element(child(path, 'matchLabelKeys'), index);
    errors.push(invalid(at, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  }
}

function validateKeys(
  keys: readonly string[],
  selector: LabelSelector | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (keys.length === 0) return;
  if (selector === undefined) {
    errors.push(forbidden(path, 'must not be specified when labelSelector is not set'));
    return;
  }
  for (const [index, key] of keys.entries()) pushInvalid(errors, element(path, index), key, qualifiedNameProblems(key));
}
