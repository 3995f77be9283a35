import type {
  ClusterTrustBundleProjection,
  ProjectedVolumeSource,
  ServiceAccountTokenProjection,
  VolumeProjection,
} from '../../../generated/core-v1.types';
import { forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { validateDownwardFile } from './downward-files';
import { requireText, validateFileMode, validateNonReservedPath } from './helpers';
import { validateKeysToPaths } from './keys-to-paths';
import { validateLabelSelector } from './label-selectors';

/** Several sources in one volume. */

const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

export function validateProjected(projected: ProjectedVolumeSource, path: FieldPath, errors: FieldError[]): void {
  validateFileMode(projected.defaultMode, child(path, 'defaultMode'), errors);
  const taken = new Set<string>();
  const claim = (target: string | undefined, shown: string): void => {
    if (target === undefined || target === '') return;
    if (taken.has(target)) errors.push(invalid(path, shown, 'conflicting duplicate paths'));
    taken.add(target);
  };
  for (const [index, source] of (projected.sources ?? []).entries()) {
    const at = element(child(path, 'sources'), index);
    validateProjection(source, at, path, claim, errors);
    const count = SOURCES.filter((name) => source[name] !== undefined).length;
    if (count > 1) errors.push(forbidden(at, 'may not specify more than 1 volume type'));
  }
}

const SOURCES = [
  'secret',
  'configMap',
  'downwardAPI',
  'serviceAccountToken',
  'clusterTrustBundle',
  'podCertificate',
] as const satisfies readonly (keyof VolumeProjection)[];

/** @param path of the volume, which upstream blames for some faults of its sources */
function validateProjection(
  source: VolumeProjection,
  at: FieldPath,
  path: FieldPath,
  claim: (target: string | undefined, shown: string) => void,
  errors: FieldError[],
): void {
  for (const name of ['secret', 'configMap'] as const) {
    const projection = source[name];
    if (projection === undefined) continue;
    const place = child(at, name);
    requireText(projection.name, child(place, 'name'), errors);
    validateKeysToPaths(projection.items, child(place, 'items'), errors);
    for (const { path: target } of projection.items ?? []) claim(target, projection.name ?? '');
  }
  for (const file of source.downwardAPI?.items ?? []) {
    validateDownwardFile(file, child(at, 'downwardAPI'), errors);
    claim(file.path, file.path);
  }
  if (source.serviceAccountToken !== undefined) validateToken(source.serviceAccountToken, at, path, errors);
  if (source.clusterTrustBundle !== undefined) {
    const bundle = source.clusterTrustBundle;
    validateTrustBundle(bundle, child(at, 'clusterTrustBundle'), errors);
    claim(bundle.path, bundle.path);
  }
}

function validateToken(
  token: Partial<ServiceAccountTokenProjection>,
  at: FieldPath,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { expirationSeconds = 0, path: target = '' } = token;
  const field = child(at, 'serviceAccountToken.expirationSeconds');
  if (expirationSeconds < MIN_TOKEN_SECONDS) {
    errors.push(invalid(field, expirationSeconds, 'may not specify a duration less than 10 minutes'));
  }
  if (expirationSeconds > MAX_TOKEN_SECONDS) {
    errors.push(invalid(field, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  }
  if (target === '') errors.push(required(child(path, 'path')));
  else validateNonReservedPath(target, child(path, 'path'), errors);
}

function validateTrustBundle(
  bundle: Partial<ClusterTrustBundleProjection>,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { name, signerName, labelSelector, path: target = '' } = bundle;
  if (name !== undefined && signerName !== undefined) {
    errors.push(invalid(path, bundle, 'only one of name and signerName may be used'));
  } else if (name !== undefined) {
    requireText(name, child(path, 'name'), errors, 'must be a valid object name');
    if (labelSelector !== undefined) {
      errors.push(
        invalid(child(path, 'labelSelector'), labelSelector, 'labelSelector must be unset if name is specified'),
      );
    }
  } else if (signerName !== undefined) {
    requireText(signerName, child(path, 'signerName'), errors, 'must be a valid signer name');
    validateLabelSelector(labelSelector, child(path, 'labelSelector'), errors);
  } else errors.push(required(path, 'either name or signerName must be specified'));
  requireText(target, child(path, 'path'), errors);
  validateNonReservedPath(target, child(path, 'path'), errors);
}
