import { defineKind } from '../legacy-kind';
import type { InternalNamespace } from '../shared/internal';
import { compact, strings, text } from '../shared/members';
import { list, opt, str, struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal } from './meta';

const NAMESPACE = struct('v1beta3.Namespace', {
  ...TYPE_META,
  metadata: OBJECT_META,
  spec: struct('v1beta3.NamespaceSpec', { finalizers: opt(list(str)) }),
  status: struct('v1beta3.NamespaceStatus', { phase: opt(str) }),
});

export const namespace = defineKind<InternalNamespace, typeof NAMESPACE>({
  kind: 'Namespace',
  apiVersion: API_VERSION,
  shape: NAMESPACE,
  toInternal: ({ metadata, spec, status }) => ({
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: metaToInternal(metadata),
    spec: compact<{ finalizers?: string[] }>({ finalizers: strings(spec.finalizers) }),
    status: compact<{ phase?: string }>({ phase: text(status.phase) }),
  }),
  fromInternal: ({ metadata, spec, status }) => ({
    metadata: metaFromInternal(metadata),
    spec: { finalizers: spec?.finalizers ?? null },
    status: { phase: status?.phase },
  }),
});
