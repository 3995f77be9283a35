import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../generated/core-v1.types';
import { deepEqual } from '../../machinery/deep-equal';
import { forbidden, invalid, required, type FieldError } from '../../machinery/field-error';
import { parseQuantity } from '../../machinery/quantity';
import { defineCoreResource, restore, statusSubresource } from './define';
import { applyClaimSpecDefaults } from './defaults/volume-defaults';
import { roundResourceList } from './defaults/resource-list';
import { STORAGE_CLASS_ANNOTATION } from './persistentvolume';
import { formatAccessModes } from './tables/access-modes';
import { AGE_COLUMN, age, column, NAME_COLUMN, wideColumn } from './tables/columns';
import { validateClaimSpec, validateNotNegative } from './validation/claim-spec';

export const PERSISTENT_VOLUME_CLAIMS = defineCoreResource<PersistentVolumeClaim>({
  names: {
    plural: 'persistentvolumeclaims',
    singular: 'persistentvolumeclaim',
    kind: 'PersistentVolumeClaim',
    shortNames: ['pvc'],
  },
  scope: 'Namespaced',
  subresources: [
    statusSubresource(
      'PersistentVolumeClaim',
      (claim, old) => restore(claim, old, 'spec'),
      (claim, _old, errors) => validateStatus(claim, errors),
    ),
  ],
  strategy: {
    deleteAnswers: 'object',
    applyDefaults(claim) {
      applyClaimSpecDefaults((claim.spec ??= {}));
      const status = (claim.status ??= {});
      status.phase ??= 'Pending';
      roundResourceList(status.capacity);
    },
    prepareForCreate(claim) {
      claim.status = { phase: 'Pending' };
    },
    prepareForUpdate: (claim, old) => restore(claim, old, 'status'),
    updateChecks: ['metadata', 'spec', 'metadataChange', 'metadata', 'spec', 'change'],
    validate: (claim, errors) => validateClaimSpec(claim.spec ?? {}, 'spec', errors),
    validateUpdate: validateChange,
  },
  table: {
    columns: [
      NAME_COLUMN,
      column('Status', 'Whether the claim is bound.'),
      column('Volume', 'The volume that the claim is bound to.'),
      column('Capacity', 'How much fits in.'),
      column('Access Modes', 'How the volume may be mounted.'),
      column('StorageClass', 'The class that the claim asks for.'),
      AGE_COLUMN,
      wideColumn('VolumeMode', 'Whether the volume has a file system.'),
    ],
    cells({ metadata, spec, status }, nowMs) {
      const isBound = (spec?.volumeName ?? '') !== '';
      return [
        metadata.name ?? '',
        metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
        spec?.volumeName ?? '',
        isBound ? (status?.capacity?.['storage'] ?? '0') : '',
        isBound ? formatAccessModes(status?.accessModes) : '',
        metadata.annotations?.[STORAGE_CLASS_ANNOTATION] ?? spec?.storageClassName ?? '',
        age(metadata, nowMs),
        spec?.volumeMode ?? '<unset>',
      ];
    },
  },
});

/** A claim is fixed but for its volume, once, for a greater size of a bound one, and for a class it did not have. */
function validateChange(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, errors: FieldError[]): void {
  const spec = claim.spec ?? {};
  const oldSpec = old.spec ?? {};
  const annotation = claim.metadata.annotations?.[STORAGE_CLASS_ANNOTATION];
  const oldAnnotation = old.metadata.annotations?.[STORAGE_CLASS_ANNOTATION];
  const isClassMoved = isMovedFromAnnotation(spec, oldSpec, annotation, oldAnnotation);
  if (!isClassMoved && (annotation ?? '') !== (oldAnnotation ?? '')) {
    const path = `metadata.annotations.${STORAGE_CLASS_ANNOTATION}`;
    errors.push(invalid(path, annotation ?? '', 'field is immutable'));
  }
  const fixed = withFreeFieldsOf(spec, oldSpec, claim.status?.phase === 'Bound');
  const isClassAdded = oldSpec.storageClassName === undefined && oldAnnotation === undefined;
  if (isClassMoved || isClassAdded) restore(fixed, oldSpec, 'storageClassName');
  if (!deepEqual(fixed, oldSpec)) {
    const detail = 'spec is immutable after creation except resources.requests for bound claims\n';
    errors.push(forbidden('spec', detail));
  }
  if (parseQuantity(sizeOf(spec)).compare(parseQuantity(sizeOf(oldSpec))) < 0) {
    errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than previous value'));
  }
  if (spec.volumeMode !== oldSpec.volumeMode) {
    errors.push(invalid('volumeMode', spec.volumeMode, 'field is immutable'));
  }
}

/** Whether the class that the annotation named is named by the field from now on. */
function isMovedFromAnnotation(
  spec: PersistentVolumeClaimSpec,
  oldSpec: PersistentVolumeClaimSpec,
  annotation: string | undefined,
  oldAnnotation: string | undefined,
): boolean {
  if (oldAnnotation === undefined || oldSpec.storageClassName !== undefined) return false;
  return spec.storageClassName === oldAnnotation && (annotation === undefined || annotation === oldAnnotation);
}

function withFreeFieldsOf(
  spec: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaimSpec,
  isBound: boolean,
): PersistentVolumeClaimSpec {
  const result: PersistentVolumeClaimSpec = { ...spec };
  if ((old.volumeName ?? '') === '') restore(result, old, 'volumeName');
  if (!isBound) return result;
  if (spec.resources?.requests !== undefined) {
    const requests = { ...spec.resources.requests };
    restore(requests, old.resources?.requests ?? {}, 'storage');
    result.resources = { ...spec.resources, requests };
  }
  if (spec.volumeAttributesClassName !== undefined) restore(result, old, 'volumeAttributesClassName');
  return result;
}

function sizeOf(spec: PersistentVolumeClaimSpec): string {
  return spec.resources?.requests?.['storage'] ?? '0';
}

function validateStatus({ spec, status }: PersistentVolumeClaim, errors: FieldError[]): void {
  if ((spec?.accessModes ?? []).length === 0) errors.push(required('Spec.accessModes'));
  for (const [name, amount] of Object.entries(status?.capacity ?? {})) {
    validateNotNegative(amount, `status.capacity[${name}]`, errors);
  }
}
