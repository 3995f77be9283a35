import type { ResourceRequirements } from '../../../generated/core-v1.types';
import { forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { parseQuantity } from '../../../machinery/quantity';
import {
  isHugePages,
  isOvercommitAllowed,
  validateContainerResourceName,
  validateResourceAmount,
} from './resource-names';

/** What a container asks for and may use at most. */
export function validateResourceRequirements(
  resources: ResourceRequirements | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (resources === undefined) return;
  const { limits = {}, requests = {} } = resources;
  for (const [name, amount] of Object.entries(limits)) {
    const at = `${path}.limits[${name}]`;
    validateContainerResourceName(name, at, errors);
    validateResourceAmount(name, amount, at, errors);
  }
  for (const [name, amount] of Object.entries(requests)) {
    const at = `${path}.requests[${name}]`;
    validateContainerResourceName(name, at, errors);
    validateResourceAmount(name, amount, at, errors);
    validateAgainstLimit(name, amount, limits[name], path, errors);
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')) {
    errors.push(forbidden(path, 'HugePages require cpu or memory'));
  }
}

function validateAgainstLimit(
  name: string,
  amount: string,
  limit: string | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (limit === undefined) {
    if (isOvercommitAllowed(name)) return;
    errors.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
    return;
  }
  if (amount === limit) return;
  const order = parseQuantity(amount).compare(parseQuantity(limit));
  if (order !== 0 && !isOvercommitAllowed(name)) {
    errors.push(invalid(`${path}.requests`, amount, `must be equal to ${name} limit`));
  } else if (order > 0) errors.push(invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit`));
}
