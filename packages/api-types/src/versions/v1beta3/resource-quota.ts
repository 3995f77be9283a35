import { defineKind } from '../legacy-kind';
import type { InternalResourceQuota } from '../shared/internal';
import { compact } from '../shared/members';
import { opt, struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal } from './meta';
import { RESOURCE_LIST } from './pod-shapes';
import { resourcesFromInternal, resourcesToInternal } from './quantities';

const RESOURCE_QUOTA = struct('v1beta3.ResourceQuota', {
  ...TYPE_META,
  metadata: OBJECT_META,
  spec: struct('v1beta3.ResourceQuotaSpec', { hard: opt(RESOURCE_LIST) }),
  status: struct('v1beta3.ResourceQuotaStatus', { hard: opt(RESOURCE_LIST), used: opt(RESOURCE_LIST) }),
});

export const resourceQuota = defineKind<InternalResourceQuota, typeof RESOURCE_QUOTA>({
  kind: 'ResourceQuota',
  apiVersion: API_VERSION,
  shape: RESOURCE_QUOTA,
  toInternal: ({ metadata, spec, status }) => ({
    kind: 'ResourceQuota',
    apiVersion: 'v1',
    metadata: metaToInternal(metadata),
    spec: compact<NonNullable<InternalResourceQuota['spec']>>({ hard: resourcesToInternal(spec.hard) }),
    status: compact<NonNullable<InternalResourceQuota['status']>>({
      hard: resourcesToInternal(status.hard),
      used: resourcesToInternal(status.used),
    }),
  }),
  fromInternal: ({ metadata, spec, status }) => ({
    metadata: metaFromInternal(metadata),
    spec: { hard: resourcesFromInternal(spec?.hard) },
    status: { hard: resourcesFromInternal(status?.hard), used: resourcesFromInternal(status?.used) },
  }),
});
