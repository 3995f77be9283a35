import type { Volume } from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { dnsLabelProblems, dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import type { KnownVolumes } from './mounts';
import { LOCAL_SOURCE_CHECKS, validateHostPath, type LocalSourceName } from './volume-sources-local';
import { REMOTE_SOURCE_CHECKS, type RemoteSourceName } from './volume-sources-remote';

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
/** Paths that upstream spells differently when it refuses a second source. */
const REFUSED_AS: Readonly<Partial<Record<SourceName, string>>> = { cephfs: 'cephFS' };
const MAX_ISCSI_NAME = 64;

/**
 * @param podName of the pod whose volumes they are; `undefined` in a template
 * @returns the volumes that may be mounted
 */
export function validateVolumes(
  volumes: readonly Volume[] | undefined,
  podName: string | undefined,
  path: string,
  errors: FieldError[],
): KnownVolumes {
  const known = new Map<string, Volume>();
  if (volumes === undefined) return known;
  const ownClaims = new Set(
    volumes.filter(({ ephemeral }) => ephemeral !== undefined).map(({ name }) => `${podName ?? ''}-${name}`),
  );
  for (const [index, volume] of volumes.entries()) {
    const at = `${path}[${index}]`;
    const faults: FieldError[] = [];
    const { name = '' } = volume as Partial<Volume>;
    validateSource(volume, podName, at, faults);
    if (name === '') faults.push(required(`${at}.name`));
    else pushInvalid(faults, `${at}.name`, name, dnsLabelProblems(name));
    if (known.has(name)) faults.push(duplicate(`${at}.name`, name));
    if (faults.length === 0) known.set(name, volume);
    else errors.push(...faults);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (podName !== undefined && claim !== undefined && ownClaims.has(claim)) {
      const detail = 'must not reference a PVC that gets created for an ephemeral volume';
      errors.push(invalid(`${at}.persistentVolumeClaim.claimName`, claim, detail));
    }
  }
  return known;
}

function validateSource(volume: Volume, podName: string | undefined, path: string, errors: FieldError[]): void {
  const names = sourcesOf(volume);
  const [first, ...others] = names;
  if (first === undefined) {
    errors.push(required(path, 'must specify a volume type'));
    return;
  }
  checkSource(volume, first, `${path}.${first}`, errors);
  for (const other of others) {
    errors.push(forbidden(`${path}.${REFUSED_AS[other] ?? other}`, 'may not specify more than 1 volume type'));
  }
  const { name = '' } = volume as Partial<Volume>;
  if (volume.iscsi?.initiatorName !== undefined && `${name}:${volume.iscsi.targetPortal}`.length > MAX_ISCSI_NAME) {
    const detail =
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
    errors.push(invalid(`${path}.name`, name, detail));
  }
  if (first === 'ephemeral' && podName !== undefined && podName !== '' && name !== '') {
    const claim = `${podName}-${name}`;
    for (const problem of dnsSubdomainProblems(claim)) {
      errors.push(invalid(`${path}.name`, name, `PVC name ${JSON.stringify(claim)}: ${problem}`));
    }
  }
}

/** The sources a volume has, in upstream's order. */
function sourcesOf(volume: Volume): SourceName[] {
  const names: SourceName[] = [];
  for (const member of Object.keys(volume)) {
    if (SOURCE_SET.has(member) && volume[member as SourceName] !== undefined) names.push(member as SourceName);
  }
  return names.length < 2 ? names : names.sort((a, b) => SOURCES.indexOf(a) - SOURCES.indexOf(b));
}

function checkSource(volume: Volume, name: SourceName, path: string, errors: FieldError[]): void {
  if (name === 'hostPath') validateHostPath(volume.hostPath, path, errors);
  else if (isLocal(name)) LOCAL_SOURCE_CHECKS[name](volume, path, errors);
  else REMOTE_SOURCE_CHECKS[name](volume, path, errors);
}

function isLocal(name: SourceName): name is LocalSourceName {
  return name in LOCAL_SOURCE_CHECKS;
}
