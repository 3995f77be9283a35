import { defineKind } from '../legacy-kind';
import type { InternalPersistentVolumeClaim } from '../shared/internal';
import { compact, strings, text } from '../shared/members';
import { list, opt, str, struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal } from './meta';
import { RESOURCE_LIST, RESOURCES } from './pod-shapes';
import { resourcesFromInternal, resourcesToInternal } from './quantities';

const CLAIM = struct('v1beta3.PersistentVolumeClaim', {
  ...TYPE_META,
  metadata: OBJECT_META,
  spec: struct('v1beta3.PersistentVolumeClaimSpec', {
    accessModes: opt(list(str)),
    resources: RESOURCES,
    volumeName: opt(str),
  }),
  status: struct('v1beta3.PersistentVolumeClaimStatus', {
    phase: opt(str),
    accessModes: opt(list(str)),
    capacity: opt(RESOURCE_LIST),
  }),
});

type Spec = NonNullable<InternalPersistentVolumeClaim['spec']>;
type Status = NonNullable<InternalPersistentVolumeClaim['status']>;

/** Known to release 0.14, which served no URL for it. */
export const persistentVolumeClaim = defineKind<InternalPersistentVolumeClaim, typeof CLAIM>({
  kind: 'PersistentVolumeClaim',
  apiVersion: API_VERSION,
  shape: CLAIM,
  toInternal: (legacy) => ({
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    metadata: metaToInternal(legacy.metadata),
    spec: compact<Spec>({
      accessModes: strings(legacy.spec.accessModes),
      resources: compact<NonNullable<Spec['resources']>>({
        limits: resourcesToInternal(legacy.spec.resources.limits),
        requests: resourcesToInternal(legacy.spec.resources.requests),
      }),
      volumeName: text(legacy.spec.volumeName),
    }),
    status: compact<Status>({
      phase: text(legacy.status.phase),
      accessModes: strings(legacy.status.accessModes),
      capacity: resourcesToInternal(legacy.status.capacity),
    }),
  }),
  fromInternal: ({ metadata, spec, status }) => ({
    metadata: metaFromInternal(metadata),
    spec: {
      accessModes: spec?.accessModes ?? null,
      resources: {
        limits: resourcesFromInternal(spec?.resources?.limits),
        requests: resourcesFromInternal(spec?.resources?.requests),
      },
      volumeName: spec?.volumeName,
    },
    status: {
      phase: status?.phase,
      accessModes: status?.accessModes ?? null,
      capacity: resourcesFromInternal(status?.capacity),
    },
  }),
});
