import type { LabelSelector, LabelSelectorRequirement } from '../../../generated/meta-v1.types';
import { forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { labelValueProblems, qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid, validateLabels } from '../../../machinery/object-meta-validation';

/** A label selector inside an object. */
export function validateLabelSelector(
  selector: LabelSelector | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (selector === undefined) return;
  validateLabels(selector.matchLabels, child(path, 'matchLabels'), errors);
  for (const [index, requirement] of (selector.matchExpressions ?? []).entries()) {
    validateRequirement(requirement, element(child(path, 'matchExpressions'), index), errors);
  }
}

/** The operators of sets, and how many values each takes; `path` is the requirement's. */
export function validateSetOperator(
  operator: string,
  values: readonly string[],
  path: FieldPath,
  errors: FieldError[],
): void {
  const at = child(path, 'values');
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.push(required(at, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        errors.push(forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      }
      break;
    default:
      errors.push(invalid(child(path, 'operator'), operator, 'not a valid selector operator'));
  }
}

function validateRequirement(
  requirement: Partial<LabelSelectorRequirement>,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { key = '', operator = '', values = [] } = requirement;
  const at = child(path, 'values');
  validateSetOperator(operator, values, path, errors);
  pushInvalid(errors, child(path, 'key'), key, qualifiedNameProblems(key));
  for (const [index, value] of values.entries()) {
    pushInvalid(errors, element(at, index), value, labelValueProblems(value));
  }
}
