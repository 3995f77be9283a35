import { formatTime, type KubeObject, type Namespace } from '@kubernetes-mesos/api-types';
import type { ResourceBehaviour } from '../endpoints/served-resource';

/**
 * A deleted namespace is Terminating until its finalizers (`spec.finalizers`, set through `/finalize` by the namespace
 * controller once it is empty) are gone.
 */
export const namespaceBehaviour: ResourceBehaviour = {
  markDeleted(object: KubeObject, nowMs: number): KubeObject | undefined {
    const namespace: Namespace = object;
    const { deletionTimestamp } = namespace.metadata;
    if (deletionTimestamp !== undefined) return isFinished(namespace) ? undefined : namespace;
    const marked: Namespace = {
      ...namespace,
      metadata: { ...namespace.metadata, deletionTimestamp: formatTime(nowMs) },
      status: { ...namespace.status, phase: 'Terminating' },
    };
    return marked;
  },
  isFinished,
};

function isFinished(object: KubeObject): boolean {
  const namespace: Namespace = object;
  return (namespace.spec?.finalizers ?? []).length === 0;
}
