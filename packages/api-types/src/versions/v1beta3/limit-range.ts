import { defineKind } from '../legacy-kind';
import type { InternalLimitRange } from '../shared/internal';
import { compact, text } from '../shared/members';
import { list, opt, str, struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal, withoutLabels } from './meta';
import { RESOURCE_LIST } from './pod-shapes';
import { resourcesFromInternal, resourcesToInternal } from './quantities';

const LIMIT_RANGE = struct('v1beta3.LimitRange', {
  ...TYPE_META,
  metadata: OBJECT_META,
  spec: struct('v1beta3.LimitRangeSpec', {
    limits: list(
      struct('v1beta3.LimitRangeItem', { type: opt(str), max: opt(RESOURCE_LIST), min: opt(RESOURCE_LIST) }),
    ),
  }),
});

type Limit = NonNullable<InternalLimitRange['spec']>['limits'][number];

export const limitRange = defineKind<InternalLimitRange, typeof LIMIT_RANGE>({
  kind: 'LimitRange',
  apiVersion: API_VERSION,
  shape: LIMIT_RANGE,
  toInternal: ({ metadata, spec }) => ({
    kind: 'LimitRange',
    apiVersion: 'v1',
    metadata: withoutLabels(metaToInternal(metadata)),
    spec: {
      limits: (spec.limits ?? []).map(({ type, max, min }) =>
        compact<Limit>({ type: text(type), max: resourcesToInternal(max), min: resourcesToInternal(min) }),
      ),
    },
  }),
  fromInternal: ({ metadata, spec }) => ({
    metadata: withoutLabels(metaFromInternal(metadata)),
    spec: {
      limits:
        spec?.limits.map(({ type, max, min }) => ({
          type,
          max: resourcesFromInternal(max),
          min: resourcesFromInternal(min),
        })) ?? null,
    },
  }),
});
