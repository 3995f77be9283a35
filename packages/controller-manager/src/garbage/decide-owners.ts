import type { KubeObject, OwnerReference } from '@kubernetes-mesos/api-types';

/** Finalizers by which a DELETE says what is to become of dependents. */
export const ORPHAN_FINALIZER = 'orphan';
export const FOREGROUND_FINALIZER = 'foregroundDeletion';

/** What is known of one owner that an object names. */
export type OwnerState = 'present' | 'absent' | 'waiting-for-dependents';

export type DependentPlan =
  | { readonly kind: 'keep' }
  /** All owners are gone, or wait for this object to go. */
  | { readonly kind: 'delete'; readonly propagation: 'Background' | 'Foreground' }
  /** Some owners are gone: their references go too. */
  | { readonly kind: 'drop-references'; readonly uids: readonly string[] };

/** What becomes of an object that has owners. */
export function decideDependent(
  object: KubeObject,
  owners: readonly { readonly reference: OwnerReference; readonly state: OwnerState }[],
): DependentPlan {
  if (owners.length === 0 || object.metadata.deletionTimestamp !== undefined) return { kind: 'keep' };
  const present = owners.filter((owner) => owner.state === 'present');
  const waiting = owners.filter((owner) => owner.state === 'waiting-for-dependents');
  const absent = owners.filter((owner) => owner.state === 'absent');
  if (present.length > 0) {
    if (absent.length === 0 && waiting.length === 0) return { kind: 'keep' };
    return { kind: 'drop-references', uids: [...absent, ...waiting].map(({ reference }) => reference.uid) };
  }
  if (waiting.length > 0) return { kind: 'delete', propagation: 'Foreground' };
  const { finalizers = [] } = object.metadata;
  return { kind: 'delete', propagation: finalizers.includes(FOREGROUND_FINALIZER) ? 'Foreground' : 'Background' };
}

export type OwnerPlan =
  | { readonly kind: 'keep' }
  /** Dependents lose their reference, then the finalizer goes. */
  | { readonly kind: 'orphan' }
  /** Dependents go first; those that may not block are deleted and not waited for. */
  | { readonly kind: 'delete-dependents'; readonly dependents: readonly KubeObject[] }
  | { readonly kind: 'remove-finalizer'; readonly finalizer: string };

/** What an owner that is being deleted waits for. `dependents`: objects that name it as owner. */
export function decideOwner(owner: KubeObject, dependents: readonly KubeObject[]): OwnerPlan {
  const { deletionTimestamp, finalizers = [], uid } = owner.metadata;
  if (deletionTimestamp === undefined) return { kind: 'keep' };
  if (finalizers.includes(ORPHAN_FINALIZER)) {
    return dependents.length > 0 ? { kind: 'orphan' } : { kind: 'remove-finalizer', finalizer: ORPHAN_FINALIZER };
  }
  if (!finalizers.includes(FOREGROUND_FINALIZER)) return { kind: 'keep' };
  const blocking = dependents.filter((dependent) =>
    dependent.metadata.ownerReferences?.some(
      (reference) => reference.uid === uid && reference.blockOwnerDeletion === true,
    ),
  );
  if (blocking.length === 0) return { kind: 'remove-finalizer', finalizer: FOREGROUND_FINALIZER };
  return { kind: 'delete-dependents', dependents };
}
