import { defineKind, type LegacyKind } from '../legacy-kind';
import type { InternalPersistentVolumeClaim } from '../shared/internal';
import { compact, strings, text } from '../shared/members';
import { list, opt, str, struct } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';
import { RESOURCE_LIST, RESOURCES } from './pod-shapes';
import { resourcesFromInternal, resourcesToInternal } from './quantities';

const CLAIM = struct('v1beta1.PersistentVolumeClaim', {
  ...META,
  spec: struct('v1beta1.PersistentVolumeClaimSpec', {
    accessModes: opt(list(str)),
    resources: RESOURCES,
    volumeName: opt(str),
  }),
  status: struct('v1beta1.PersistentVolumeClaimStatus', {
    phase: opt(str),
    accessModes: opt(list(str)),
    capacity: opt(RESOURCE_LIST),
  }),
});

type Spec = NonNullable<InternalPersistentVolumeClaim['spec']>;
type Status = NonNullable<InternalPersistentVolumeClaim['status']>;

/** Known to release 0.14, which served no URL for it. */
export function flatPersistentVolumeClaim(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalPersistentVolumeClaim, typeof CLAIM>({
    kind: 'PersistentVolumeClaim',
    apiVersion: dialect.apiVersion,
    shape: CLAIM,
    toInternal: (legacy) => ({
      kind: 'PersistentVolumeClaim',
      apiVersion: 'v1',
      metadata: metaToInternal(legacy),
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
      ...metaFromInternal(metadata),
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
}
