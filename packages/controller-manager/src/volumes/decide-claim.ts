import type { PersistentVolume, PersistentVolumeClaim } from '@kubernetes-mesos/api-types';
import { findVolume, isBoundTo, classOf, mismatch } from './match';

/** On a claim: the binding was carried out to its end. On both: the other side was filled in by us, not by hand. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';

/** What the user is told of a claim. */
export interface ClaimNews {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export type ClaimPlan =
  /** Ends without a volume: none is tied up for it any more. */
  | { readonly kind: 'leave' }
  /** No volume for it yet; `news`: why. */
  | { readonly kind: 'pending'; readonly news: ClaimNews | undefined }
  /** Its volume is gone, or another claim's. */
  | { readonly kind: 'lost'; readonly news: ClaimNews }
  /** These two belong together; each step of that is done that is not done yet. */
  | { readonly kind: 'bind'; readonly volume: PersistentVolume };

export interface ClaimState {
  readonly claim: PersistentVolumeClaim;
  /** The volume that the claim names, if it names one that exists. */
  readonly named: PersistentVolume | undefined;
  /** Volumes that are free or name this claim. */
  readonly candidates: readonly PersistentVolume[];
}

/** The state of a claim is in the objects alone, so that a binding that was cut off half-way is taken up again. */
export function decideClaim(state: ClaimState): ClaimPlan {
  return state.claim.metadata.annotations?.[BIND_COMPLETED] === undefined ? decideUnbound(state) : decideBound(state);
}

function decideUnbound({ claim, named, candidates }: ClaimState): ClaimPlan {
  if (claim.metadata.deletionTimestamp !== undefined) return { kind: 'leave' };
  const { volumeName = '' } = claim.spec ?? {};
  if (volumeName === '') {
    const volume = findVolume(claim, candidates);
    return volume === undefined ? { kind: 'pending', news: whyNone(claim) } : { kind: 'bind', volume };
  }
  if (named === undefined) return { kind: 'pending', news: undefined };
  if (named.spec?.claimRef === undefined) {
    const problem = mismatch(named, claim);
    if (problem === undefined) return { kind: 'bind', volume: named };
    const message = `Cannot bind to requested volume "${volumeName}": ${problem}`;
    return { kind: 'pending', news: { type: 'Warning', reason: 'VolumeMismatch', message } };
  }
  if (isBoundTo(named, claim)) return { kind: 'bind', volume: named };
  const message = `volume "${volumeName}" already bound to a different claim.`;
  return { kind: 'pending', news: { type: 'Warning', reason: 'FailedBinding', message } };
}

function decideBound({ claim, named }: ClaimState): ClaimPlan {
  if ((claim.spec?.volumeName ?? '') === '') {
    return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  }
  if (named === undefined) {
    return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  }
  if (named.spec?.claimRef === undefined || isBoundTo(named, claim)) return { kind: 'bind', volume: named };
  return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}

function lost(reason: string, message: string): ClaimPlan {
  return { kind: 'lost', news: { type: 'Warning', reason, message } };
}

/** No storage class is served, and so none provisions. */
function whyNone(claim: PersistentVolumeClaim): ClaimNews {
  const name = classOf(claim);
  if (name !== '') {
    return {
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message: `storageclass.storage.k8s.io "${name}" not found`,
    };
  }
  return {
    type: 'Normal',
    reason: 'FailedBinding',
    message: 'no persistent volumes available for this claim and no storage class is set',
  };
}
