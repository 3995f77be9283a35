import type { Container, ContainerResizePolicy, ContainerRestartRule } from '../../../generated/core-v1.types';
import { duplicate, invalid, notSupported, required, tooMany, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { requireOneOf, validateOneOf } from './helpers';

/** When a single container is started again. */

const POLICIES: readonly string[] = ['Always', 'Never', 'OnFailure'];
const ACTIONS: readonly string[] = ['Restart'];
const OPERATORS: readonly string[] = ['In', 'NotIn'];
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const RESIZABLE: readonly string[] = ['cpu', 'memory'];
const RESIZE_POLICIES: readonly string[] = ['NotRequired', 'RestartContainer'];

export function validateRestartPolicy(
  { restartPolicy, restartPolicyRules: rules = [] }: Container,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (restartPolicy !== undefined) validateOneOf(restartPolicy, POLICIES, child(path, 'restartPolicy'), errors);
  if (rules.length === 0) return;
  if (restartPolicy === undefined) {
    errors.push(required(child(path, 'restartPolicy'), 'must specify restartPolicy when restart rules are used'));
  }
  const at = child(path, 'restartPolicyRules');
  if (rules.length > MAX_RULES) errors.push(tooMany(at, rules.length, MAX_RULES));
  for (const [index, rule] of rules.entries()) validateRule(rule, element(at, index), errors);
}

export function validateResizePolicy(
  policies: readonly Partial<ContainerResizePolicy>[],
  podRestartPolicy: string,
  path: FieldPath,
  errors: FieldError[],
): void {
  const names = new Set<string>();
  for (const [index, { resourceName = '', restartPolicy = '' }] of policies.entries()) {
    if (names.has(resourceName)) errors.push(duplicate(element(path, index), resourceName));
    names.add(resourceName);
    requireOneOf(resourceName, RESIZABLE, path, errors);
    requireOneOf(restartPolicy, RESIZE_POLICIES, path, errors);
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
  }
}

function validateRule(rule: Partial<ContainerRestartRule>, path: FieldPath, errors: FieldError[]): void {
  const { action = '', exitCodes } = rule;
  if (!ACTIONS.includes(action)) errors.push(notSupported(child(path, 'action'), action, ACTIONS));
  const at = child(path, 'exitCodes');
  if (exitCodes === undefined) {
    errors.push(required(at));
    return;
  }
  const { operator, values = [] } = exitCodes as Partial<typeof exitCodes>;
  requireOneOf(operator, OPERATORS, child(at, 'operator'), errors);
  if (values.length > MAX_EXIT_CODES) errors.push(tooMany(child(at, 'values'), values.length, MAX_EXIT_CODES));
}
