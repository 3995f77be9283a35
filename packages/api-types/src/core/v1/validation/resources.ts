import type { ResourceClaim, ResourceRequirements } from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, notFound, required, type FieldError } from '../../../machinery/field-error';
import { child, element, keyed, type FieldPath } from '../../../machinery/field-path';
import { dnsLabelProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { ownMember } from '../../../machinery/own-member';
import { compareAmounts } from '../../../machinery/quantity';
import {
  isHugePages,
  isOvercommitAllowed,
  validateContainerResourceName,
  validateHugePagesAmount,
  validateResourceAmount,
} from './resource-names';

type NameCheck = (name: string, path: FieldPath, errors: FieldError[]) => void;

/**
 * What a container asks for and may use at most.
 * @param claims names of the pod's resource claims
 */
export function validateResourceRequirements(
  resources: ResourceRequirements,
  claims: readonly string[],
  path: FieldPath,
  errors: FieldError[],
  checkName: NameCheck = validateContainerResourceName,
): void {
  const { limits, requests } = resources;
  let asksForHugePages = false;
  let asksForCompute = false;
  const note = (name: string): void => {
    if (name === 'cpu' || name === 'memory') asksForCompute = true;
    else if (isHugePages(name)) asksForHugePages = true;
  };
  for (const name in limits) {
    const amount = limits[name] ?? '0';
    const at = keyed(child(path, 'limits'), name);
    checkName(name, at, errors);
    validateResourceAmount(name, amount, at, errors);
    if (isHugePages(name)) validateHugePagesAmount(name, amount, at, errors);
    note(name);
  }
  for (const name in requests) {
    const amount = requests[name] ?? '0';
    const at = keyed(child(path, 'requests'), name);
    checkName(name, at, errors);
    validateResourceAmount(name, amount, at, errors);
    validateAgainstLimit(name, amount, ownMember(limits, name), path, errors);
    if (isHugePages(name)) validateHugePagesAmount(name, amount, at, errors);
    note(name);
  }
  if (asksForHugePages && !asksForCompute) errors.push(forbidden(path, 'HugePages require cpu or memory'));
  if (resources.claims !== undefined) validateClaims(resources.claims, claims, child(path, 'claims'), errors);
}

function validateAgainstLimit(
  name: string,
  amount: string,
  limit: string | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (limit === undefined) {
    if (isOvercommitAllowed(name)) return;
    errors.push(required(child(path, 'limits'), 'Limit must be set for non overcommitable resources'));
    return;
  }
  if (amount === limit) return;
  const order = compareAmounts(amount, limit);
  if (order !== 0 && !isOvercommitAllowed(name)) {
    errors.push(invalid(child(path, 'requests'), amount, `must be equal to ${name} limit`));
  } else if (order > 0) {
    errors.push(invalid(child(path, 'requests'), amount, `must be less than or equal to ${name} limit`));
  }
}

/** A container names claims of its pod, or parts of them, each once. */
function validateClaims(
  claims: readonly Partial<ResourceClaim>[],
  podClaims: readonly string[],
  path: FieldPath,
  errors: FieldError[],
): void {
  const names = new Set<string>();
  const named = new Set<string>();
  for (const [index, { name = '', request = '' }] of claims.entries()) {
    const at = element(path, index);
    if (name === '') {
      errors.push(required(at));
      continue;
    }
    const wanted = request === '' ? name : `${name}/${request}`;
    if (request !== '') pushInvalid(errors, child(at, 'request'), request, dnsLabelProblems(request));
    const isTaken = names.has(name) || names.has(wanted) || (request === '' && named.has(name));
    if (isTaken) errors.push(duplicate(at, names.has(name) ? name : wanted));
    names.add(wanted);
    named.add(name);
    if (podClaims.includes(name)) continue;
    const there = podClaims.length === 0 ? ' which is empty' : `: ${[...new Set(podClaims)].sort().join(', ')}`;
    errors.push({
      ...notFound(at, name),
      detail: `must be one of the names in pod.spec.resourceClaims${there}`,
    });
  }
}
