import { posix } from 'node:path';
import type { PersistentVolume, PersistentVolumeSpec } from '../../../generated/core-v1.types';
import { deepEqual } from '../../../machinery/deep-equal';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateAccessModes, validateNotNegative, validatePositive, VOLUME_MODES } from './claim-spec';
import { validateNoBacksteps, validateOneOf } from './helpers';
import { validateNodeSelector } from './node-selectors';
import { validateHostPath } from './volume-sources-local';
import { validatePersistentSource } from './volume-sources-persistent';
import { REFUSED_SOURCE_PATHS, SOURCE_PATHS, type RemoteSourceName } from './volume-sources-remote';

const RECLAIM_POLICIES: readonly string[] = ['Delete', 'Recycle', 'Retain'];

/** In the order in which upstream looks at them. */
const SOURCES: readonly (RemoteSourceName | 'local')[] = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
];

/** Sources that can be mounted with options of one's own. */
const WITH_MOUNT_OPTIONS: readonly RemoteSourceName[] = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
];
const MOUNT_OPTIONS_ANNOTATION = 'volume.beta.kubernetes.io/mount-options';

export function validatePersistentVolumeSpec(volume: PersistentVolume, errors: FieldError[]): void {
  const spec = volume.spec ?? {};
  const { accessModes = [], capacity = {}, persistentVolumeReclaimPolicy: policy, storageClassName = '' } = spec;
  if (accessModes.length === 0) errors.push(required('spec.accessModes'));
  validateAccessModes(accessModes, 'spec.accessModes', errors);
  validateCapacity(capacity, errors);
  if (policy !== undefined && policy !== '') {
    validateOneOf(policy, RECLAIM_POLICIES, 'spec.persistentVolumeReclaimPolicy', errors);
  }
  if (spec.nodeAffinity !== undefined) {
    const path = 'spec.nodeAffinity.required';
    if (spec.nodeAffinity.required === undefined) errors.push(required(path, 'must specify required node constraints'));
    else validateNodeSelector(spec.nodeAffinity.required, path, errors);
  }
  validateSources(spec, volume.metadata.name ?? '', errors);
  if (spec.hostPath !== undefined && posix.normalize(spec.hostPath.path ?? '') === '/' && policy === 'Recycle') {
    const detail = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', detail));
  }
  if (storageClassName !== '') {
    pushInvalid(errors, 'spec.storageClassName', storageClassName, dnsSubdomainProblems(storageClassName));
  }
  if (spec.volumeMode !== undefined) validateOneOf(spec.volumeMode, VOLUME_MODES, 'spec.volumeMode', errors);
  validateAttributesClass(spec, errors);
  validateMountOptions(volume, errors);
}

export function validatePersistentVolumeUpdate(
  volume: PersistentVolume,
  old: PersistentVolume,
  errors: FieldError[],
): void {
  const spec = volume.spec ?? {};
  const oldSpec = old.spec ?? {};
  if (
    SOURCES.some((source) => !deepEqual(spec[source], oldSpec[source]) && !isExpandSecretAdded(source, spec, oldSpec))
  ) {
    const detail = 'spec.persistentvolumesource is immutable after creation\n';
    errors.push(forbidden('spec.persistentvolumesource', detail));
  }
  if (spec.volumeMode !== oldSpec.volumeMode) {
    errors.push(invalid('volumeMode', spec.volumeMode, 'field is immutable'));
  }
  if (oldSpec.nodeAffinity !== undefined && !deepEqual(spec.nodeAffinity, oldSpec.nodeAffinity)) {
    errors.push(invalid('nodeAffinity', spec.nodeAffinity, 'field is immutable'));
  }
}

/** The one thing that may be added to a source: the secret for expanding it. */
function isExpandSecretAdded(source: string, spec: PersistentVolumeSpec, old: PersistentVolumeSpec): boolean {
  if (source !== 'csi' || spec.csi === undefined || old.csi === undefined) return false;
  if (old.csi.controllerExpandSecretRef !== undefined) return false;
  const rest = { ...spec.csi };
  delete rest.controllerExpandSecretRef;
  return deepEqual(rest, old.csi);
}

function validateCapacity(capacity: Readonly<Record<string, string>>, errors: FieldError[]): void {
  const names = Object.keys(capacity);
  if (names.length === 0) errors.push(required('spec.capacity'));
  if (names.length !== 1 || names[0] !== 'storage') {
    errors.push(notSupported('spec.capacity', capacity, ['storage'], goResourceList(capacity)));
  }
  for (const [name, amount] of Object.entries(capacity)) {
    validateNotNegative(amount, `spec.capacity[${name}]`, errors);
    validatePositive(amount, `spec.capacity[${name}]`, errors);
  }
}

function goResourceList(list: Readonly<Record<string, string>>): string {
  if (Object.keys(list).length === 0) return 'core.ResourceList(nil)';
  const entries = Object.entries(list).map(([name, amount]) => `${JSON.stringify(name)}:${JSON.stringify(amount)}`);
  return `core.ResourceList{${entries.join(', ')}}`;
}

function validateSources(spec: PersistentVolumeSpec, volumeName: string, errors: FieldError[]): void {
  const [first, ...others] = SOURCES.filter((source) => spec[source] !== undefined);
  if (first === undefined) {
    errors.push(required('spec', 'must specify a volume type'));
    return;
  }
  validateSource(spec, first, volumeName, errors);
  for (const other of others) {
    // Upstream looks at a flex volume whether or not it is the first.
    if (other === 'flexVolume') validateSource(spec, other, volumeName, errors);
    else
      errors.push(forbidden(`spec.${REFUSED_SOURCE_PATHS[other] ?? other}`, 'may not specify more than 1 volume type'));
  }
}

function validateSource(
  spec: PersistentVolumeSpec,
  source: RemoteSourceName | 'local',
  volumeName: string,
  errors: FieldError[],
): void {
  const path = `spec.${SOURCE_PATHS[source] ?? source}`;
  if (source === 'local') {
    const target = spec.local?.path ?? '';
    if (target === '') errors.push(required(`${path}.path`));
    else validateNoBacksteps(target, `${path}.path`, errors);
    if (spec.nodeAffinity === undefined) {
      errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
    }
  } else if (source === 'hostPath') validateHostPath(spec.hostPath, path, errors);
  else validatePersistentSource(spec, source, volumeName, path, errors);
}

function validateAttributesClass(spec: PersistentVolumeSpec, errors: FieldError[]): void {
  const { volumeAttributesClassName: name } = spec;
  if (name === undefined) return;
  const path = 'spec.volumeAttributesClassName';
  if (name === '') errors.push(required(path, 'an empty string is disallowed'));
  else pushInvalid(errors, path, name, dnsSubdomainProblems(name));
  if (spec.csi === undefined) {
    errors.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'));
  }
}

/** The annotation that came before the field; kinds of volumes that cannot heed it refuse it. */
function validateMountOptions({ metadata, spec }: PersistentVolume, errors: FieldError[]): void {
  if (metadata.annotations?.[MOUNT_OPTIONS_ANNOTATION] === undefined) return;
  if (WITH_MOUNT_OPTIONS.some((source) => spec?.[source] !== undefined)) return;
  const path = `metadata.annotations.${MOUNT_OPTIONS_ANNOTATION}`;
  errors.push(forbidden(path, 'may not specify mount options for this volume type'));
}
