import type {
  NodeAffinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
} from '../../../generated/core-v1.types';
import { invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { dnsSubdomainProblems, labelValueProblems, qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateSetOperator } from './label-selectors';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateNodeAffinity(affinity: NodeAffinity, path: FieldPath, errors: FieldError[]): void {
  const { [REQUIRED]: demanded, [PREFERRED]: preferred } = affinity;
  if (demanded !== undefined) validateNodeSelector(demanded, child(path, REQUIRED), errors);
  if (preferred === undefined) return;
  for (const [index, { weight, preference }] of preferred.entries()) {
    const at = element(child(path, PREFERRED), index);
    validateWeight(weight, at, errors);
    // What is only preferred may ask for values that no label can have.
    validateNodeSelectorTerm(preference ?? {}, true, child(at, 'preference'), errors);
  }
}

export function validateNodeSelector(selector: NodeSelector, path: FieldPath, errors: FieldError[]): void {
  const terms = selector.nodeSelectorTerms ?? [];
  const at = child(path, 'nodeSelectorTerms');
  if (terms.length === 0) errors.push(required(at, 'must have at least one node selector term'));
  for (const [index, term] of terms.entries()) validateNodeSelectorTerm(term, false, element(at, index), errors);
}

export function validateWeight(weight: number | undefined, path: FieldPath, errors: FieldError[]): void {
  if (weight === undefined || weight <= 0 || weight > 100) {
    errors.push(invalid(child(path, 'weight'), weight ?? 0, 'must be in the range 1-100'));
  }
}

function validateNodeSelectorTerm(
  term: NodeSelectorTerm,
  allowsAnyValue: boolean,
  path: FieldPath,
  errors: FieldError[],
): void {
  for (const [index, requirement] of (term.matchExpressions ?? []).entries()) {
    validateExpression(requirement, allowsAnyValue, element(child(path, 'matchExpressions'), index), errors);
  }
  for (const [index, requirement] of (term.matchFields ?? []).entries()) {
    validateFieldExpression(requirement, element(child(path, 'matchFields'), index), errors);
  }
}

function validateExpression(
  requirement: Partial<NodeSelectorRequirement>,
  allowsAnyValue: boolean,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { key = '', operator = '', values = [] } = requirement;
  const at = child(path, 'values');
  if (operator !== 'Gt' && operator !== 'Lt') validateSetOperator(operator, values, path, errors);
  else if (values.length !== 1) {
    errors.push(required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  }
  pushInvalid(errors, child(path, 'key'), key, qualifiedNameProblems(key));
  if (allowsAnyValue) return;
  for (const [index, value] of values.entries()) {
    pushInvalid(errors, element(at, index), value, labelValueProblems(value));
  }
}

/** `metadata.name` is the only field of a node that can be selected by. */
function validateFieldExpression(
  requirement: Partial<NodeSelectorRequirement>,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { key = '', operator = '', values = [] } = requirement;
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(child(path, 'operator'), operator, 'not a valid selector operator'));
  } else if (values.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(child(path, 'values'), detail));
  }
  if (key !== 'metadata.name') {
    errors.push(invalid(child(path, 'key'), key, 'not a valid field selector key'));
    return;
  }
  for (const [index, value] of values.entries()) {
    pushInvalid(errors, element(child(path, 'values'), index), value, dnsSubdomainProblems(value));
  }
}
