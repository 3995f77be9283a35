import {
  deepEqual,
  formatTime,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type PersistentVolumeClaimStatus,
} from '@kubernetes-mesos/api-types';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER } from './decide-claim';

/**
 * The four writes of a binding, in the order in which they are made: the volume's reference, its phase, the claim's
 * reference, its status. Each is `undefined` when it is done already, so that the work goes on where it was cut off.
 * The first decides: two claims cannot both write a volume of the same version.
 */

export function volumeBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume | undefined {
  const present = volume.spec?.claimRef;
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  if (present !== undefined && present.name === name && present.namespace === namespace && present.uid === uid) {
    return undefined;
  }
  const annotations = { ...volume.metadata.annotations };
  if (present === undefined) annotations[BOUND_BY_CONTROLLER] = 'yes';
  const claimRef = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } };
}

export function volumeInPhase(
  volume: PersistentVolume,
  phase: string,
  message: string | undefined,
  nowMs: number,
): PersistentVolume | undefined {
  const { status } = volume;
  if (status?.phase === phase && (status.message ?? '') === (message ?? '')) return undefined;
  const since = status?.phase === phase ? status.lastPhaseTransitionTime : formatTime(nowMs);
  return {
    ...volume,
    status: {
      phase,
      ...(message === undefined ? {} : { message }),
      ...(since === undefined ? {} : { lastPhaseTransitionTime: since }),
    },
  };
}

export function claimBoundTo(
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
): PersistentVolumeClaim | undefined {
  const volumeName = volume.metadata.name ?? '';
  const present = claim.metadata.annotations ?? {};
  if (claim.spec?.volumeName === volumeName && present[BIND_COMPLETED] !== undefined) return undefined;
  const annotations: Record<string, string> = { ...present, [BIND_COMPLETED]: 'yes' };
  if (claim.spec?.volumeName !== volumeName) annotations[BOUND_BY_CONTROLLER] = 'yes';
  return { ...claim, metadata: { ...claim.metadata, annotations }, spec: { ...claim.spec, volumeName } };
}

/** `volume`: for `Bound`; the others show no capacity. */
export function claimInPhase(
  claim: PersistentVolumeClaim,
  phase: 'Pending' | 'Bound' | 'Lost',
  volume: PersistentVolume | undefined,
): PersistentVolumeClaim | undefined {
  const status: PersistentVolumeClaimStatus = { ...claim.status, phase };
  const capacity = volume?.spec?.capacity;
  const accessModes = volume?.spec?.accessModes;
  if (accessModes === undefined) delete status.accessModes;
  else status.accessModes = accessModes;
  if (capacity === undefined) delete status.capacity;
  // Once bound, a capacity that grows is told by whoever resizes it.
  else if (claim.status?.phase !== 'Bound' || status.capacity === undefined) status.capacity = capacity;
  return deepEqual(claim.status ?? {}, status) ? undefined : { ...claim, status };
}
