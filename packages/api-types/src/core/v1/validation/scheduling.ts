import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  qualifiedNameProblems,
} from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateOneOf } from './helpers';
import { validateLabelSelector } from './label-selectors';
import { TAINT_EFFECTS } from './node';

/** Where a pod may and may not run. */

const SCHEDULE_ACTIONS: readonly string[] = ['DoNotSchedule', 'ScheduleAnyway'];
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(affinity: Affinity | undefined, path: string, errors: FieldError[]): void {
  if (affinity === undefined) return;
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  if (nodeAffinity !== undefined) {
    const at = `${path}.nodeAffinity`;
    if (nodeAffinity[REQUIRED] !== undefined) validateNodeSelector(nodeAffinity[REQUIRED], `${at}.${REQUIRED}`, errors);
    for (const [index, { weight, preference }] of (nodeAffinity[PREFERRED] ?? []).entries()) {
      validateWeight(weight, `${at}.${PREFERRED}[${index}]`, errors);
      validateNodeSelectorTerm(preference ?? {}, `${at}.${PREFERRED}[${index}].preference`, errors);
    }
  }
  if (podAffinity !== undefined) validatePodAffinity(podAffinity, `${path}.podAffinity`, errors);
  if (podAntiAffinity !== undefined) validatePodAffinity(podAntiAffinity, `${path}.podAntiAffinity`, errors);
}

export function validateNodeSelector(selector: NodeSelector, path: string, errors: FieldError[]): void {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) {
    errors.push(required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term'));
  }
  for (const [index, term] of terms.entries()) {
    validateNodeSelectorTerm(term, `${path}.nodeSelectorTerms[${index}]`, errors);
  }
}

export function validateTolerations(
  tolerations: readonly Toleration[] | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (tolerations === undefined) return;
  for (const [index, toleration] of tolerations.entries()) {
    const at = `${path}[${index}]`;
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
    if (key !== '') pushInvalid(errors, `${at}.key`, key, qualifiedNameProblems(key));
    else if (operator !== 'Exists') {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${at}.operator`, operator, detail));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    if (operator === 'Equal' || operator === '') {
      const problems = labelValueProblems(value);
      if (problems.length > 0) errors.push(invalid(`${at}.operator`, value, problems.join(';')));
    } else if (operator !== 'Exists') errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    else if (value !== '') {
      errors.push(invalid(`${at}.operator`, toleration, "value must be empty when `operator` is 'Exists'"));
    }
    if (effect !== '') validateOneOf(effect, TAINT_EFFECTS, `${at}.effect`, errors);
  }
}

export function validateSpreadConstraints(
  constraints: readonly TopologySpreadConstraint[] | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (constraints === undefined) return;
  for (const [index, constraint] of constraints.entries()) {
    const at = `${path}[${index}]`;
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '' } = constraint as Partial<TopologySpreadConstraint>;
    if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero'));
    if (topologyKey === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    validateOneOf(whenUnsatisfiable, SCHEDULE_ACTIONS, `${at}.whenUnsatisfiable`, errors);
    const isRepeated = constraints
      .slice(index + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (isRepeated) {
      errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
    }
  }
}

function validateNodeSelectorTerm(term: NodeSelectorTerm, path: string, errors: FieldError[]): void {
  for (const [index, requirement] of (term.matchExpressions ?? []).entries()) {
    validateExpression(requirement, `${path}.matchExpressions[${index}]`, errors);
  }
  for (const [index, requirement] of (term.matchFields ?? []).entries()) {
    validateFieldExpression(requirement, `${path}.matchFields[${index}]`, errors);
  }
}

function validateExpression(requirement: NodeSelectorRequirement, path: string, errors: FieldError[]): void {
  const { key = '', operator = '', values = [] } = requirement as Partial<NodeSelectorRequirement>;
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
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) {
        errors.push(required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      }
      break;
    default:
      errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  pushInvalid(errors, `${path}.key`, key, qualifiedNameProblems(key));
}

/** `metadata.name` is the only field of a node that can be selected by. */
function validateFieldExpression(requirement: NodeSelectorRequirement, path: string, errors: FieldError[]): void {
  const { key = '', operator = '', values = [] } = requirement as Partial<NodeSelectorRequirement>;
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  } else if (values.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(`${path}.values`, detail));
  }
  if (key !== 'metadata.name') {
    errors.push(invalid(`${path}.key`, key, 'not a valid field selector key'));
    return;
  }
  for (const [index, value] of values.entries()) {
    pushInvalid(errors, `${path}.values[${index}]`, value, dnsSubdomainProblems(value));
  }
}

function validatePodAffinity(affinity: PodAffinity, path: string, errors: FieldError[]): void {
  for (const [index, term] of (affinity[REQUIRED] ?? []).entries()) {
    validatePodAffinityTerm(term, `${path}.${REQUIRED}[${index}]`, errors);
  }
  for (const [index, { weight, podAffinityTerm }] of (affinity[PREFERRED] ?? []).entries()) {
    validateWeight(weight, `${path}.${PREFERRED}[${index}]`, errors);
    validatePodAffinityTerm(podAffinityTerm, `${path}.${PREFERRED}[${index}].podAffinityTerm`, errors);
  }
}

function validatePodAffinityTerm(term: PodAffinityTerm | undefined, path: string, errors: FieldError[]): void {
  const { labelSelector, namespaces = [], topologyKey = '' } = (term ?? {}) as Partial<PodAffinityTerm>;
  validateLabelSelector(labelSelector, `${path}.matchExpressions`, errors);
  for (const namespace of namespaces) pushInvalid(errors, `${path}.namespace`, namespace, dnsLabelProblems(namespace));
  if (topologyKey === '') errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  pushInvalid(errors, `${path}.topologyKey`, topologyKey, qualifiedNameProblems(topologyKey));
}

function validateWeight(weight: number | undefined, path: string, errors: FieldError[]): void {
  if (weight === undefined || weight <= 0 || weight > 100) {
    errors.push(invalid(`${path}.weight`, weight ?? 0, 'must be in the range 1-100'));
  }
}
