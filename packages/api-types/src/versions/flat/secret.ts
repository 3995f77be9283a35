import { defineKind, type LegacyKind } from '../legacy-kind';
import type { InternalSecret } from '../shared/internal';
import { compact, entries, text } from '../shared/members';
import { base64, map, opt, str, struct } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';

const SECRET = struct('v1beta1.Secret', { ...META, data: opt(map(base64)), type: opt(str) });

export function flatSecret(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalSecret, typeof SECRET>({
    kind: 'Secret',
    apiVersion: dialect.apiVersion,
    shape: SECRET,
    toInternal: (legacy, defaults) =>
      compact<InternalSecret>({
        kind: 'Secret',
        apiVersion: 'v1',
        metadata: metaToInternal(legacy),
        data: entries(legacy.data),
        type: text(legacy.type) ?? (defaults ? 'Opaque' : undefined),
      }),
    fromInternal: ({ metadata, data, type }) => ({ ...metaFromInternal(metadata), data: data ?? null, type }),
  });
}
