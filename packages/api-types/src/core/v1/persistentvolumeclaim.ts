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
import { validateClaimSpec } from './validation/claim-spec';

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
    validate: (claim, errors) => validateClaimSpec(claim.spec ?? {}, 'spec', errors),
    validateUpdate,
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

/** A claim is fixed but for its volume, once, and for a greater size of a bound one. */
function validateUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, errors: FieldError[]): void {
  const spec = claim.spec ?? {};
  const oldSpec = old.spec ?? {};
  validateClaimSpec(spec, 'spec', errors);
  const annotation = claim.metadata.annotations?.[STORAGE_CLASS_ANNOTATION];
  if (annotation !== old.metadata.annotations?.[STORAGE_CLASS_ANNOTATION]) {
    const path = `metadata.annotations[${STORAGE_CLASS_ANNOTATION}]`;
    errors.push(invalid(path, annotation ?? '', 'field is immutable'));
  }
  const free: PersistentVolumeClaimSpec = { ...spec };
  if ((oldSpec.volumeName ?? '') === '') restore(free, oldSpec, 'volumeName');
  if (claim.status?.phase === 'Bound') restore(free, oldSpec, 'resources');
  if (!deepEqual(free, oldSpec)) {
    const detail = 'spec is immutable after creation except resources.requests for bound claims\n';
    errors.push(forbidden('spec', detail));
  }
  const size = spec.resources?.requests?.['storage'];
  const oldSize = oldSpec.resources?.requests?.['storage'];
  if (size !== undefined && oldSize !== undefined && parseQuantity(size).compare(parseQuantity(oldSize)) < 0) {
    errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than previous value'));
  }
  if (spec.volumeMode !== oldSpec.volumeMode) {
    errors.push(invalid('volumeMode', spec.volumeMode ?? '', 'field is immutable'));
  }
}

function validateStatus({ spec, status }: PersistentVolumeClaim, errors: FieldError[]): void {
  if ((spec?.accessModes ?? []).length === 0) errors.push(required('Spec.accessModes'));
  for (const [name, amount] of Object.entries(status?.capacity ?? {})) {
    if (parseQuantity(amount).sign < 0) {
      errors.push(invalid(`status.capacity[${name}]`, amount, 'must be a valid resource quantity'));
    }
  }
}
