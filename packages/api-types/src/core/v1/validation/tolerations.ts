import type { Toleration } from '../../../generated/core-v1.types';
import { invalid, notSupported, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { goNil, goString, goStruct } from '../../../machinery/go-values';
import { labelValueProblems, qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateOneOf } from './helpers';

export const TAINT_EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validateTolerations(tolerations: readonly Toleration[], path: FieldPath, errors: FieldError[]): void {
  for (const [index, toleration] of tolerations.entries()) {
    validateToleration(toleration, element(path, index), errors);
  }
}

function validateToleration(toleration: Toleration, path: FieldPath, errors: FieldError[]): void {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  if (key !== '') pushInvalid(errors, child(path, 'key'), key, qualifiedNameProblems(key));
  else if (operator !== 'Exists') {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalid(child(path, 'operator'), operator, detail));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.push(invalid(child(path, 'effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  }
  if (operator === 'Equal' || operator === '') {
    const problems = labelValueProblems(value);
    if (problems.length > 0) errors.push(invalid(child(path, 'operator'), value, problems.join(';')));
  } else if (operator !== 'Exists') {
    errors.push(notSupported(child(path, 'operator'), operator, ['Equal', 'Exists']));
  } else if (value !== '') {
    const detail = "value must be empty when `operator` is 'Exists'";
    errors.push(invalid(child(path, 'operator'), toleration, detail, shownToleration(toleration)));
  }
  if (effect !== '') validateOneOf(effect, TAINT_EFFECTS, child(path, 'effect'), errors);
}

/** `undefined` where Go would show the address of a number. */
function shownToleration({ key, operator, value, effect, tolerationSeconds }: Toleration): string | undefined {
  if (tolerationSeconds !== undefined) return undefined;
  return goStruct('core.Toleration', {
    Key: goString(key),
    Operator: goString(operator),
    Value: goString(value),
    Effect: goString(effect),
    TolerationSeconds: goNil('int64'),
  });
}
