import type { Namespace } from '@kubernetes-mesos/api-types';

/** Our finalizer: the namespace stays until everything in it is gone. */
export const KUBERNETES_FINALIZER = 'kubernetes';

export type NamespacePlan =
  /** Lives, or waits for somebody else's finalizer. */
  | { readonly kind: 'leave' }
  /** Its content has to go. */
  | { readonly kind: 'empty' }
  /** Empty and released by all: it can be removed itself. */
  | { readonly kind: 'remove' };

export function decideNamespace(namespace: Namespace): NamespacePlan {
  if (namespace.metadata.deletionTimestamp === undefined) return { kind: 'leave' };
  const finalizers = namespace.spec?.finalizers ?? [];
  if (finalizers.includes(KUBERNETES_FINALIZER)) return { kind: 'empty' };
  return finalizers.length === 0 ? { kind: 'remove' } : { kind: 'leave' };
}

/** The namespace without our finalizer, as the `finalize` subresource takes it. */
export function finalized(namespace: Namespace): Namespace {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== KUBERNETES_FINALIZER);
  return { ...namespace, spec: { ...namespace.spec, finalizers } };
}
