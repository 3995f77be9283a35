import type {
  AzureDiskVolumeSource,
  CSIVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  PersistentVolumeSpec,
  QuobyteVolumeSource,
  Volume,
} from '../../../generated/core-v1.types';
import { invalid, notSupported, required, tooLong, type FieldError } from '../../../machinery/field-error';
import { child, keyed, type FieldPath } from '../../../machinery/field-path';
import { dnsLabelProblems, dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { requireText, validateOneOf, validateRange } from './helpers';
import { validateIscsi, validateQualifiedName } from './iscsi';

/** Volume sources that pods and persistent volumes share: disks and file systems somewhere else. */
export type RemoteSources = Pick<Volume, RemoteSourceName> | Pick<PersistentVolumeSpec, RemoteSourceName>;

export type RemoteSourceName = Extract<keyof Volume, keyof PersistentVolumeSpec>;

/** Checks one source; `sources` holds it. `path` is the source's own. */
export type SourceCheck = (sources: RemoteSources, path: FieldPath, errors: FieldError[]) => void;

const MAX_DRIVER_NAME = 63;
const MAX_QUOBYTE_TENANT = 64;
const CACHING_MODES: readonly string[] = ['None', 'ReadOnly', 'ReadWrite'];
const DISK_KINDS: readonly string[] = ['Dedicated', 'Managed', 'Shared'];
const MANAGED_DISK_URI =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const BLOB_DISK_URI = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

/** As pods have them; persistent volumes ask more of some. */
export const REMOTE_SOURCE_CHECKS: Readonly<Record<Exclude<RemoteSourceName, 'hostPath'>, SourceCheck>> = {
  awsElasticBlockStore({ awsElasticBlockStore: disk }, path, errors) {
    requireText(disk?.volumeID, child(path, 'volumeID'), errors);
    validatePartition(disk?.partition, path, errors);
  },
  azureDisk: ({ azureDisk }, path, errors) => validateAzureDisk(azureDisk, path, errors),
  azureFile({ azureFile }, path, errors) {
    requireText(azureFile?.secretName, child(path, 'secretName'), errors);
    requireText(azureFile?.shareName, child(path, 'shareName'), errors);
  },
  cephfs: ({ cephfs }, path, errors) => requireItems(cephfs?.monitors, child(path, 'monitors'), errors),
  cinder({ cinder }, path, errors) {
    requireText(cinder?.volumeID, child(path, 'volumeID'), errors);
    if (cinder?.secretRef !== undefined) requireText(cinder.secretRef.name, child(path, 'secretRef.name'), errors);
  },
  csi({ csi }, path, errors) {
    validateCsiDriver(csi?.driver, child(path, 'driver'), errors);
    const secret = (csi as CSIVolumeSource | undefined)?.nodePublishSecretRef;
    if (secret === undefined) return;
    const { name = '' } = secret;
    if (name === '') errors.push(required(child(path, 'nodePublishSecretRef.name')));
    else pushInvalid(errors, child(path, 'name'), name, dnsSubdomainProblems(name));
  },
  fc: ({ fc }, path, errors) => validateFibreChannel(fc ?? {}, path, errors),
  flexVolume({ flexVolume }, path, errors) {
    requireText(flexVolume?.driver, child(path, 'driver'), errors);
    for (const option of Object.keys(flexVolume?.options ?? {})) {
      const slash = option.indexOf('/');
      const domain = `.${(slash < 0 ? option : option.slice(0, slash)).toLowerCase()}`;
      if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io')) {
        const detail = 'kubernetes.io and k8s.io namespaces are reserved';
        errors.push(invalid(keyed(child(path, 'options'), option), option, detail));
      }
    }
  },
  flocker: ({ flocker }, path, errors) => validateFlocker(flocker ?? {}, path, errors),
  gcePersistentDisk({ gcePersistentDisk: disk }, path, errors) {
    requireText(disk?.pdName, child(path, 'pdName'), errors);
    validatePartition(disk?.partition, path, errors);
  },
  glusterfs({ glusterfs }, path, errors) {
    requireText(glusterfs?.endpoints, child(path, 'endpoints'), errors);
    requireText(glusterfs?.path, child(path, 'path'), errors);
  },
  iscsi({ iscsi = {} }, path, errors) {
    requireText(iscsi.targetPortal, child(path, 'targetPortal'), errors);
    validateQualifiedName(
      iscsi.iqn ?? '',
      child(path, 'iqn'),
      'must be valid format starting with iqn, eui, or naa',
      errors,
    );
    validateIscsi(iscsi, path, errors);
    const { initiatorName } = iscsi;
    if (initiatorName === undefined) return;
    validateQualifiedName(
      initiatorName,
      child(path, 'initiatorname'),
      'must be valid format starting with iqn, eui, or naa',
      errors,
    );
  },
  nfs({ nfs }, path, errors) {
    const target = nfs?.path ?? '';
    requireText(nfs?.server, child(path, 'server'), errors);
    requireText(target, child(path, 'path'), errors);
    if (!target.startsWith('/')) errors.push(invalid(child(path, 'path'), target, 'must be an absolute path'));
  },
  photonPersistentDisk: ({ photonPersistentDisk: disk }, path, errors) =>
    requireText(disk?.pdID, child(path, 'pdID'), errors),
  portworxVolume: ({ portworxVolume }, path, errors) =>
    requireText(portworxVolume?.volumeID, child(path, 'volumeID'), errors),
  quobyte: ({ quobyte }, path, errors) => validateQuobyte(quobyte, path, errors),
  rbd({ rbd }, path, errors) {
    requireItems(rbd?.monitors, child(path, 'monitors'), errors);
    requireText(rbd?.image, child(path, 'image'), errors);
  },
  scaleIO({ scaleIO }, path, errors) {
    requireText(scaleIO?.gateway, child(path, 'gateway'), errors);
    requireText(scaleIO?.system, child(path, 'system'), errors);
    requireText(scaleIO?.volumeName, child(path, 'volumeName'), errors);
  },
  storageos({ storageos }, path, errors) {
    const { volumeName = '', volumeNamespace = '', secretRef } = storageos ?? {};
    if (volumeName === '') errors.push(required(child(path, 'volumeName')));
    else pushInvalid(errors, child(path, 'volumeName'), volumeName, dnsLabelProblems(volumeName));
    if (volumeNamespace !== '') {
      pushInvalid(errors, child(path, 'volumeNamespace'), volumeNamespace, dnsLabelProblems(volumeNamespace));
    }
    if (secretRef !== undefined) requireText(secretRef.name, child(path, 'secretRef.name'), errors);
  },
  vsphereVolume: ({ vsphereVolume }, path, errors) =>
    requireText(vsphereVolume?.volumePath, child(path, 'volumePath'), errors),
};

