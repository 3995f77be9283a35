import type { KubeObject, PersistentVolume, Pod } from '@kubernetes-mesos/api-types';
import { isTerminated, nodeOf } from '../objects/pods';

/** Put on by admission; they hold a claim or a volume that is deleted while it is in use. */
export const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
export const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

/** What has to be done about the finalizer of a claim or a volume. */
export type ProtectionPlan =
  | { readonly kind: 'leave' }
  /** It was made while admission did not protect it. */
  | { readonly kind: 'protect'; readonly finalizers: readonly string[] }
  /** Ends, and is let go when nobody uses it. `finalizers`: those that stay. */
  | { readonly kind: 'release-if-unused'; readonly finalizers: readonly string[] };

export function decideProtection(object: KubeObject, finalizer: string): ProtectionPlan {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  const held = finalizers.includes(finalizer);
  if (deletionTimestamp === undefined) {
    return held ? { kind: 'leave' } : { kind: 'protect', finalizers: [...finalizers, finalizer] };
  }
  if (!held) return { kind: 'leave' };
  return { kind: 'release-if-unused', finalizers: finalizers.filter((other) => other !== finalizer) };
}

/** A volume that is bound to a claim is in use. */
export function isVolumeInUse(volume: PersistentVolume): boolean {
  return volume.status?.phase === 'Bound';
}

/**
 * Whether the pod holds its claims: it has a node and has not run to its end. One without a node will not start any
 * more with a claim that is being deleted.
 */
export function holdsClaims(pod: Pod): boolean {
  return nodeOf(pod) !== '' && !isTerminated(pod);
}
