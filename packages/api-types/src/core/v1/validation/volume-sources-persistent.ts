import type {
  CSIPersistentVolumeSource,
  ISCSIPersistentVolumeSource,
  PersistentVolumeSpec,
  SecretReference,
} from '../../../generated/core-v1.types';
import { invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, type FieldPath } from '../../../machinery/field-path';
import { dnsLabelProblems, dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { requireText } from './helpers';
import { isPortalNameTooLong, LONG_PORTAL_TEXT, validateIscsi, validateQualifiedName } from './iscsi';
import { REMOTE_SOURCE_CHECKS, validateCsiDriver, type RemoteSourceName } from './volume-sources-remote';

/** Volume sources where a persistent volume asks for more than a pod does: it is in no namespace of its own. */

/** @param volumeName of the persistent volume */
export function validatePersistentSource(
  spec: PersistentVolumeSpec,
  source: Exclude<RemoteSourceName, 'hostPath'>,
  volumeName: string,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (source === 'iscsi') {
    validatePersistentIscsi(spec.iscsi ?? {}, volumeName, path, errors);
    return;
  }
  if (source === 'csi') {
    validatePersistentCsi(spec.csi ?? {}, path, errors);
    return;
  }
  REMOTE_SOURCE_CHECKS[source](spec, path, errors);
  if (source === 'azureFile') {
    if (spec.azureFile?.secretNamespace === '') errors.push(required(child(path, 'secretNamespace')));
  } else if (source === 'cinder' || source === 'storageos') {
    const secret = spec[source]?.secretRef;
    if (secret !== undefined) requireText(secret.namespace, child(path, 'secretRef.namespace'), errors);
  } else if (source === 'glusterfs') validateEndpointsNamespace(spec.glusterfs?.endpointsNamespace, path, errors);
}

function validateEndpointsNamespace(namespace: string | undefined, path: FieldPath, errors: FieldError[]): void {
  if (namespace === undefined) return;
  const at = child(path, 'endpointsNamespace');
  if (namespace !== '') pushInvalid(errors, at, namespace, dnsLabelProblems(namespace));
  else errors.push(invalid(at, '', 'if the endpointnamespace is set, it must be a valid namespace name'));
}

function validatePersistentIscsi(
  iscsi: Partial<ISCSIPersistentVolumeSource>,
  volumeName: string,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { targetPortal = '', iqn = '', initiatorName, secretRef } = iscsi;
  const formatText = 'must be valid format';
  requireText(targetPortal, child(path, 'targetPortal'), errors);
  if (isPortalNameTooLong(volumeName, iscsi)) {
    errors.push(invalid(child(path, 'targetportal'), targetPortal, LONG_PORTAL_TEXT));
  }
  validateQualifiedName(iqn, child(path, 'iqn'), formatText, errors);
  validateIscsi(iscsi, path, errors);
  if (secretRef !== undefined) requireText(secretRef.name, child(path, 'secretRef.name'), errors);
  if (initiatorName !== undefined) {
    validateQualifiedName(initiatorName, child(path, 'initiatorname'), formatText, errors);
  }
}

function validatePersistentCsi(csi: Partial<CSIPersistentVolumeSource>, path: FieldPath, errors: FieldError[]): void {
  validateCsiDriver(csi.driver, child(path, 'driver'), errors);
  requireText(csi.volumeHandle, child(path, 'volumeHandle'), errors);
  for (const field of [
    'controllerPublishSecretRef',
    'controllerExpandSecretRef',
    'nodePublishSecretRef',
    'nodeExpandSecretRef',
  ] as const) {
    if (csi[field] !== undefined) validateSecretReference(csi[field], child(path, field), errors);
  }
}

function validateSecretReference(reference: SecretReference, path: FieldPath, errors: FieldError[]): void {
  const { name = '', namespace = '' } = reference;
  if (name === '') errors.push(required(child(path, 'name')));
  else pushInvalid(errors, child(path, 'name'), name, dnsSubdomainProblems(name));
  if (namespace === '') errors.push(required(child(path, 'namespace')));
  else pushInvalid(errors, child(path, 'namespace'), namespace, dnsLabelProblems(namespace));
}
