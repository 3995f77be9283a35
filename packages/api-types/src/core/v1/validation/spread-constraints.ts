import type { TopologySpreadConstraint } from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateOneOf } from './helpers';
import { validateLabelSelector } from './label-selectors';

const SCHEDULE_ACTIONS: readonly string[] = ['DoNotSchedule', 'ScheduleAnyway'];
const NODE_POLICIES: readonly string[] = ['Honor', 'Ignore'];

type Constraint = Partial<TopologySpreadConstraint>;

export function validateSpreadConstraints(
  constraints: readonly Constraint[],
  path: FieldPath,
  errors: FieldError[],
): void {
  for (const [index, constraint] of constraints.entries()) {
    const at = element(path, index);
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable: action = '' } = constraint;
    if (maxSkew <= 0) errors.push(invalid(child(at, 'maxSkew'), maxSkew, 'must be greater than zero'));
    if (topologyKey === '') errors.push(required(child(at, 'topologyKey'), 'can not be empty'));
    validateOneOf(action, SCHEDULE_ACTIONS, child(at, 'whenUnsatisfiable'), errors);
    const isRepeated = constraints.some(
      (other, place) =>
        place > index && (other.topologyKey ?? '') === topologyKey && (other.whenUnsatisfiable ?? '') === action,
    );
    if (isRepeated) {
      errors.push(duplicate(child(at, '{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${action}}`));
    }
    validateRest(constraint, at, errors);
  }
}

function validateRest(constraint: Constraint, path: FieldPath, errors: FieldError[]): void {
  const { minDomains, whenUnsatisfiable: action = '' } = constraint;
  if (minDomains !== undefined) {
    const at = child(path, 'minDomains');
    if (minDomains <= 0) errors.push(invalid(at, minDomains, 'must be greater than zero'));
    if (action !== 'DoNotSchedule') {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`;
      errors.push(invalid(at, minDomains, detail));
    }
  }
  for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    const policy = constraint[field];
    if (policy !== undefined) validateOneOf(policy, NODE_POLICIES, child(path, field), errors);
  }
  validateLabelKeys(constraint, child(path, 'matchLabelKeys'), errors);
  validateLabelSelector(constraint.labelSelector, child(path, 'labelSelector'), errors);
}

/** Labels whose values the pods that are counted share with the pod; not those that it selects by anyway. */
function validateLabelKeys(
  { matchLabelKeys = [], labelSelector }: Constraint,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (matchLabelKeys.length === 0) return;
  if (labelSelector === undefined) {
    errors.push(forbidden(path, 'must not be specified when labelSelector is not set'));
  }
  const selected = new Set([
    ...Object.keys(labelSelector?.matchLabels ?? {}),
    ...(labelSelector?.matchExpressions ?? []).map(({ key }) => key),
  ]);
  for (const [index, key] of matchLabelKeys.entries()) {
    pushInvalid(errors, element(path, index), key, qualifiedNameProblems(key));
    if (selected.has(key)) {
      errors.push(invalid(element(path, index), key, 'exists in both matchLabelKeys and labelSelector'));
    }
  }
}
