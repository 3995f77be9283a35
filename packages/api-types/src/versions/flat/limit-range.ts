import { defineKind, type LegacyKind } from '../legacy-kind';
import type { InternalLimitRange } from '../shared/internal';
import { compact, text } from '../shared/members';
import { list, opt, str, struct } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';
import { RESOURCE_LIST } from './pod-shapes';
import { resourcesFromInternal, resourcesToInternal } from './quantities';

const LIMIT_RANGE = struct('v1beta1.LimitRange', {
  ...META,
  spec: struct('v1beta1.LimitRangeSpec', {
    limits: list(
      struct('v1beta1.LimitRangeItem', { type: opt(str), max: opt(RESOURCE_LIST), min: opt(RESOURCE_LIST) }),
    ),
  }),
});

type Limit = NonNullable<InternalLimitRange['spec']>['limits'][number];

export function flatLimitRange(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalLimitRange, typeof LIMIT_RANGE>({
    kind: 'LimitRange',
    apiVersion: dialect.apiVersion,
    shape: LIMIT_RANGE,
    toInternal: (legacy) => ({
      kind: 'LimitRange',
      apiVersion: 'v1',
      metadata: metaToInternal(legacy),
      spec: {
        limits: (legacy.spec.limits ?? []).map(({ type, max, min }) =>
          compact<Limit>({ type: text(type), max: resourcesToInternal(max), min: resourcesToInternal(min) }),
        ),
      },
    }),
    fromInternal: ({ metadata, spec }) => ({
      ...metaFromInternal(metadata),
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
}
