import {
  matchesLabels,
  parseQuantity,
  type LabelQuery,
  type LabelRequirement,
  type LabelSelector,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Quantity,
} from '@kubernetes-mesos/api-types';

/** What both name their class with where the field is not used. */
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/**
 * The volume for a claim: one that was bound to it beforehand, else the smallest that is large enough among those
 * that offer the fewest access modes beyond what is asked for. Names decide between equals.
 */
export function findVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
): PersistentVolume | undefined {
  const requested = requestOf(claim);
  const selector = claim.spec?.selector === undefined ? undefined : labelQuery(claim.spec.selector);
  let best: { readonly volume: PersistentVolume; readonly size: Quantity; readonly modes: number } | undefined;
  for (const volume of volumes) {
    if (!offersModes(volume, claim) || volumeModeOf(volume) !== volumeModeOf(claim)) continue;
    if (volume.metadata.deletionTimestamp !== undefined) continue;
    const size = capacityOf(volume);
    if (size === undefined || size.compare(requested) < 0) continue;
    if (isBoundTo(volume, claim)) return volume;
    if (volume.spec?.claimRef !== undefined || volume.status?.phase !== 'Available') continue;
    if (classOf(volume) !== classOf(claim)) continue;
    if (selector !== undefined && !matchesLabels(selector, volume.metadata.labels)) continue;
    const modes = volume.spec?.accessModes?.length ?? 0;
    const order =
      best === undefined
        ? -1
        : modes - best.modes || size.compare(best.size) || (nameOf(volume) < nameOf(best.volume) ? -1 : 1);
    if (order < 0) best = { volume, size, modes };
  }
  return best?.volume;
}

/** Why the volume that a claim names cannot serve it; `undefined` when it can. Upstream's words. */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  const size = capacityOf(volume);
  if (size === undefined || size.compare(requestOf(claim)) < 0) return 'requested PV is too small';
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if (volumeModeOf(volume) !== volumeModeOf(claim)) return 'incompatible volumeMode';
  if (!offersModes(volume, claim)) return 'incompatible accessMode';
  return undefined;
}

/** The volume names this very claim; one that was written down by hand has no uid yet. */
export function isBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const reference = volume.spec?.claimRef;
  if (reference === undefined) return false;
  const { name, namespace, uid } = claim.metadata;
  if (reference.name !== name || reference.namespace !== namespace) return false;
  return (reference.uid ?? '') === '' || reference.uid === uid;
}

export function classOf({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string {
  return metadata.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '';
}

export function volumeModeOf({ spec }: PersistentVolume | PersistentVolumeClaim): string {
  return spec?.volumeMode ?? 'Filesystem';
}

function offersModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const offered = volume.spec?.accessModes ?? [];
  return (claim.spec?.accessModes ?? []).every((mode) => offered.includes(mode));
}

function requestOf(claim: PersistentVolumeClaim): Quantity {
  return parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '0');
}

function capacityOf(volume: PersistentVolume): Quantity | undefined {
  const text = volume.spec?.capacity?.['storage'];
  return text === undefined ? undefined : parseQuantity(text);
}

function nameOf(volume: PersistentVolume): string {
  return volume.metadata.name ?? '';
}

function labelQuery({ matchLabels = {}, matchExpressions = [] }: LabelSelector): LabelQuery {
  const requirements: LabelRequirement[] = Object.entries(matchLabels).map(([key, value]) => ({
    operator: 'in',
    key,
    values: [value],
  }));
  for (const { key, operator, values = [] } of matchExpressions) requirements.push(requirement(key, operator, values));
  return { requirements };
}

/** Validation lets no other operator through; one that came all the same matches nothing. */
function requirement(key: string, operator: string, values: string[]): LabelRequirement {
  switch (operator) {
    case 'NotIn':
      return { operator: 'notin', key, values };
    case 'Exists':
      return { operator: 'exists', key };
    case 'DoesNotExist':
      return { operator: 'doesNotExist', key };
    default:
      return { operator: 'in', key, values: operator === 'In' ? values : [] };
  }
}
