import type { ObjectFieldSelector, ResourceFieldSelector } from '../../../generated/core-v1.types';
import { invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { child, type FieldPath } from '../../../machinery/field-path';
import { qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';

/** References to a pod's own fields, from environment variables and volumes. */

/** Fields that may be used somewhere, as release 1.20 lists them, and what has been added to them since. */
export interface FieldPaths {
  readonly listed: readonly string[];
  readonly newer: readonly string[];
}

export const ENV_FIELD_PATHS: FieldPaths = {
  listed: [
    'metadata.name',
    'metadata.namespace',
    'metadata.uid',
    'spec.nodeName',
    'spec.serviceAccountName',
    'status.hostIP',
    'status.podIP',
    'status.podIPs',
  ],
  newer: ['status.hostIPs'],
};

export const VOLUME_FIELD_PATHS: FieldPaths = {
  listed: ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'],
  newer: [],
};

/** Paths that exist at all, whether or not they may be used in a place. */
const KNOWN_PATHS: ReadonlySet<string> = new Set([
  ...ENV_FIELD_PATHS.listed,
  ...ENV_FIELD_PATHS.newer,
  ...VOLUME_FIELD_PATHS.listed,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
/** The name that a field had before v1. */
const OLD_NODE_PATH = 'spec.host';
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
const SUBSCRIPT = /^(.+?)\['(.*)'\]$/s;

export function validateFieldRef(
  selector: Partial<ObjectFieldSelector>,
  supported: FieldPaths,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { apiVersion = '', fieldPath = '' } = selector;
  if (apiVersion === '') {
    errors.push(required(child(path, 'apiVersion')));
    return;
  }
  if (fieldPath === '') {
    errors.push(required(child(path, 'fieldPath')));
    return;
  }
  const refuse = (problem: string): void => {
    errors.push(invalid(child(path, 'fieldPath'), fieldPath, `error converting fieldPath: ${problem}`));
  };
  if (apiVersion !== 'v1') {
    refuse(`unsupported pod version: ${apiVersion}`);
    return;
  }
  if (fieldPath.endsWith("']")) {
    const [, map, key = ''] = SUBSCRIPT.exec(fieldPath) ?? [];
    if (map === 'metadata.annotations') pushInvalid(errors, path, key, qualifiedNameProblems(key.toLowerCase()));
    else if (map === 'metadata.labels') pushInvalid(errors, path, key, qualifiedNameProblems(key));
    else if (map !== undefined) refuse(`field label does not support subscript: ${fieldPath}`);
    else refuse(`field label not supported: ${fieldPath}`);
    return;
  }
  const field = fieldPath === OLD_NODE_PATH ? 'spec.nodeName' : fieldPath;
  if (!KNOWN_PATHS.has(field)) refuse(`field label not supported: ${fieldPath}`);
  else if (!supported.listed.includes(field) && !supported.newer.includes(field)) {
    errors.push(notSupported(child(path, 'fieldPath'), field, supported.listed));
  }
}

/** @param needsContainer a volume has to say which container it means */
export function validateResourceFieldRef(
  selector: Partial<ResourceFieldSelector>,
  needsContainer: boolean,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { containerName = '', resource = '', divisor = '0' } = selector;
  if (needsContainer && containerName === '') errors.push(required(child(path, 'containerName')));
  else if (resource === '') errors.push(required(child(path, 'resource')));
  else if (!RESOURCES.includes(resource) && !isHugePages(resource)) {
    errors.push(notSupported(child(path, 'resource'), resource, RESOURCES));
  }
  if (divisor === '0') return;
  const refuse = (values: readonly string[], what: string): void => {
    if (values.includes(divisor)) return;
    const list = values === CPU_DIVISORS ? '1m and 1' : values.join(', ');
    const detail = `only divisor's values ${list} are supported with the ${what} resource`;
    errors.push(invalid(child(path, 'divisor'), resource, detail));
  };
  switch (resource) {
    case 'limits.cpu':
    case 'requests.cpu':
      refuse(CPU_DIVISORS, 'cpu');
      return;
    case 'limits.memory':
    case 'requests.memory':
      refuse(SIZES, 'memory');
      return;
    case 'limits.ephemeral-storage':
    case 'requests.ephemeral-storage':
      refuse(SIZES, 'local ephemeral storage');
      return;
    default:
      if (isHugePages(resource)) refuse(SIZES, 'hugepages');
  }
}

function isHugePages(resource: string): boolean {
  return resource.startsWith('requests.hugepages-') || resource.startsWith('limits.hugepages-');
}
