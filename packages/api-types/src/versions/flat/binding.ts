import { defineKind, type LegacyKind } from '../legacy-kind';
import type { InternalBinding } from '../shared/internal';
import { compact, text } from '../shared/members';
import { str, struct } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';

const BINDING = struct('v1beta1.Binding', { ...META, podID: str, host: str });

/** Binds the pod `podID` to the node `host`; the binding's own id says nothing. */
export function flatBinding(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalBinding, typeof BINDING>({
    kind: 'Binding',
    apiVersion: dialect.apiVersion,
    shape: BINDING,
    toInternal: (legacy) => ({
      kind: 'Binding',
      apiVersion: 'v1',
      metadata: metaToInternal({ ...legacy, id: legacy.podID }),
      target: compact<InternalBinding['target']>({ kind: 'Node', name: text(legacy.host) }),
    }),
    fromInternal: ({ metadata, target }) => {
      const { id, ...meta } = metaFromInternal(metadata);
      return { ...meta, podID: id, host: target.name };
    },
  });
}
