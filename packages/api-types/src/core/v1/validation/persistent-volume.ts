import { posix } from 'node:path';
import type { PersistentVolume, PersistentVolumeSpec } from '../../../generated/core-v1.types';
import { deepEqual } from '../../../machinery/deep-equal';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { parseQuantity } from '../../../machinery/quantity';
import { ACCESS_MODES, validatePositive, VOLUME_MODES } from './claim-spec';
import { validateNoBacksteps, validateOneOf } from './helpers';
import { validateNodeSelector } from './scheduling';
import { validateHostPath } from './volume-sources-local';
import { REMOTE_SOURCE_CHECKS, type RemoteSourceName } from './volume-sources-remote';

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

export function validatePersistentVolumeSpec(volume: PersistentVolume, errors: FieldError[]): void {
  const spec = volume.spec ?? {};
  const { accessModes = [], capacity = {}, persistentVolumeReclaimPolicy: policy, storageClassName = '' } = spec;
  if (accessModes.length === 0) errors.push(required('spec.accessModes'));
  for (const mode of accessModes) validateOneOf(mode, ACCESS_MODES, 'spec.accessModes', errors);
  validateCapacity(capacity, errors);
  if (policy !== undefined && policy !== '') {
    validateOneOf(policy, RECLAIM_POLICIES, 'spec.persistentVolumeReclaimPolicy', errors);
  }
  if (spec.nodeAffinity !== undefined) {
    const path = 'spec.nodeAffinity.required';
    if (spec.nodeAffinity.required === undefined) errors.push(required(path, 'must specify required node constraints'));
    else validateNodeSelector(spec.nodeAffinity.required, path, errors);
  }
  validateSources(spec, errors);
  if (spec.hostPath !== undefined && posix.normalize(spec.hostPath.path ?? '') === '/' && policy === 'Recycle') {
    const detail = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', detail));
  }
  if (storageClassName !== '') {
    pushInvalid(errors, 'spec.storageClassName', storageClassName, dnsSubdomainProblems(storageClassName));
  }
  if (spec.volumeMode !== undefined) validateOneOf(spec.volumeMode, VOLUME_MODES, 'spec.volumeMode', errors);
}

export function validatePersistentVolumeUpdate(
  volume: PersistentVolume,
  old: PersistentVolume,
  errors: FieldError[],
): void {
  validatePersistentVolumeSpec(volume, errors);
  const spec = volume.spec ?? {};
  const oldSpec = old.spec ?? {};
  if (
    SOURCES.some((source) => !deepEqual(spec[source], oldSpec[source]) && !isExpandSecretAdded(source, spec, oldSpec))
  ) {
    const detail = 'spec.persistentvolumesource is immutable after creation\n';
    errors.push(forbidden('spec.persistentvolumesource', detail));
  }
  if (spec.volumeMode !== oldSpec.volumeMode) {
    errors.push(invalid('volumeMode', spec.volumeMode ?? '', 'field is immutable'));
  }
  if (oldSpec.nodeAffinity !== undefined && !deepEqual(spec.nodeAffinity, oldSpec.nodeAffinity)) {
    errors.push(invalid('nodeAffinity', spec.nodeAffinity ?? null, 'field is immutable'));
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
    if (parseQuantity(amount).sign < 0) {
      errors.push(invalid(`spec.capacity[${name}]`, amount, 'must be a valid resource quantity'));
    }
    validatePositive(amount, `spec.capacity[${name}]`, errors);
  }
}

function goResourceList(list: Readonly<Record<string, string>>): string {
  if (Object.keys(list).length === 0) return 'core.ResourceList(nil)';
  const entries = Object.entries(list).map(([name, amount]) => `${JSON.stringify(name)}:${JSON.stringify(amount)}`);
  return `core.ResourceList{${entries.join(', ')}}`;
}

function validateSources(spec: PersistentVolumeSpec, errors: FieldError[]): void {
  const [first, ...others] = SOURCES.filter((source) => spec[source] !== undefined);
  if (first === undefined) {
    errors.push(required('spec', 'must specify a volume type'));
    return;
  }
  const path = `spec.${first}`;
  if (first === 'local') {
    const target = spec.local?.path ?? '';
    if (target === '') errors.push(required(`${path}.path`));
    else validateNoBacksteps(target, `${path}.path`, errors);
    if (spec.nodeAffinity === undefined) {
      errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
    }
  } else if (first === 'hostPath') validateHostPath(spec.hostPath, path, errors);
  else REMOTE_SOURCE_CHECKS[first](spec, path, errors);
  for (const other of others) {
    errors.push(forbidden(`spec.${other === 'cephfs' ? 'cephFS' : other}`, 'may not specify more than 1 volume type'));
  }
}
