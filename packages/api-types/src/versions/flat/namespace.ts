import { defineKind, type LegacyKind } from '../legacy-kind';
import type { InternalNamespace } from '../shared/internal';
import { compact, strings, text } from '../shared/members';
import { list, map, opt, str, struct } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';

const NAMESPACE = struct('v1beta1.Namespace', {
  ...META,
  labels: opt(map(str)),
  spec: struct('v1beta1.NamespaceSpec', { finalizers: opt(list(str)) }),
  status: struct('v1beta1.NamespaceStatus', { phase: opt(str) }),
});

export function flatNamespace(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalNamespace, typeof NAMESPACE>({
    kind: 'Namespace',
    apiVersion: dialect.apiVersion,
    shape: NAMESPACE,
    toInternal: (legacy) => ({
      kind: 'Namespace',
      apiVersion: 'v1',
      metadata: metaToInternal(legacy, legacy.labels),
      spec: compact<{ finalizers?: string[] }>({ finalizers: strings(legacy.spec.finalizers) }),
      status: compact<{ phase?: string }>({ phase: text(legacy.status.phase) }),
    }),
    fromInternal: ({ metadata, spec, status }) => ({
      ...metaFromInternal(metadata),
      labels: metadata.labels ?? null,
      spec: { finalizers: spec?.finalizers ?? null },
      status: { phase: status?.phase },
    }),
  });
}
