import type { InternalVolume } from '../shared/internal';
import type { Problems } from './errors';
import { dnsLabel } from './formats';

/** Volumes as release 0.14 knew them: exactly one source each. Answers the names that mounts may use. */
export function validateVolumes(problems: Problems, volumes: readonly InternalVolume[]): Set<string> {
  const names = new Set<string>();
  for (const [index, volume] of volumes.entries()) {
    const at = problems.at(`[${index}]`);
    const before = at.list.length;
    validateSource(at.at('source'), volume);
    if (volume.name === '') at.at('name').required();
    else if (!dnsLabel.accepts(volume.name)) at.at('name').invalid(volume.name, dnsLabel.detail);
    else if (names.has(volume.name)) at.at('name').duplicate(volume.name);
    if (at.list.length === before) names.add(volume.name);
  }
  return names;
}

/** Error paths name the sources as the first versions did (`persistentDisk`), whatever the version of the request. */
function validateSource(problems: Problems, volume: InternalVolume): void {
  const { hostPath, gitRepo, gcePersistentDisk, secret, nfs } = volume;
  const sources = Object.entries(volume).filter(([member]) => member !== 'name');
  if (hostPath?.path === '') problems.at('hostPath.path').required();
  if (gitRepo?.repository === '') problems.at('gitRepo.repository').required();
  if (gcePersistentDisk !== undefined) {
    const { pdName, fsType = '', partition = 0 } = gcePersistentDisk;
    const disk = problems.at('persistentDisk');
    if (pdName === '') disk.at('pdName').required();
    if (fsType === '') disk.at('fsType').required();
    if (partition < 0 || partition > 255) {
      disk.at('partition').invalid(partition, 'must be greater than 0 and less than 256');
    }
  }
  if (secret !== undefined && (secret.secretName ?? '') === '') problems.at('secret.secretName').required();
  if (nfs !== undefined) {
    const { server, path } = nfs;
    if (server === '') problems.at('nfs.server').required();
    if (path === '') problems.at('nfs.path').required();
    else if (!path.startsWith('/')) problems.at('nfs.path').invalid(path, 'must be an absolute path');
  }
  if (sources.length !== 1) problems.invalid(Object.fromEntries(sources), 'exactly 1 volume type is required');
}
