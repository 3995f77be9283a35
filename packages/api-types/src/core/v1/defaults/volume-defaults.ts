import type {
  DownwardAPIVolumeFile,
  PersistentVolumeClaimSpec,
  PersistentVolumeSpec,
  Volume,
  VolumeProjection,
} from '../../../generated/core-v1.types';
import { pullPolicyOf } from './image-reference';
import { roundResourceList } from './resource-list';

/** 0644 */
const DEFAULT_FILE_MODE = 420;
const TOKEN_SECONDS = 3600;

export function applyVolumeDefaults(volume: Volume): void {
  if (hasNoSource(volume)) volume.emptyDir = {};
  if (volume.secret !== undefined) volume.secret.defaultMode ??= DEFAULT_FILE_MODE;
  if (volume.configMap !== undefined) volume.configMap.defaultMode ??= DEFAULT_FILE_MODE;
  if (volume.downwardAPI !== undefined) {
    volume.downwardAPI.defaultMode ??= DEFAULT_FILE_MODE;
    applyFileDefaults(volume.downwardAPI.items);
  }
  if (volume.projected !== undefined) {
    volume.projected.defaultMode ??= DEFAULT_FILE_MODE;
    for (const source of volume.projected.sources ?? []) applyProjectionDefaults(source);
  }
  if (volume.ephemeral?.volumeClaimTemplate !== undefined) {
    applyClaimSpecDefaults((volume.ephemeral.volumeClaimTemplate.spec ??= {}));
  }
  if (volume.image !== undefined) volume.image.pullPolicy ??= pullPolicyOf(volume.image.reference);
  applyRemoteDefaults(volume);
}

export function applyPersistentVolumeSpecDefaults(spec: PersistentVolumeSpec): void {
  spec.persistentVolumeReclaimPolicy ??= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  roundResourceList(spec.capacity);
  applyRemoteDefaults(spec);
}

export function applyClaimSpecDefaults(spec: PersistentVolumeClaimSpec): void {
  spec.volumeMode ??= 'Filesystem';
  roundResourceList(spec.resources?.limits);
  roundResourceList(spec.resources?.requests);
}

/** Sources that pods and persistent volumes share. */
type SharedSources = Pick<Volume, 'hostPath' | 'azureDisk'> & {
  readonly iscsi?: { iscsiInterface?: string };
  readonly rbd?: { pool?: string; user?: string; keyring?: string };
  readonly scaleIO?: { storageMode?: string; fsType?: string };
};

function applyRemoteDefaults(sources: SharedSources): void {
  const { hostPath, iscsi, rbd, scaleIO, azureDisk } = sources;
  if (hostPath !== undefined) hostPath.type ??= '';
  if (iscsi !== undefined) iscsi.iscsiInterface ??= 'default';
  if (rbd !== undefined) {
    rbd.pool ??= 'rbd';
    rbd.user ??= 'admin';
    rbd.keyring ??= '/etc/ceph/keyring';
  }
  if (scaleIO !== undefined) {
    scaleIO.storageMode ??= 'ThinProvisioned';
    scaleIO.fsType ??= 'xfs';
  }
  if (azureDisk !== undefined) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
}

function applyProjectionDefaults(projection: VolumeProjection): void {
  if (projection.serviceAccountToken !== undefined) projection.serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS;
  applyFileDefaults(projection.downwardAPI?.items);
}

function applyFileDefaults(files: readonly DownwardAPIVolumeFile[] | undefined): void {
  for (const file of files ?? []) {
    if (file.fieldRef !== undefined) file.fieldRef.apiVersion ??= 'v1';
    if (file.resourceFieldRef !== undefined) file.resourceFieldRef.divisor ??= '0';
  }
}

function hasNoSource(volume: Volume): boolean {
  for (const member in volume) {
    if (member !== 'name') return false;
  }
  return true;
}
