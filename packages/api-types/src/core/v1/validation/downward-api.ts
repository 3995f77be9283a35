import type { ObjectFieldSelector, ResourceFieldSelector } from '../../../generated/core-v1.types';
import { invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';

/** References to a pod's own fields, from environment variables and volumes. */

export const ENV_FIELD_PATHS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.podIP',
  'status.podIPs',
];

export const VOLUME_FIELD_PATHS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

/** Paths that exist at all, whether or not they may be used in a place. */
const KNOWN_PATHS: ReadonlySet<string> = new Set([
  ...ENV_FIELD_PATHS,
  ...VOLUME_FIELD_PATHS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
  'spec.host',
]);
const RESOURCES: readonly string[] = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const CPU_DIVISORS: readonly string[] = ['1m', '1'];
const SIZES: readonly string[] = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];
const SUBSCRIPT = /^(.*)\['(.*)'\]$/s;

export function validateFieldRef(
  selector: ObjectFieldSelector,
  supported: readonly string[],
  path: string,
  errors: FieldError[],
): void {
  const { apiVersion = '', fieldPath = '' } = selector as Partial<ObjectFieldSelector>;
  if (apiVersion === '') {
    errors.push(required(`${path}.apiVersion`));
    return;
  }
  if (fieldPath === '') {
    errors.push(required(`${path}.fieldPath`));
    return;
  }
  const refuse = (problem: string): void => {
    errors.push(invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${problem}`));
  };
  if (apiVersion !== 'v1') {
    refuse(`unsupported pod version: ${apiVersion}`);
    return;
  }
  const [, map = '', key = ''] = SUBSCRIPT.exec(fieldPath) ?? [];
  if (map === 'metadata.annotations') pushInvalid(errors, path, key, qualifiedNameProblems(key.toLowerCase()));
  else if (map === 'metadata.labels') pushInvalid(errors, path, key, qualifiedNameProblems(key));
  else if (map !== '') refuse(`field label does not support subscript: ${fieldPath}`);
  else if (!KNOWN_PATHS.has(fieldPath)) refuse(`field label not supported: ${fieldPath}`);
  else if (!supported.includes(fieldPath)) errors.push(notSupported(`${path}.fieldPath`, fieldPath, supported));
}

/** @param needsContainer a volume has to say which container it means */
export function validateResourceFieldRef(
  selector: ResourceFieldSelector,
  needsContainer: boolean,
  path: string,
  errors: FieldError[],
): void {
  const { containerName = '', resource = '', divisor = '0' } = selector as Partial<ResourceFieldSelector>;
  if (needsContainer && containerName === '') errors.push(required(`${path}.containerName`));
  else if (resource === '') errors.push(required(`${path}.resource`));
  else if (!RESOURCES.includes(resource) && !isHugePages(resource)) {
    errors.push(notSupported(`${path}.resource`, resource, RESOURCES));
  }
  if (divisor === '0') return;
  const refuse = (values: readonly string[], what: string): void => {
    if (values.includes(divisor)) return;
    const list = values === CPU_DIVISORS ? '1m and 1' : values.join(', ');
    errors.push(
      invalid(`${path}.divisor`, resource, `only divisor's values ${list} are supported with the ${what} resource`),
    );
  };
  if (resource.endsWith('.cpu')) refuse(CPU_DIVISORS, 'cpu');
  else if (resource.endsWith('.memory')) refuse(SIZES, 'memory');
  else if (resource.endsWith('.ephemeral-storage')) refuse(SIZES, 'local ephemeral storage');
  else if (isHugePages(resource)) refuse(SIZES, 'hugepages');
}

function isHugePages(resource: string): boolean {
  return resource.startsWith('requests.hugepages-') || resource.startsWith('limits.hugepages-');
}
