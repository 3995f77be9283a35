import { defineKind } from '../legacy-kind';
import { referenceToInternal } from '../shared/endpoints';
import type { InternalBinding } from '../shared/internal';
import { struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal } from './meta';
import { OBJECT_REFERENCE } from './pod-shapes';

const BINDING = struct('v1beta3.Binding', { ...TYPE_META, metadata: OBJECT_META, target: OBJECT_REFERENCE });

export const binding = defineKind<InternalBinding, typeof BINDING>({
  kind: 'Binding',
  apiVersion: API_VERSION,
  shape: BINDING,
  toInternal: ({ metadata, target }) => ({
    kind: 'Binding',
    apiVersion: 'v1',
    metadata: metaToInternal(metadata),
    target: referenceToInternal(target),
  }),
  fromInternal: ({ metadata, target }) => ({ metadata: metaFromInternal(metadata), target }),
});
