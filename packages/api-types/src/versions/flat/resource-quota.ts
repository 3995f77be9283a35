import { defineKind, type LegacyKind } from '../legacy-kind';
import type { InternalResourceQuota } from '../shared/internal';
import { compact } from '../shared/members';
import { map, opt, str, struct } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';
import { RESOURCE_LIST } from './pod-shapes';
import { resourcesFromInternal, resourcesToInternal } from './quantities';

const RESOURCE_QUOTA = struct('v1beta1.ResourceQuota', {
  ...META,
  labels: opt(map(str)),
  spec: struct('v1beta1.ResourceQuotaSpec', { hard: opt(RESOURCE_LIST) }),
  status: struct('v1beta1.ResourceQuotaStatus', { hard: opt(RESOURCE_LIST), used: opt(RESOURCE_LIST) }),
});

export function flatResourceQuota(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalResourceQuota, typeof RESOURCE_QUOTA>({
    kind: 'ResourceQuota',
    apiVersion: dialect.apiVersion,
    shape: RESOURCE_QUOTA,
    toInternal: (legacy) => ({
      kind: 'ResourceQuota',
      apiVersion: 'v1',
      metadata: metaToInternal(legacy, legacy.labels),
      spec: compact<NonNullable<InternalResourceQuota['spec']>>({ hard: resourcesToInternal(legacy.spec.hard) }),
      status: compact<NonNullable<InternalResourceQuota['status']>>({
        hard: resourcesToInternal(legacy.status.hard),
        used: resourcesToInternal(legacy.status.used),
      }),
    }),
    fromInternal: ({ metadata, spec, status }) => ({
      ...metaFromInternal(metadata),
      labels: metadata.labels ?? null,
      spec: { hard: resourcesFromInternal(spec?.hard) },
      status: { hard: resourcesFromInternal(status?.hard), used: resourcesFromInternal(status?.used) },
    }),
  });
}
