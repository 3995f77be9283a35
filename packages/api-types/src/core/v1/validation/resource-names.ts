import { invalid, type FieldError } from '../../../machinery/field-error';
import type { FieldPath } from '../../../machinery/field-path';
import { qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { parseQuantity, QuantityFormatError } from '../../../machinery/quantity';

/** Names and amounts of resources: `cpu`, `requests.memory`, `example.com/gpu`. */

const HUGE_PAGES = 'hugepages-';
const REQUESTS = 'requests.';
const NATIVE_PREFIX = 'kubernetes.io/';

const COUNTED = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
] as const;
const COMPUTED = ['cpu', 'memory', 'ephemeral-storage'] as const;

const CONTAINER_RESOURCES: ReadonlySet<string> = new Set(COMPUTED);
const QUOTA_RESOURCES: ReadonlySet<string> = new Set([
  ...COMPUTED,
  ...COMPUTED.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  'requests.storage',
  ...COUNTED,
]);
const STANDARD_RESOURCES: ReadonlySet<string> = new Set([...QUOTA_RESOURCES, 'storage']);
const INTEGER_RESOURCES: ReadonlySet<string> = new Set(COUNTED);

export function isHugePages(name: string): boolean {
  return name.startsWith(HUGE_PAGES);
}

function isQuotaHugePages(name: string): boolean {
  return isHugePages(name) || name.startsWith(REQUESTS + HUGE_PAGES);
}

/** Pages of a size come whole. `amount` is canonical. */
export function validateHugePagesAmount(name: string, amount: string, path: FieldPath, errors: FieldError[]): void {
  const size = hugePageSize(name);
  if (size === undefined || parseQuantity(amount).value % size !== 0n) {
    errors.push(invalid(path, amount, `${amount} is not positive integer multiple of ${name}`));
  }
}

function hugePageSize(name: string): bigint | undefined {
  try {
    const size = parseQuantity(name.slice(HUGE_PAGES.length)).value;
    return size > 0n ? size : undefined;
  } catch (error) {
    if (error instanceof QuantityFormatError) return undefined;
    throw error;
  }
}

/** Of Kubernetes itself, not of a vendor. */
export function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes(NATIVE_PREFIX);
}

export function isExtendedResource(name: string): boolean {
  return !isNativeResource(name) && !name.startsWith(REQUESTS) && qualifiedNameProblems(REQUESTS + name).length === 0;
}

/** Whether limits may promise more than there is. */
export function isOvercommitAllowed(name: string): boolean {
  return isNativeResource(name) && !isHugePages(name);
}

export function isStandardQuotaResource(name: string): boolean {
  return QUOTA_RESOURCES.has(name) || isQuotaHugePages(name);
}

export function validateResourceName(name: string, path: FieldPath, errors: FieldError[]): void {
  const problems = qualifiedNameProblems(name);
  pushInvalid(errors, path, name, problems);
  if (problems.length > 0 || name.includes('/')) return;
  if (!STANDARD_RESOURCES.has(name) && !isQuotaHugePages(name)) {
    errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
  }
}

export function validateContainerResourceName(name: string, path: FieldPath, errors: FieldError[]): void {
  if (CONTAINER_RESOURCES.has(name)) return;
  validateResourceName(name, path, errors);
  if (!name.includes('/')) {
    if (!isHugePages(name)) errors.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.push(invalid(path, name, "doesn't follow extended resource name standard"));
  }
}

export function validateQuotaResourceName(name: string, path: FieldPath, errors: FieldError[]): void {
  validateResourceName(name, path, errors);
  if (!name.includes('/') && !isStandardQuotaResource(name)) {
    errors.push(invalid(path, name, 'must be a standard resource for quota'));
  }
}

/** Not negative; whole for what is counted. `amount` is canonical, as decoding leaves it. */
export function validateResourceAmount(name: string, amount: string, path: FieldPath, errors: FieldError[]): void {
  // The amount is canonical, so that its sign is its first letter; most resources need no more.
  const isCounted = INTEGER_RESOURCES.has(name) || (name.includes('/') && isExtendedResource(name));
  if (!isCounted && !amount.startsWith('-')) return;
  const quantity = parseQuantity(amount);
  if (quantity.sign < 0) errors.push(invalid(path, amount, 'must be greater than or equal to 0'));
  if (isCounted && quantity.milliValue % 1000n !== 0n) {
    errors.push(invalid(path, amount, 'must be an integer'));
  }
}
