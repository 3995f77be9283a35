import type {
  EphemeralVolumeSource,
  HostPathVolumeSource,
  PersistentVolumeClaimTemplate,
  Volume,
} from '../../../generated/core-v1.types';
import { forbidden, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { child, type FieldPath } from '../../../machinery/field-path';
import { validateAnnotations, validateLabels } from '../../../machinery/object-meta-validation';
import { parseQuantity } from '../../../machinery/quantity';
import { validateClaimSpec } from './claim-spec';
import { validateDownwardFiles } from './downward-files';
import { requireOneOf, requireText, validateDescendingPath, validateFileMode, validateNoBacksteps } from './helpers';
import { validateKeysToPaths } from './keys-to-paths';
import { validateProjected } from './projections';

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
export const PULL_POLICIES: readonly string[] = ['Always', 'IfNotPresent', 'Never'];

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
  Record<LocalSourceName, (volume: Volume, path: FieldPath, errors: FieldError[]) => void>
> = {
  emptyDir({ emptyDir }, path, errors) {
    if (emptyDir?.sizeLimit !== undefined && parseQuantity(emptyDir.sizeLimit).sign < 0) {
      errors.push(forbidden(child(path, 'sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
    }
  },
  gitRepo({ gitRepo }, path, errors) {
    requireText(gitRepo?.repository, child(path, 'repository'), errors);
    validateDescendingPath(gitRepo?.directory ?? '', child(path, 'directory'), errors);
  },
  secret({ secret }, path, errors) {
    requireText(secret?.secretName, child(path, 'secretName'), errors);
    validateFileMode(secret?.defaultMode, child(path, 'defaultMode'), errors);
    validateKeysToPaths(secret?.items, child(path, 'items'), errors);
  },
  persistentVolumeClaim({ persistentVolumeClaim }, path, errors) {
    requireText(persistentVolumeClaim?.claimName, child(path, 'claimName'), errors);
  },
  downwardAPI({ downwardAPI }, path, errors) {
    validateFileMode(downwardAPI?.defaultMode, child(path, 'defaultMode'), errors);
    validateDownwardFiles(downwardAPI?.items, path, errors);
  },
  configMap({ configMap }, path, errors) {
    requireText(configMap?.name, child(path, 'name'), errors);
    validateFileMode(configMap?.defaultMode, child(path, 'defaultMode'), errors);
    validateKeysToPaths(configMap?.items, child(path, 'items'), errors);
  },
  projected: ({ projected }, path, errors) => validateProjected(projected ?? {}, path, errors),
  ephemeral: ({ ephemeral }, path, errors) => validateEphemeral(ephemeral ?? {}, path, errors),
  image({ image }, path, errors) {
    requireText(image?.reference, child(path, 'reference'), errors);
    requireOneOf(image?.pullPolicy, PULL_POLICIES, child(path, 'pullPolicy'), errors);
  },
};

export function validateHostPath(
  source: HostPathVolumeSource | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { path: target = '', type } = source ?? {};
  if (target === '') {
    errors.push(required(child(path, 'path')));
    return;
  }
  validateNoBacksteps(target, child(path, 'path'), errors);
  if (type !== undefined && !HOST_PATH_TYPES.includes(type)) {
    errors.push(notSupported(child(path, 'type'), type, HOST_PATH_TYPES));
  }
}

function validateEphemeral(
  { volumeClaimTemplate: template }: EphemeralVolumeSource,
  path: FieldPath,
  errors: FieldError[],
): void {
  const at = child(path, 'volumeClaimTemplate');
  if (template === undefined) {
    errors.push(required(at));
    return;
  }
  validateTemplateMeta(template, child(at, 'metadata'), errors);
  validateClaimSpec(template.spec ?? {}, child(at, 'spec'), errors);
}

/** A template may say of its metadata what is copied; the rest is the copy's own. */
function validateTemplateMeta(
  { metadata = {} }: PersistentVolumeClaimTemplate,
  path: FieldPath,
  errors: FieldError[],
): void {
  validateAnnotations(metadata.annotations, child(path, 'annotations'), errors);
  validateLabels(metadata.labels, child(path, 'labels'), errors);
  for (const member of Object.keys(metadata)) {
    if (member === 'annotations' || member === 'labels') continue;
    errors.push(forbidden(child(path, member), 'cannot be set for a template'));
  }
}
