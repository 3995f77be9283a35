import type { PodSpec } from '../../../generated/core-v1.types';
import { forbidden, invalid, notSupported, type FieldError } from '../../../machinery/field-error';
import { child, element, keyed, type FieldPath } from '../../../machinery/field-path';
import { ownMember } from '../../../machinery/own-member';
import { parseQuantity, Quantity } from '../../../machinery/quantity';
import { isHugePages, validateResourceName } from './resource-names';
import { validateResourceRequirements } from './resources';

const POD_RESOURCES: readonly string[] = ['cpu', 'memory'];
const ZERO = Quantity.fromInteger(0);

/** What a pod as a whole asks for: not less than its containers together, nor than the most that one may use. */
export function validatePodResources(spec: PodSpec, path: FieldPath, errors: FieldError[]): void {
  const { resources = {} } = spec;
  if (resources.claims !== undefined) {
    errors.push(forbidden(child(path, 'claims'), 'claims cannot be set for Resources at pod-level'));
  }
  const own = { limits: resources.limits ?? {}, requests: resources.requests ?? {} };
  validateResourceRequirements(own, [], path, errors, validatePodResourceName);
  for (const [name, total] of containerRequests(spec)) {
    const requested = ownMember(own.requests, name) ?? '0';
    if (total.compare(parseQuantity(requested)) <= 0) continue;
    const detail = `must be greater than or equal to aggregate container requests of ${total.toString()}`;
    errors.push(invalid(keyed(child(path, 'requests'), name), requested, detail));
  }
  for (const [index, container] of (spec.containers ?? []).entries()) {
    for (const [name, limit] of Object.entries(container.resources?.limits ?? {})) {
      const podLimit = ownMember(own.limits, name);
      if (podLimit === undefined || parseQuantity(limit).compare(parseQuantity(podLimit)) <= 0) continue;
      const at = child(keyed(element(child(path, 'containers'), index), name), 'limits');
      errors.push(invalid(at, limit, `must be less than or equal to pod limits of ${podLimit}`));
    }
  }
}

function validatePodResourceName(name: string, path: FieldPath, errors: FieldError[]): void {
  const before = errors.length;
  validateResourceName(name, path, errors);
  if (errors.length > before || POD_RESOURCES.includes(name) || isHugePages(name)) return;
  errors.push(notSupported(path, name, POD_RESOURCES));
}

/** What containers that run at the same time request together, or more where an init container alone does. */
function containerRequests(spec: PodSpec): Map<string, Quantity> {
  const running = new Map<string, Quantity>();
  const most = new Map<string, Quantity>();
  const requests = (list: Readonly<Record<string, string>> = {}): [string, Quantity][] =>
    Object.entries(list).map(([name, amount]) => [name, parseQuantity(amount)]);
  const add = (name: string, amount: Quantity): void => {
    running.set(name, (running.get(name) ?? ZERO).add(amount));
  };
  for (const { restartPolicy, resources } of spec.initContainers ?? []) {
    for (const [name, amount] of requests(resources?.requests)) {
      if (restartPolicy === 'Always') add(name, amount);
      const now = restartPolicy === 'Always' ? (running.get(name) ?? ZERO) : (running.get(name) ?? ZERO).add(amount);
      if (now.compare(most.get(name) ?? ZERO) > 0) most.set(name, now);
    }
  }
  for (const { resources } of spec.containers ?? []) {
    for (const [name, amount] of requests(resources?.requests)) add(name, amount);
  }
  for (const [name, amount] of running) if (amount.compare(most.get(name) ?? ZERO) > 0) most.set(name, amount);
  return most;
}
