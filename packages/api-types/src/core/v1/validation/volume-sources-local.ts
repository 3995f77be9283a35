import type {
  DownwardAPIVolumeFile,
  EphemeralVolumeSource,
  HostPathVolumeSource,
  KeyToPath,
  ProjectedVolumeSource,
  Volume,
  VolumeProjection,
} from '../../../generated/core-v1.types';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { parseQuantity } from '../../../machinery/quantity';
import { validateClaimSpec } from './claim-spec';
import { validateFieldRef, validateResourceFieldRef, VOLUME_FIELD_PATHS } from './downward-api';
import {
  requireText,
  validateDescendingPath,
  validateFileMode,
  validateNoBacksteps,
  validateNonReservedPath,
} from './helpers';

/** Volume sources that are the node's, or that the kubelet makes from API objects. */

const HOST_PATH_TYPES: readonly string[] = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

export type LocalSourceName =
  | 'emptyDir'
  | 'gitRepo'
  | 'secret'
  | 'persistentVolumeClaim'
  | 'downwardAPI'
  | 'configMap'
  | 'projected'
  | 'ephemeral'
  | 'image';

export const LOCAL_SOURCE_CHECKS: Readonly<
  Record<LocalSourceName, (volume: Volume, path: string, errors: FieldError[]) => void>
> = {
  emptyDir({ emptyDir }, path, errors) {
    if (emptyDir?.sizeLimit !== undefined && parseQuantity(emptyDir.sizeLimit).sign < 0) {
      errors.push(forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
    }
  },
  gitRepo({ gitRepo }, path, errors) {
    requireText(gitRepo?.repository, `${path}.repository`, errors);
    validateDescendingPath(gitRepo?.directory ?? '', `${path}.directory`, errors);
  },
  secret({ secret }, path, errors) {
    requireText(secret?.secretName, `${path}.secretName`, errors);
    validateFileMode(secret?.defaultMode, `${path}.defaultMode`, errors);
    validateItems(secret?.items, path, errors);
  },
  persistentVolumeClaim({ persistentVolumeClaim }, path, errors) {
    requireText(persistentVolumeClaim?.claimName, `${path}.claimName`, errors);
  },
  downwardAPI({ downwardAPI }, path, errors) {
    validateFileMode(downwardAPI?.defaultMode, `${path}.defaultMode`, errors);
    for (const file of downwardAPI?.items ?? []) validateDownwardFile(file, path, errors);
  },
  configMap({ configMap }, path, errors) {
    requireText(configMap?.name, `${path}.name`, errors);
    validateFileMode(configMap?.defaultMode, `${path}.defaultMode`, errors);
    validateItems(configMap?.items, path, errors);
  },
  projected: ({ projected }, path, errors) => validateProjected(projected ?? {}, path, errors),
  ephemeral: ({ ephemeral }, path, errors) => validateEphemeral(ephemeral ?? {}, path, errors),
  image: ({ image }, path, errors) => requireText(image?.reference, `${path}.reference`, errors),
};

export function validateHostPath(source: HostPathVolumeSource | undefined, path: string, errors: FieldError[]): void {
  const { path: target = '', type } = source ?? {};
  if (target === '') {
    errors.push(required(`${path}.path`));
    return;
  }
  validateNoBacksteps(target, `${path}.path`, errors);
  if (type !== undefined && !HOST_PATH_TYPES.includes(type)) {
    errors.push(notSupported(`${path}.type`, type, HOST_PATH_TYPES));
  }
}

function validateItems(items: readonly KeyToPath[] | undefined, path: string, errors: FieldError[]): void {
  for (const [index, item] of (items ?? []).entries()) validateKeyToPath(item, `${path}.items[${index}]`, errors);
}

function validateKeyToPath(item: KeyToPath, path: string, errors: FieldError[]): void {
  const { key = '', path: target = '', mode } = item as Partial<KeyToPath>;
  requireText(key, `${path}.key`, errors);
  requireText(target, `${path}.path`, errors);
  validateNonReservedPath(target, `${path}.path`, errors);
  validateFileMode(mode, `${path}.mode`, errors);
}

function validateDownwardFile(file: DownwardAPIVolumeFile, path: string, errors: FieldError[]): void {
  const { path: target = '', fieldRef, resourceFieldRef, mode } = file as Partial<DownwardAPIVolumeFile>;
  requireText(target, `${path}.path`, errors);
  validateNonReservedPath(target, `${path}.path`, errors);
  if (fieldRef !== undefined) {
    validateFieldRef(fieldRef, VOLUME_FIELD_PATHS, `${path}.fieldRef`, errors);
    if (resourceFieldRef !== undefined) {
      errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
    }
  } else if (resourceFieldRef !== undefined) {
    validateResourceFieldRef(resourceFieldRef, true, `${path}.resourceFieldRef`, errors);
  } else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  validateFileMode(mode, `${path}.mode`, errors);
}

function validateProjected(projected: ProjectedVolumeSource, path: string, errors: FieldError[]): void {
  validateFileMode(projected.defaultMode, `${path}.defaultMode`, errors);
  const taken = new Set<string>();
  const claim = (target: string | undefined, shown: string): void => {
    if (target === undefined || target === '') return;
    if (taken.has(target)) errors.push(invalid(path, shown, 'conflicting duplicate paths'));
    taken.add(target);
  };
  for (const [index, source] of (projected.sources ?? []).entries()) {
    validateProjection(source, `${path}.sources[${index}]`, path, claim, errors);
  }
}

function validateProjection(
  source: VolumeProjection,
  at: string,
  path: string,
  claim: (target: string | undefined, shown: string) => void,
  errors: FieldError[],
): void {
  let count = 0;
  const countSource = (name: string): void => {
    count += 1;
    if (count > 1) errors.push(forbidden(`${at}.${name}`, 'may not specify more than 1 volume type'));
  };
  for (const name of ['secret', 'configMap'] as const) {
    const projection = source[name];
    if (projection === undefined) continue;
    countSource(name);
    requireText(projection.name, `${at}.${name}.name`, errors);
    for (const [index, item] of (projection.items ?? []).entries()) {
      validateKeyToPath(item, `${at}.${name}.items[${index}]`, errors);
      claim(item.path, projection.name ?? '');
    }
  }
  if (source.downwardAPI !== undefined) {
    countSource('downwardAPI');
    for (const file of source.downwardAPI.items ?? []) {
      validateDownwardFile(file, `${at}.downwardAPI`, errors);
      claim(file.path, file.path);
    }
  }
  if (source.serviceAccountToken !== undefined) {
    countSource('serviceAccountToken');
    const { expirationSeconds = 0, path: target = '' } = source.serviceAccountToken;
    const field = `${at}.serviceAccountToken.expirationSeconds`;
    if (expirationSeconds < MIN_TOKEN_SECONDS) {
      errors.push(invalid(field, expirationSeconds, 'may not specify a duration less than 10 minutes'));
    }
    if (expirationSeconds > MAX_TOKEN_SECONDS) {
      errors.push(invalid(field, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
    }
    requireText(target, `${path}.path`, errors);
  }
}

function validateEphemeral({ volumeClaimTemplate }: EphemeralVolumeSource, path: string, errors: FieldError[]): void {
  const at = `${path}.volumeClaimTemplate`;
  if (volumeClaimTemplate === undefined) errors.push(required(at));
  else validateClaimSpec(volumeClaimTemplate.spec ?? {}, `${at}.spec`, errors);
}
