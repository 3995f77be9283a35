import { defineKind } from '../legacy-kind';
import type { InternalSecret } from '../shared/internal';
import { compact, entries, text } from '../shared/members';
import { base64, map, opt, str, struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal, withoutLabels } from './meta';

const SECRET = struct('v1beta3.Secret', {
  ...TYPE_META,
  metadata: OBJECT_META,
  data: opt(map(base64)),
  type: opt(str),
});

export const secret = defineKind<InternalSecret, typeof SECRET>({
  kind: 'Secret',
  apiVersion: API_VERSION,
  shape: SECRET,
  toInternal: (legacy, defaults) =>
    compact<InternalSecret>({
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: withoutLabels(metaToInternal(legacy.metadata)),
      data: entries(legacy.data),
      type: text(legacy.type) ?? (defaults ? 'Opaque' : undefined),
    }),
  fromInternal: ({ metadata, data, type }) => ({
    metadata: withoutLabels(metaFromInternal(metadata)),
    data: data ?? null,
    type,
  }),
});
