import { defineKind } from '../legacy-kind';
import { repackSubsets, subsetFromInternal, subsetToInternal } from '../shared/endpoints';
import type { InternalEndpoints } from '../shared/internal';
import { int, list, opt, pointer, str, struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal, withoutLabels } from './meta';
import { OBJECT_REFERENCE } from './pod-shapes';

const ENDPOINTS = struct('v1beta3.Endpoints', {
  ...TYPE_META,
  metadata: OBJECT_META,
  subsets: list(
    struct('v1beta3.EndpointSubset', {
      addresses: opt(list(struct('v1beta3.EndpointAddress', { IP: str, targetRef: opt(pointer(OBJECT_REFERENCE)) }))),
      ports: opt(list(struct('v1beta3.EndpointPort', { name: opt(str), port: int, protocol: opt(str) }))),
    }),
  ),
});

export const endpoints = defineKind<InternalEndpoints, typeof ENDPOINTS>({
  kind: 'Endpoints',
  apiVersion: API_VERSION,
  shape: ENDPOINTS,
  toInternal: ({ metadata, subsets }, defaults) => ({
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: withoutLabels(metaToInternal(metadata)),
    subsets: repackSubsets((subsets ?? []).map((subset) => subsetToInternal(subset, defaults))),
  }),
  fromInternal: ({ metadata, subsets = [] }) => ({
    metadata: withoutLabels(metaFromInternal(metadata)),
    subsets: subsets.map(subsetFromInternal),
  }),
});
