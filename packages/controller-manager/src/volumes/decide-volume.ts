import type { PersistentVolume, PersistentVolumeClaim } from '@kubernetes-mesos/api-types';
import { BOUND_BY_CONTROLLER } from './decide-claim';
import { volumeModeOf } from './match';

const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

export type VolumePlan =
  /** Its status, and nothing else; `news`: the reason of an event with the same message. */
  | {
      readonly kind: 'phase';
      readonly phase: 'Available' | 'Bound' | 'Released' | 'Failed';
      readonly message?: string;
      readonly news?: string;
    }
  /** The claim has to finish the binding. */
  | { readonly kind: 'wake-claim' }
  /** The claim found another volume meanwhile: this one is given back. */
  | { readonly kind: 'unbind'; readonly volume: PersistentVolume }
  | { readonly kind: 'mismatch'; readonly message: string };

/**
 * What a volume is. `claim`: the one that `claimRef` names, with its uid; `undefined` when the server itself says that
 * it is gone.
 */
export function decideVolume(volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): VolumePlan {
  const reference = volume.spec?.claimRef;
  // Reserved by hand for a claim that has not taken it yet.
  if (reference === undefined || (reference.uid ?? '') === '') return { kind: 'phase', phase: 'Available' };
  if (claim === undefined) return reclaimed(volume);
  const { volumeName = '' } = claim.spec ?? {};
  if (volumeName === volume.metadata.name) return { kind: 'phase', phase: 'Bound' };
  if (volumeName !== '') return { kind: 'unbind', volume: unbound(volume) };
  if (volumeModeOf(volume) !== volumeModeOf(claim)) {
    const name = `${claim.metadata.namespace ?? ''}/${claim.metadata.name ?? ''}`;
    const message = `Cannot bind PersistentVolume "${volume.metadata.name ?? ''}" to requested PersistentVolumeClaim "${name}" due to incompatible volumeMode.`;
    return { kind: 'mismatch', message };
  }
  return { kind: 'wake-claim' };
}

/**
 * The claim is gone. Data is never removed here: nothing of this system can reach a volume's storage, so what asks
 * for its removal says that it failed and leaves the volume to the administrator. One that somebody else provisioned
 * is that one's to delete.
 */
function reclaimed(volume: PersistentVolume): VolumePlan {
  // First seen as released by all, as it would be with a plugin that takes its time.
  const { phase } = volume.status ?? {};
  if (phase !== 'Released' && phase !== 'Failed') return { kind: 'phase', phase: 'Released' };
  const name = volume.metadata.name ?? '';
  const policy = volume.spec?.persistentVolumeReclaimPolicy;
  if (policy === 'Recycle') {
    return failed('No recycler plugin found for the volume!', 'VolumeFailedRecycle');
  }
  if (policy === 'Delete' && (volume.metadata.annotations?.[PROVISIONED_BY] ?? '') === '') {
    const message = `error getting deleter volume plugin for volume "${name}": no deletable volume plugin matched`;
    return failed(message, 'VolumeFailedDelete');
  }
  return { kind: 'phase', phase, ...(volume.status?.message === undefined ? {} : { message: volume.status.message }) };
}

function failed(message: string, news: string): VolumePlan {
  return { kind: 'phase', phase: 'Failed', message, news };
}

/** A reference that we wrote goes; one written by hand stays a reservation. */
function unbound(volume: PersistentVolume): PersistentVolume {
  const { annotations, ...metadata } = volume.metadata;
  const { claimRef, ...spec } = volume.spec ?? {};
  const { [BOUND_BY_CONTROLLER]: byController, ...otherAnnotations } = annotations ?? {};
  if (byController !== undefined) return { ...volume, metadata: { ...metadata, annotations: otherAnnotations }, spec };
  const reservation = { ...claimRef };
  delete reservation.uid;
  delete reservation.resourceVersion;
  return { ...volume, spec: { ...spec, claimRef: reservation } };
}
