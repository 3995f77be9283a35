import type { Volume } from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { dnsLabelProblems, dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { isPortalNameTooLong, LONG_PORTAL_TEXT } from './iscsi';
import type { KnownVolumes } from './mounts';
import { LOCAL_SOURCE_CHECKS, validateHostPath, type LocalSourceName } from './volume-sources-local';
import {
  REFUSED_SOURCE_PATHS,
  REMOTE_SOURCE_CHECKS,
  SOURCE_PATHS,
  type RemoteSourceName,
} from './volume-sources-remote';

type SourceName = LocalSourceName | RemoteSourceName;

/** In the order in which upstream looks at them: of several, the first is checked and the others are refused. */
const SOURCES: readonly SourceName[] = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
];
const SOURCE_SET: ReadonlySet<string> = new Set(SOURCES);
const NO_VOLUMES: KnownVolumes = new Map();

/**
 * @param podName of the pod whose volumes they are; `undefined` in a template
 * @returns the volumes that may be mounted
 */
export function validateVolumes(
  volumes: readonly Volume[] | undefined,
  podName: string | undefined,
  path: FieldPath,
  errors: FieldError[],
): KnownVolumes {
  if (volumes === undefined) return NO_VOLUMES;
  const known = new Map<string, Volume>();
  const ownClaims = claimsMadeFor(volumes, podName);
  for (const [index, volume] of volumes.entries()) {
    const at = element(path, index);
    const before = errors.length;
    const { name = '' } = volume as Partial<Volume>;
    validateSource(volume, podName, at, errors);
    if (name === '') errors.push(required(child(at, 'name')));
    else pushInvalid(errors, child(at, 'name'), name, dnsLabelProblems(name));
    if (known.has(name)) errors.push(duplicate(child(at, 'name'), name));
    if (errors.length === before) known.set(name, volume);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && ownClaims?.has(claim) === true) {
      const detail = 'must not reference a PVC that gets created for an ephemeral volume';
      errors.push(invalid(child(at, 'persistentVolumeClaim.claimName'), claim, detail));
    }
  }
  return known;
}

/** Claims that ephemeral volumes of the pod bring about; nearly no pod has any. */
function claimsMadeFor(volumes: readonly Volume[], podName = ''): ReadonlySet<string> | undefined {
  if (podName === '' || !volumes.some(({ ephemeral }) => ephemeral !== undefined)) return undefined;
  const own = volumes.filter(({ ephemeral }) => ephemeral !== undefined);
  return new Set(own.map(({ name }) => `${podName}-${name}`));
}

function validateSource(volume: Volume, podName: string | undefined, path: FieldPath, errors: FieldError[]): void {
  const [first, ...others] = sourcesOf(volume);
  if (first === undefined) {
    errors.push(required(path, 'must specify a volume type'));
    return;
  }
  checkSource(volume, first, child(path, SOURCE_PATHS[first] ?? first), errors);
  for (const other of others) {
    const at = child(path, REFUSED_SOURCE_PATHS[other] ?? other);
    errors.push(forbidden(at, 'may not specify more than 1 volume type'));
  }
  const { name = '' } = volume as Partial<Volume>;
  if (volume.iscsi !== undefined && isPortalNameTooLong(name, volume.iscsi)) {
    errors.push(invalid(child(path, 'name'), name, LONG_PORTAL_TEXT));
  }
  if (first === 'ephemeral' && podName !== undefined && podName !== '' && name !== '') {
    const claim = `${podName}-${name}`;
    for (const problem of dnsSubdomainProblems(claim)) {
      errors.push(invalid(child(path, 'name'), name, `PVC name ${JSON.stringify(claim)}: ${problem}`));
    }
  }
}

/** The sources a volume has, in upstream's order. */
function sourcesOf(volume: Volume): SourceName[] {
  const names: SourceName[] = [];
  for (const member in volume) {
    if (SOURCE_SET.has(member) && volume[member as SourceName] !== undefined) names.push(member as SourceName);
  }
  return names.length < 2 ? names : names.sort((a, b) => SOURCES.indexOf(a) - SOURCES.indexOf(b));
}

function checkSource(volume: Volume, name: SourceName, path: FieldPath, errors: FieldError[]): void {
  if (name === 'hostPath') validateHostPath(volume.hostPath, path, errors);
  else if (isLocal(name)) LOCAL_SOURCE_CHECKS[name](volume, path, errors);
  else REMOTE_SOURCE_CHECKS[name](volume, path, errors);
}

function isLocal(name: SourceName): name is LocalSourceName {
  return name in LOCAL_SOURCE_CHECKS;
}
