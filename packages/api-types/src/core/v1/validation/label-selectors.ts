import type { LabelSelector, LabelSelectorRequirement } from '../../../generated/meta-v1.types';
import { forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid, validateLabels } from '../../../machinery/object-meta-validation';

/** A label selector inside an object. */
export function validateLabelSelector(selector: LabelSelector | undefined, path: string, errors: FieldError[]): void {
  if (selector === undefined) return;
  validateLabels(selector.matchLabels, `${path}.matchLabels`, errors);
  for (const [index, requirement] of (selector.matchExpressions ?? []).entries()) {
    validateRequirement(requirement, `${path}.matchExpressions[${index}]`, errors);
  }
}

function validateRequirement(requirement: LabelSelectorRequirement, path: string, errors: FieldError[]): void {
  const { key = '', operator = '', values = [] } = requirement as Partial<LabelSelectorRequirement>;
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) {
        errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      }
      break;
    default:
      errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  pushInvalid(errors, `${path}.key`, key, qualifiedNameProblems(key));
}
