import type { Container, Volume, VolumeDevice, VolumeMount } from '../../../generated/core-v1.types';
import { forbidden, invalid, notFound, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { hasBacksteps, requireText, validateDescendingPath, validateOneOf } from './helpers';

const PROPAGATIONS: readonly string[] = ['Bidirectional', 'HostToContainer', 'None'];
const READ_ONLY_MODES: readonly string[] = ['Disabled', 'Enabled', 'IfPossible'];

/** Volumes of a pod that are right, by name. */
export type KnownVolumes = ReadonlyMap<string, Volume>;

export function validateVolumeMounts(
  container: Container,
  volumes: KnownVolumes,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { volumeMounts: mounts, volumeDevices: devices } = container;
  if (mounts === undefined) return;
  const taken = new Set<string>();
  for (const [index, mount] of mounts.entries()) {
    const at = element(path, index);
    const { name = '', mountPath = '' } = mount as Partial<VolumeMount>;
    if (name === '') errors.push(required(child(at, 'name')));
    if (!volumes.has(name)) errors.push(notFound(child(at, 'name'), name));
    if (mountPath === '') errors.push(required(child(at, 'mountPath')));
    if (taken.has(mountPath)) errors.push(invalid(child(at, 'mountPath'), mountPath, 'must be unique'));
    taken.add(mountPath);
    if (devices?.some((device) => (device.name ?? '') === name) === true) {
      errors.push(invalid(child(at, 'name'), name, 'must not already exist in volumeDevices'));
    }
    if (devices?.some((device) => (device.devicePath ?? '') === mountPath) === true) {
      errors.push(invalid(child(at, 'mountPath'), mountPath, 'must not already exist as a path in volumeDevices'));
    }
    validateSubPath(mount, volumes.get(name), at, path, errors);
    if (mount.mountPropagation !== undefined) {
      validatePropagation(mount.mountPropagation, container, child(path, 'mountPropagation'), errors);
    }
    if (mount.recursiveReadOnly !== undefined) validateReadOnly(mount, child(path, 'recursiveReadOnly'), errors);
  }
}

export function validateVolumeDevices(
  container: Container,
  volumes: KnownVolumes,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { volumeDevices: devices, volumeMounts: mounts = [] } = container;
  if (devices === undefined) return;
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [index, device] of devices.entries()) {
    const { name = '', devicePath = '' } = device as Partial<VolumeDevice>;
    const atName = child(element(path, index), 'name');
    const atPath = child(element(path, index), 'devicePath');
    requireText(name, atName, errors);
    if (names.has(name)) errors.push(invalid(atName, name, 'must be unique'));
    const volume = volumes.get(name);
    if (volume === undefined) errors.push(notFound(atName, name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const detail = 'can only use volume source type of PersistentVolumeClaim for block mode';
      errors.push(invalid(atName, name, detail));
    }
    requireText(devicePath, atPath, errors);
    if (paths.has(devicePath)) errors.push(invalid(atPath, devicePath, 'must be unique'));
    if (hasBacksteps(devicePath)) errors.push(invalid(atPath, devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts.some((mount) => (mount.name ?? '') === name)) {
      errors.push(invalid(atName, name, 'must not already exist in volumeMounts'));
    }
    if (mounts.some((mount) => (mount.mountPath ?? '') === devicePath)) {
      errors.push(invalid(atPath, devicePath, 'must not already exist as a path in volumeMounts'));
    }
    if (name !== '') names.add(name);
  }
}

function validateSubPath(
  mount: VolumeMount,
  volume: Volume | undefined,
  at: FieldPath,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { subPath = '', subPathExpr = '' } = mount;
  if (volume?.image !== undefined) {
    const detail = 'not allowed in image volume sources';
    if (subPath !== '') errors.push(invalid(child(at, 'subPath'), subPath, detail));
    if (subPathExpr !== '') errors.push(invalid(child(at, 'subPathExpr'), subPathExpr, detail));
  }
  if (subPath !== '') validateDescendingPath(subPath, child(path, 'subPath'), errors);
  if (subPathExpr === '') return;
  if (subPath !== '') {
    errors.push(invalid(child(at, 'subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
  }
  validateDescendingPath(subPathExpr, child(path, 'subPathExpr'), errors);
}

function validatePropagation(mode: string, container: Container, path: FieldPath, errors: FieldError[]): void {
  validateOneOf(mode, PROPAGATIONS, path, errors);
  if (mode === 'Bidirectional' && container.securityContext?.privileged !== true) {
    errors.push(forbidden(path, 'Bidirectional mount propagation is available only to privileged containers'));
  }
}

function validateReadOnly(mount: VolumeMount, path: FieldPath, errors: FieldError[]): void {
  const { recursiveReadOnly: mode = '', readOnly, mountPropagation } = mount;
  if (mode === 'Disabled') return;
  if (!READ_ONLY_MODES.includes(mode)) {
    errors.push(notSupported(path, mode, READ_ONLY_MODES));
    return;
  }
  if (readOnly !== true) errors.push(forbidden(path, 'may only be specified when readOnly is true'));
  if (mountPropagation !== undefined && mountPropagation !== 'None') {
    errors.push(forbidden(path, 'may only be specified when mountPropagation is None or not specified'));
  }
}
