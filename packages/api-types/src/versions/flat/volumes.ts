import type { InternalVolume } from '../shared/internal';
import { compact, count, flag, some, text, unlessEmpty } from '../shared/members';
import type { Decoded, Draft } from '../shape/shape';
import type { VOLUME } from './pod-shapes';

/** A volume without any source is an empty directory. */
export function volumeToInternal({ name, source }: Decoded<typeof VOLUME>, defaults: boolean): InternalVolume {
  const sources = compact<Omit<InternalVolume, 'name'>>({
    hostPath: some(source.hostDir, ({ path }) => ({ path })),
    emptyDir: some(source.emptyDir, ({ medium }) => compact<{ medium?: string }>({ medium: text(medium) })),
    gcePersistentDisk: some(source.persistentDisk, (disk) =>
      compact<NonNullable<InternalVolume['gcePersistentDisk']>>({
        pdName: disk.pdName,
        fsType: text(disk.fsType),
        partition: count(disk.partition),
        readOnly: flag(disk.readOnly),
      }),
    ),
    gitRepo: some(source.gitRepo, ({ repository, revision }) =>
      compact<NonNullable<InternalVolume['gitRepo']>>({ repository, revision: text(revision) }),
    ),
    secret: some(source.secret, ({ target }) => compact<{ secretName?: string }>({ secretName: text(target.name) })),
    nfs: some(source.nfs, ({ server, path, readOnly }) =>
      compact<NonNullable<InternalVolume['nfs']>>({ server, path, readOnly: flag(readOnly) }),
    ),
  });
  return { name, ...(unlessEmpty(sources) ?? (defaults ? { emptyDir: {} } : {})) };
}

export function volumeFromInternal(volume: InternalVolume): Draft<typeof VOLUME> {
  return {
    name: volume.name,
    source: {
      hostDir: volume.hostPath ?? null,
      emptyDir: volume.emptyDir ?? null,
      persistentDisk: volume.gcePersistentDisk ?? null,
      gitRepo: volume.gitRepo ?? null,
      secret: some(volume.secret, ({ secretName }) => ({ target: { name: secretName } })) ?? null,
      nfs: volume.nfs ?? null,
    },
  };
}
