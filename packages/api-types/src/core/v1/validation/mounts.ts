import type { Container, Volume, VolumeDevice, VolumeMount } from '../../../generated/core-v1.types';
import { forbidden, invalid, notFound, required, type FieldError } from '../../../machinery/field-error';
import { hasBacksteps, requireText, validateDescendingPath, validateOneOf } from './helpers';

const PROPAGATIONS: readonly string[] = ['Bidirectional', 'HostToContainer', 'None'];

/** Volumes of a pod that are right, by name. */
export type KnownVolumes = ReadonlyMap<string, Volume>;

export function validateVolumeMounts(
  container: Container,
  volumes: KnownVolumes,
  path: string,
  errors: FieldError[],
): void {
  const { volumeMounts: mounts, volumeDevices: devices = [] } = container;
  if (mounts === undefined) return;
  const seen = new Set<string>();
  for (const [index, mount] of mounts.entries()) {
    const at = `${path}[${index}]`;
    const {
      name = '',
      mountPath = '',
      subPath = '',
      subPathExpr = '',
      mountPropagation,
    } = mount as Partial<VolumeMount>;
    if (name === '') errors.push(required(`${at}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name));
    if (mountPath === '') errors.push(required(`${at}.mountPath`));
    if (seen.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    seen.add(mountPath);
    if (devices.some((device) => device.name === name)) {
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'));
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      errors.push(invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'));
    }
    if (subPath !== '') validateDescendingPath(subPath, `${path}.subPath`, errors);
    if (subPathExpr !== '') {
      if (subPath !== '') {
        errors.push(invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      }
      validateDescendingPath(subPathExpr, `${path}.subPathExpr`, errors);
    }
    if (mountPropagation !== undefined) {
      validatePropagation(mountPropagation, container, `${path}.mountPropagation`, errors);
    }
  }
}

export function validateVolumeDevices(
  container: Container,
  volumes: KnownVolumes,
  path: string,
  errors: FieldError[],
): void {
  const { volumeDevices: devices, volumeMounts: mounts = [] } = container;
  if (devices === undefined) return;
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [index, device] of devices.entries()) {
    const { name = '', devicePath = '' } = device as Partial<VolumeDevice>;
    const atName = `${path}[${index}].name`;
    const atPath = `${path}[${index}].devicePath`;
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
    if (mounts.some((mount) => mount.name === name)) {
      errors.push(invalid(atName, name, 'must not already exist in volumeMounts'));
    }
    if (mounts.some((mount) => mount.mountPath === devicePath)) {
      errors.push(invalid(atPath, devicePath, 'must not already exist as a path in volumeMounts'));
    }
    if (name !== '') names.add(name);
  }
}

function validatePropagation(mode: string, container: Container, path: string, errors: FieldError[]): void {
  validateOneOf(mode, PROPAGATIONS, path, errors);
  if (mode === 'Bidirectional' && container.securityContext?.privileged !== true) {
    errors.push(forbidden(path, 'Bidirectional mount propagation is available only to privileged containers'));
  }
}
