import { objectKey, type PersistentVolume, type PersistentVolumeClaim } from '@kubernetes-mesos/api-types';
import type { Indexer, Lister } from '@kubernetes-mesos/client';
import { BIND_COMPLETED } from './decide-claim';
import { classOf } from './match';

const FREE = 'free';
const BY_CLAIM = 'claim';
const PENDING = 'pending';
const BY_VOLUME = 'volume';

export const volumeIndexers: Readonly<Record<string, Indexer<PersistentVolume>>> = {
  [FREE]: (volume) => (isFree(volume) ? [classOf(volume)] : []),
  [BY_CLAIM]: ({ spec }) => {
    const reference = spec?.claimRef;
    return reference === undefined ? [] : [`${reference.namespace ?? ''}/${reference.name ?? ''}`];
  },
};

export const claimIndexers: Readonly<Record<string, Indexer<PersistentVolumeClaim>>> = {
  [PENDING]: (claim) =>
    claim.metadata.annotations?.[BIND_COMPLETED] === undefined && (claim.spec?.volumeName ?? '') === ''
      ? [classOf(claim)]
      : [],
  [BY_VOLUME]: ({ spec }) => [spec?.volumeName ?? ''],
};

/** Available to any claim of its class. */
export function isFree(volume: PersistentVolume): boolean {
  return volume.spec?.claimRef === undefined && volume.status?.phase === 'Available';
}

export function freeVolumes(volumes: Lister<PersistentVolume>, storageClass: string): readonly PersistentVolume[] {
  return volumes.byIndex(FREE, storageClass);
}

/** Volumes whose reference names the claim (`namespace/name`), whatever its uid. */
export function volumesNaming(volumes: Lister<PersistentVolume>, claim: string): readonly PersistentVolume[] {
  return volumes.byIndex(BY_CLAIM, claim);
}

/** Claims of the class that have no volume. */
export function pendingClaims(claims: Lister<PersistentVolumeClaim>, storageClass: string): readonly string[] {
  return claims.byIndex(PENDING, storageClass).map(objectKey);
}

/** Claims that name the volume. */
export function claimsNaming(claims: Lister<PersistentVolumeClaim>, volume: string): readonly string[] {
  return claims.byIndex(BY_VOLUME, volume).map(objectKey);
}
