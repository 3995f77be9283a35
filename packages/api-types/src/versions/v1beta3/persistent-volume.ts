import { defineKind } from '../legacy-kind';
import { referenceToInternal } from '../shared/endpoints';
import type { InternalPersistentVolume } from '../shared/internal';
import { compact, count, flag, some, strings, text } from '../shared/members';
import { bool, int, list, opt, pointer, str, struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal } from './meta';
import { OBJECT_REFERENCE, RESOURCE_LIST } from './pod-shapes';
import { resourcesFromInternal, resourcesToInternal } from './quantities';

const PERSISTENT_VOLUME = struct('v1beta3.PersistentVolume', {
  ...TYPE_META,
  metadata: OBJECT_META,
  spec: struct('v1beta3.PersistentVolumeSpec', {
    capacity: opt(RESOURCE_LIST),
    gcePersistentDisk: pointer(
      struct('v1beta3.GCEPersistentDiskVolumeSource', {
        pdName: str,
        fsType: opt(str),
        partition: opt(int),
        readOnly: opt(bool),
      }),
    ),
    hostPath: pointer(struct('v1beta3.HostPathVolumeSource', { path: str })),
    accessModes: opt(list(str)),
    claimRef: opt(pointer(OBJECT_REFERENCE)),
  }),
  status: struct('v1beta3.PersistentVolumeStatus', { phase: opt(str) }),
});

type Spec = NonNullable<InternalPersistentVolume['spec']>;

/** Known to release 0.14, which served no URL for it. */
export const persistentVolume = defineKind<InternalPersistentVolume, typeof PERSISTENT_VOLUME>({
  kind: 'PersistentVolume',
  apiVersion: API_VERSION,
  shape: PERSISTENT_VOLUME,
  toInternal: (legacy) => ({
    kind: 'PersistentVolume',
    apiVersion: 'v1',
    metadata: metaToInternal(legacy.metadata),
    spec: compact<Spec>({
      capacity: resourcesToInternal(legacy.spec.capacity),
      accessModes: strings(legacy.spec.accessModes),
      claimRef: some(legacy.spec.claimRef, referenceToInternal),
      gcePersistentDisk: some(legacy.spec.gcePersistentDisk, (disk) =>
        compact<NonNullable<Spec['gcePersistentDisk']>>({
          pdName: disk.pdName,
          fsType: text(disk.fsType),
          partition: count(disk.partition),
          readOnly: flag(disk.readOnly),
        }),
      ),
      hostPath: some(legacy.spec.hostPath, ({ path }) => ({ path })),
    }),
    status: compact<{ phase?: string }>({ phase: text(legacy.status.phase) }),
  }),
  fromInternal: ({ metadata, spec, status }) => ({
    metadata: metaFromInternal(metadata),
    spec: {
      capacity: resourcesFromInternal(spec?.capacity),
      gcePersistentDisk: spec?.gcePersistentDisk ?? null,
      hostPath: spec?.hostPath ?? null,
      accessModes: spec?.accessModes ?? null,
      claimRef: spec?.claimRef ?? null,
    },
    status: { phase: status?.phase },
  }),
});
