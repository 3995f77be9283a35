import type {
  AzureDiskVolumeSource,
  CSIPersistentVolumeSource,
  CSIVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  ISCSIVolumeSource,
  PersistentVolumeSpec,
  QuobyteVolumeSource,
  SecretReference,
  Volume,
} from '../../../generated/core-v1.types';
import { invalid, notSupported, required, tooLong, type FieldError } from '../../../machinery/field-error';
import { dnsLabelProblems, dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { requireText, validateOneOf, validateRange } from './helpers';

/** Volume sources that pods and persistent volumes share: disks and file systems somewhere else. */
export type RemoteSources = Pick<Volume, RemoteSourceName> | Pick<PersistentVolumeSpec, RemoteSourceName>;

export type RemoteSourceName = Extract<keyof Volume, keyof PersistentVolumeSpec>;

/** Checks one source; `sources` holds it. `path` is the source's own. */
export type SourceCheck = (sources: RemoteSources, path: string, errors: FieldError[]) => void;

const MAX_DRIVER_NAME = 63;
const MAX_QUOBYTE_TENANT = 64;
const IQN = /iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+$/;
const EUI = /^eui.[A-Za-z0-9]{16}$/;
const NAA = /^naa.[A-Za-z0-9]{32}$/;
const CACHING_MODES: readonly string[] = ['None', 'ReadOnly', 'ReadWrite'];
const DISK_KINDS: readonly string[] = ['Dedicated', 'Managed', 'Shared'];
const MANAGED_DISK_URI =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const BLOB_DISK_URI = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

export const REMOTE_SOURCE_CHECKS: Readonly<Record<Exclude<RemoteSourceName, 'hostPath'>, SourceCheck>> = {
  awsElasticBlockStore({ awsElasticBlockStore: disk }, path, errors) {
    requireText(disk?.volumeID, `${path}.volumeID`, errors);
    validatePartition(disk?.partition, path, errors);
  },
  azureDisk: ({ azureDisk }, path, errors) => validateAzureDisk(azureDisk, path, errors),
  azureFile({ azureFile }, path, errors) {
    requireText(azureFile?.secretName, `${path}.secretName`, errors);
    requireText(azureFile?.shareName, `${path}.shareName`, errors);
    if (azureFile !== undefined && 'secretNamespace' in azureFile && azureFile.secretNamespace === '') {
      errors.push(required(`${path}.secretNamespace`));
    }
  },
  cephfs: ({ cephfs }, path, errors) => requireItems(cephfs?.monitors, `${path}.monitors`, errors),
  cinder({ cinder }, path, errors) {
    requireText(cinder?.volumeID, `${path}.volumeID`, errors);
    if (cinder?.secretRef !== undefined) requireText(cinder.secretRef.name, `${path}.secretRef.name`, errors);
  },
  csi: ({ csi }, path, errors) => validateCsi(csi ?? { driver: '' }, path, errors),
  fc: ({ fc }, path, errors) => validateFibreChannel(fc ?? {}, path, errors),
  flexVolume({ flexVolume }, path, errors) {
    requireText(flexVolume?.driver, `${path}.driver`, errors);
    for (const key of Object.keys(flexVolume?.options ?? {})) {
      const domain = `.${(key.split('/', 2).length === 2 ? (key.split('/')[0] ?? '') : key).toLowerCase()}`;
      if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io')) {
        errors.push(invalid(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'));
      }
    }
  },
  flocker: ({ flocker }, path, errors) => validateFlocker(flocker ?? {}, path, errors),
  gcePersistentDisk({ gcePersistentDisk: disk }, path, errors) {
    // Upstream's path says persistentDisk.
    const at = path.replace(/gcePersistentDisk$/, 'persistentDisk');
    requireText(disk?.pdName, `${at}.pdName`, errors);
    validatePartition(disk?.partition, at, errors);
  },
  glusterfs({ glusterfs }, path, errors) {
    requireText(glusterfs?.endpoints, `${path}.endpoints`, errors);
    requireText(glusterfs?.path, `${path}.path`, errors);
    if (glusterfs === undefined || !('endpointsNamespace' in glusterfs)) return;
    const namespace = glusterfs.endpointsNamespace ?? '';
    const at = `${path}.endpointsNamespace`;
    if (namespace !== '') pushInvalid(errors, at, namespace, dnsLabelProblems(namespace));
    else errors.push(invalid(at, '', 'if the endpointnamespace is set, it must be a valid namespace name'));
  },
  iscsi: ({ iscsi }, path, errors) => validateIscsi(iscsi, path, errors),
  nfs({ nfs }, path, errors) {
    const target = nfs?.path ?? '';
    requireText(nfs?.server, `${path}.server`, errors);
    requireText(target, `${path}.path`, errors);
    if (!target.startsWith('/')) errors.push(invalid(`${path}.path`, target, 'must be an absolute path'));
  },
  photonPersistentDisk: ({ photonPersistentDisk: disk }, path, errors) =>
    requireText(disk?.pdID, `${path}.pdID`, errors),
  portworxVolume: ({ portworxVolume }, path, errors) =>
    requireText(portworxVolume?.volumeID, `${path}.volumeID`, errors),
  quobyte: ({ quobyte }, path, errors) => validateQuobyte(quobyte, path, errors),
  rbd({ rbd }, path, errors) {
    requireItems(rbd?.monitors, `${path}.monitors`, errors);
    requireText(rbd?.image, `${path}.image`, errors);
  },
  scaleIO({ scaleIO }, path, errors) {
    requireText(scaleIO?.gateway, `${path}.gateway`, errors);
    requireText(scaleIO?.system, `${path}.system`, errors);
    requireText(scaleIO?.volumeName, `${path}.volumeName`, errors);
  },
  storageos({ storageos }, path, errors) {
    const { volumeName = '', volumeNamespace = '', secretRef } = storageos ?? {};
    if (volumeName === '') errors.push(required(`${path}.volumeName`));
    else pushInvalid(errors, `${path}.volumeName`, volumeName, dnsLabelProblems(volumeName));
    if (volumeNamespace !== '') {
      pushInvalid(errors, `${path}.volumeNamespace`, volumeNamespace, dnsLabelProblems(volumeNamespace));
    }
    if (secretRef !== undefined) requireText(secretRef.name, `${path}.secretRef.name`, errors);
  },
  vsphereVolume: ({ vsphereVolume }, path, errors) =>
    requireText(vsphereVolume?.volumePath, `${path}.volumePath`, errors),
};

function requireItems(items: readonly string[] | undefined, path: string, errors: FieldError[]): void {
  if (items === undefined || items.length === 0) errors.push(required(path));
}

function validatePartition(partition: number | undefined, path: string, errors: FieldError[]): void {
  if (partition !== undefined && (partition < 0 || partition > 255)) {
    errors.push(invalid(`${path}.partition`, partition, 'must be between 1 and 255, inclusive'));
  }
}

function validateAzureDisk(disk: AzureDiskVolumeSource | undefined, path: string, errors: FieldError[]): void {
  const { diskName = '', diskURI = '', cachingMode, kind } = disk ?? {};
  requireText(diskName, `${path}.diskName`, errors);
  requireText(diskURI, `${path}.diskURI`, errors);
  if (cachingMode !== undefined) validateOneOf(cachingMode, CACHING_MODES, `${path}.cachingMode`, errors);
  if (kind === undefined) return;
  validateOneOf(kind, DISK_KINDS, `${path}.kind`, errors);
  const [prefix, example] = kind === 'Managed' ? ['/subscriptions/', MANAGED_DISK_URI] : ['https://', BLOB_DISK_URI];
  if (!diskURI.startsWith(prefix)) errors.push(notSupported(`${path}.diskURI`, diskURI, [example]));
}

function validateCsi(csi: CSIVolumeSource | CSIPersistentVolumeSource, path: string, errors: FieldError[]): void {
  const { driver = '' } = csi as Partial<CSIVolumeSource>;
  requireText(driver, `${path}.driver`, errors);
  if (driver.length > MAX_DRIVER_NAME) errors.push(tooLong(`${path}.driver`, driver, MAX_DRIVER_NAME));
  pushInvalid(errors, `${path}.driver`, driver, dnsSubdomainProblems(driver.toLowerCase()));
  if (!('volumeHandle' in csi)) {
    const name = csi.nodePublishSecretRef?.name;
    if (csi.nodePublishSecretRef === undefined) return;
    if (name === undefined || name === '') errors.push(required(`${path}.nodePublishSecretRef.name`));
    else pushInvalid(errors, `${path}.name`, name, dnsSubdomainProblems(name));
    return;
  }
  requireText(csi.volumeHandle, `${path}.volumeHandle`, errors);
  validateSecretReference(csi.controllerPublishSecretRef, 'controllerPublishSecretRef', path, errors);
  validateSecretReference(csi.controllerExpandSecretRef, 'controllerExpandSecretRef', path, errors);
  validateSecretReference(csi.nodePublishSecretRef, 'nodePublishSecretRef', path, errors);
}

function validateSecretReference(
  reference: SecretReference | undefined,
  field: string,
  path: string,
  errors: FieldError[],
): void {
  if (reference === undefined) return;
  for (const part of ['name', 'namespace'] as const) {
    const text = reference[part] ?? '';
    if (text === '') errors.push(required(`${path}.${field}.${part}`));
    else pushInvalid(errors, `${path}.${part}`, text, dnsLabelProblems(text));
  }
}

function validateFibreChannel(fc: FCVolumeSource, path: string, errors: FieldError[]): void {
  const { targetWWNs = [], wwids = [], lun } = fc;
  const at = `${path}.targetWWNs`;
  if (targetWWNs.length === 0 && wwids.length === 0) {
    errors.push(required(at, 'must specify either targetWWNs or wwids, but not both'));
  }
  if (targetWWNs.length === 0) return;
  if (wwids.length > 0) {
    errors.push(invalid(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  }
  if (lun === undefined) errors.push(required(`${path}.lun`, 'lun is required if targetWWNs is specified'));
  else validateRange(lun, 0, 255, `${path}.lun`, errors);
}

function validateFlocker(flocker: FlockerVolumeSource, path: string, errors: FieldError[]): void {
  const { datasetName = '', datasetUUID = '' } = flocker;
  if (datasetName === '' && datasetUUID === '') {
    errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  }
  if (datasetName !== '' && datasetUUID !== '') {
    errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  }
  if (datasetName.includes('/')) errors.push(invalid(`${path}.datasetName`, datasetName, "must not contain '/'"));
}

function validateIscsi(
  iscsi: (Omit<ISCSIVolumeSource, 'secretRef'> & { readonly secretRef?: object }) | undefined,
  path: string,
  errors: FieldError[],
): void {
  const { targetPortal = '', iqn = '', lun = 0, initiatorName } = iscsi ?? {};
  requireText(targetPortal, `${path}.targetPortal`, errors);
  if (iqn === '') errors.push(required(`${path}.iqn`));
  else validateQualifiedName(iqn, `${path}.iqn`, errors);
  validateRange(lun, 0, 255, `${path}.lun`, errors);
  if ((iscsi?.chapAuthDiscovery === true || iscsi?.chapAuthSession === true) && iscsi.secretRef === undefined) {
    errors.push(required(`${path}.secretRef`));
  }
  if (initiatorName !== undefined) validateQualifiedName(initiatorName, `${path}.initiatorname`, errors);
}

function validateQualifiedName(name: string, path: string, errors: FieldError[]): void {
  const pattern = name.startsWith('iqn')
    ? IQN
    : name.startsWith('eui')
      ? EUI
      : name.startsWith('naa')
        ? NAA
        : undefined;
  if (pattern === undefined) errors.push(invalid(path, name, 'must be valid format starting with iqn, eui, or naa'));
  else if (!pattern.test(name)) errors.push(invalid(path, name, 'must be valid format'));
}

function validateQuobyte(quobyte: QuobyteVolumeSource | undefined, path: string, errors: FieldError[]): void {
  const { registry = '', tenant = '', volume = '' } = quobyte ?? {};
  const pairsText = 'must be a host:port pair or multiple pairs separated by commas';
  if (registry === '') errors.push(required(`${path}.registry`, pairsText));
  else if (tenant.length > MAX_QUOBYTE_TENANT) {
    errors.push(required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  } else {
    for (const pair of registry.split(',')) {
      if (!/^(?:\[[^\]]*\]|[^:]*):[^:]*$/.test(pair)) errors.push(invalid(`${path}.registry`, registry, pairsText));
    }
  }
  requireText(volume, `${path}.volume`, errors);
}
