import type { ISCSIPersistentVolumeSource, ISCSIVolumeSource } from '../../../generated/core-v1.types';
import { invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, type FieldPath } from '../../../machinery/field-path';
import { validateRange } from './helpers';

const IQN = /iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+$/;
const EUI = /^eui.[A-Za-z0-9]{16}$/;
const NAA = /^naa.[A-Za-z0-9]{32}$/;
/** Characters of the name of a volume and its portal, where an initiator is named after them. */
const MAX_PORTAL_NAME = 64;

export const LONG_PORTAL_TEXT =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

type IscsiSource = Partial<ISCSIVolumeSource | ISCSIPersistentVolumeSource>;

/** What sources of pods and of persistent volumes have in common, between the target's name and the initiator's. */
export function validateIscsi(iscsi: IscsiSource, path: FieldPath, errors: FieldError[]): void {
  validateRange(iscsi.lun ?? 0, 0, 255, child(path, 'lun'), errors);
  const needsSecret = iscsi.chapAuthDiscovery === true || iscsi.chapAuthSession === true;
  if (needsSecret && iscsi.secretRef === undefined) errors.push(required(child(path, 'secretRef')));
}

/** @param unknownText said of a name that is of no known kind */
export function validateQualifiedName(name: string, path: FieldPath, unknownText: string, errors: FieldError[]): void {
  if (name === '') {
    errors.push(required(path));
    return;
  }
  const pattern = name.startsWith('iqn')
    ? IQN
    : name.startsWith('eui')
      ? EUI
      : name.startsWith('naa')
        ? NAA
        : undefined;
  if (pattern === undefined) errors.push(invalid(path, name, unknownText));
  else if (!pattern.test(name)) errors.push(invalid(path, name, 'must be valid format'));
}

export function isPortalNameTooLong(volumeName: string, { initiatorName, targetPortal = '' }: IscsiSource): boolean {
  return initiatorName !== undefined && `${volumeName}:${targetPortal}`.length > MAX_PORTAL_NAME;
}
