import type { PersistentVolume } from '../../generated/core-v1.types';
import { defineCoreResource, restore, statusSubresource } from './define';
import { applyPersistentVolumeSpecDefaults } from './defaults/volume-defaults';
import { formatAccessModes } from './tables/access-modes';
import { AGE_COLUMN, age, column, NAME_COLUMN, wideColumn } from './tables/columns';
import { validatePersistentVolumeSpec, validatePersistentVolumeUpdate } from './validation/persistent-volume';

/** Older way to name the storage class. */
export const STORAGE_CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

export const PERSISTENT_VOLUMES = defineCoreResource<PersistentVolume>({
  names: { plural: 'persistentvolumes', singular: 'persistentvolume', kind: 'PersistentVolume', shortNames: ['pv'] },
  scope: 'Cluster',
  subresources: [statusSubresource('PersistentVolume', (volume, old) => restore(volume, old, 'spec'))],
  strategy: {
    deleteAnswers: 'object',
    updateChecks: ['metadata', 'spec', 'metadata', 'spec', 'change'],
    applyDefaults(volume) {
      applyPersistentVolumeSpecDefaults((volume.spec ??= {}));
      (volume.status ??= {}).phase ??= 'Pending';
    },
    prepareForCreate(volume) {
      volume.status = { phase: 'Pending' };
    },
    prepareForUpdate: (volume, old) => restore(volume, old, 'status'),
    validate: (volume, errors) => validatePersistentVolumeSpec(volume, errors),
    validateUpdate: validatePersistentVolumeUpdate,
  },
  table: {
    columns: [
      NAME_COLUMN,
      column('Capacity', 'How much fits in.'),
      column('Access Modes', 'How the volume may be mounted.'),
      column('Reclaim Policy', 'What becomes of the volume when its claim is gone.'),
      column('Status', 'Whether the volume is free, bound or released.'),
      column('Claim', 'The claim that the volume is bound to.'),
      column('StorageClass', 'The class that the volume belongs to.'),
      column('Reason', 'Why the volume is in its state.'),
      AGE_COLUMN,
      wideColumn('VolumeMode', 'Whether the volume has a file system.'),
    ],
    cells({ metadata, spec, status }, nowMs) {
      const claim = spec?.claimRef;
      return [
        metadata.name ?? '',
        spec?.capacity?.['storage'] ?? '0',
        formatAccessModes(spec?.accessModes),
        spec?.persistentVolumeReclaimPolicy ?? '',
        metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
        claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`,
        metadata.annotations?.[STORAGE_CLASS_ANNOTATION] ?? spec?.storageClassName ?? '',
        status?.reason ?? '',
        age(metadata, nowMs),
        spec?.volumeMode ?? '<unset>',
      ];
    },
  },
});