export function validateCsiDriver(driver = '', path: FieldPath, errors: FieldError[]): void {
  requireText(driver, path, errors);
  if (driver.length > MAX_DRIVER_NAME) errors.push(tooLong(path, driver, MAX_DRIVER_NAME));
  pushInvalid(errors, path, driver, dnsSubdomainProblems(driver.toLowerCase()));
}

/** Paths that upstream spells differently from the field: of the source itself, and when it refuses a second one. */
export const SOURCE_PATHS: Readonly<Partial<Record<string, string>>> = { gcePersistentDisk: 'persistentDisk' };
export const REFUSED_SOURCE_PATHS: Readonly<Partial<Record<string, string>>> = {
  cephfs: 'cephFS',
  downwardAPI: 'downwarAPI',
};

function requireItems(items: readonly string[] | undefined, path: FieldPath, errors: FieldError[]): void {
  if (items === undefined || items.length === 0) errors.push(required(path));
}

function validatePartition(partition: number | undefined, path: FieldPath, errors: FieldError[]): void {
  if (partition !== undefined && (partition < 0 || partition > 255)) {
    errors.push(invalid(child(path, 'partition'), partition, 'must be between 1 and 255, inclusive'));
  }
}

function validateAzureDisk(disk: AzureDiskVolumeSource | undefined, path: FieldPath, errors: FieldError[]): void {
  const { diskName = '', diskURI = '', cachingMode, kind } = disk ?? {};
  requireText(diskName, child(path, 'diskName'), errors);
  requireText(diskURI, child(path, 'diskURI'), errors);
  if (cachingMode !== undefined) validateOneOf(cachingMode, CACHING_MODES, child(path, 'cachingMode'), errors);
  if (kind === undefined) return;
  validateOneOf(kind, DISK_KINDS, child(path, 'kind'), errors);
  const [prefix, example] = kind === 'Managed' ? ['/subscriptions/', MANAGED_DISK_URI] : ['https://', BLOB_DISK_URI];
  if (!diskURI.startsWith(prefix)) errors.push(notSupported(child(path, 'diskURI'), diskURI, [example]));
}

function validateFibreChannel(fc: FCVolumeSource, path: FieldPath, errors: FieldError[]): void {
  const { targetWWNs = [], wwids = [], lun } = fc;
  const at = child(path, 'targetWWNs');
  if (targetWWNs.length === 0 && wwids.length === 0) {
    errors.push(required(at, 'must specify either targetWWNs or wwids, but not both'));
  }
  if (targetWWNs.length === 0) return;
  if (wwids.length > 0) {
    errors.push(invalid(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  }
  if (lun === undefined) errors.push(required(child(path, 'lun'), 'lun is required if targetWWNs is specified'));
  else validateRange(lun, 0, 255, child(path, 'lun'), errors);
}

function validateFlocker(flocker: FlockerVolumeSource, path: FieldPath, errors: FieldError[]): void {
  const { datasetName = '', datasetUUID = '' } = flocker;
  if (datasetName === '' && datasetUUID === '') {
    errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  }
  if (datasetName !== '' && datasetUUID !== '') {
    errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  }
  if (datasetName.includes('/')) errors.push(invalid(child(path, 'datasetName'), datasetName, "must not contain '/'"));
}

function validateQuobyte(quobyte: QuobyteVolumeSource | undefined, path: FieldPath, errors: FieldError[]): void {
  const { registry = '', tenant = '', volume = '' } = quobyte ?? {};
  const pairsText = 'must be a host:port pair or multiple pairs separated by commas';
  if (registry === '') errors.push(required(child(path, 'registry'), pairsText));
  else if (tenant.length > MAX_QUOBYTE_TENANT) {
    errors.push(required(child(path, 'tenant'), 'must be a UUID and may not exceed a length of 64 characters'));
  } else {
    for (const pair of registry.split(',')) {
      if (!/^(?:\[[^\]]*\]|[^:]*):[^:]*$/.test(pair))
        errors.push(invalid(child(path, 'registry'), registry, pairsText));
    }
  }
  requireText(volume, child(path, 'volume'), errors);
}
