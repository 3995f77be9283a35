import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { errorMessage, type Logger } from '@kubernetes-mesos/component-base';
import type { Container, Pod, Volume, VolumeProjection } from '../api/core-v1';
import type { ApiObjects } from '../node/api-objects';
import type { VolumeStore } from '../pods/collaborators';
import type { PodPlace } from '../pods/downward-api';
import { expand } from '../pods/expansion';
import type { Mount } from '../runtime/runtime';
import { writeFilesAtomically, type VolumeFile } from './atomic-files';
import { downwardFiles, keyFiles, VolumeError } from './projection';

export interface VolumeStoreOptions {
  /** Holds `pods/<uid>/volumes/...`. */
  readonly rootDir: string;
  readonly objects: ApiObjects;
  readonly place: (podIP: string) => PodPlace;
  readonly logger: Logger;
}

const run = promisify(execFile);
const DEFAULT_TOKEN_SECONDS = 3607;

/** Volumes as directories of the host: empty ones, the host's own, and files made from API objects. */
export class HostVolumeStore implements VolumeStore {
  readonly #options: VolumeStoreOptions;

  constructor(options: VolumeStoreOptions) {
    this.#options = options;
  }

  async prepare(pod: Pod, podIP: string): Promise<void> {
    for (const volume of pod.spec.volumes ?? []) {
      try {
        await this.#prepare(pod, volume, podIP);
      } catch (error) {
        if (error instanceof VolumeError) {
          throw new VolumeError(
            `MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${error.message}`,
          );
        }
        throw error;
      }
    }
  }

  async mounts(pod: Pod, container: Container, environment: ReadonlyMap<string, string>): Promise<Mount[]> {
    const mounts: Mount[] = [];
    for (const mount of container.volumeMounts ?? []) {
      const volume = pod.spec.volumes?.find(({ name }) => name === mount.name);
      if (volume === undefined)
        throw new VolumeError(`container ${container.name} mounts an unknown volume ${mount.name}`);
      const base = this.#path(pod, volume);
      const subPath =
        mount.subPathExpr === undefined || mount.subPathExpr === ''
          ? (mount.subPath ?? '')
          : expand(mount.subPathExpr, (name) => environment.get(name));
      const hostPath = resolve(base, subPath);
      if (hostPath !== resolve(base) && !hostPath.startsWith(resolve(base) + sep)) {
        throw new VolumeError(`subPath ${subPath} of volume ${mount.name} leaves the volume`);
      }
      if (subPath !== '' && (await stat(hostPath).catch(() => undefined)) === undefined) {
        await mkdir(hostPath, { recursive: true });
      }
      const readOnly = mount.readOnly === true || volume.secret !== undefined || volume.configMap !== undefined;
      mounts.push({ name: mount.name, hostPath, containerPath: mount.mountPath, readOnly });
    }
    return mounts;
  }

  async refresh(pod: Pod, podIP: string): Promise<void> {
    for (const volume of pod.spec.volumes ?? []) {
      if (volume.emptyDir === undefined && volume.hostPath === undefined) await this.#prepare(pod, volume, podIP);
    }
  }

  async remove(podUid: string): Promise<void> {
    const directory = join(this.#options.rootDir, 'pods', podUid);
    await unmountBelow(join(directory, 'volumes'));
    await rm(directory, { recursive: true, force: true });
  }

  async #prepare(pod: Pod, volume: Volume, podIP: string): Promise<void> {
    const path = this.#path(pod, volume);
    if (volume.hostPath !== undefined) {
      await prepareHostPath(volume.hostPath.path, volume.hostPath.type ?? '');
      return;
    }
    const files = await this.#files(pod, volume, podIP);
    if (files !== undefined) {
      await writeFilesAtomically(path, files);
      return;
    }
    await mkdir(path, { recursive: true });
    await chmod(path, 0o777);
    if (volume.emptyDir?.medium === 'Memory') await this.#mountMemory(path, volume.emptyDir.sizeLimit);
    const group = pod.spec.securityContext?.fsGroup;
    if (group !== undefined && process.getuid?.() === 0) {
      await chown(path, 0, group);
      await chmod(path, 0o2777);
    }
  }

  async #files(pod: Pod, volume: Volume, podIP: string): Promise<ReadonlyMap<string, VolumeFile> | undefined> {
    const { objects, place } = this.#options;
    const namespace = pod.metadata.namespace ?? 'default';
    if (volume.secret !== undefined) {
      const { secretName = '', items, defaultMode, optional } = volume.secret;
      const object = await objects.secret(namespace, secretName);
      return keyFiles('secret', secretName, object, given({ items, mode: defaultMode, optional }));
    }
    if (volume.configMap !== undefined) {
      const { name = '', items, defaultMode, optional } = volume.configMap;
      const object = await objects.configMap(namespace, name);
      return keyFiles('configmap', name, object, given({ items, mode: defaultMode, optional }));
    }
    if (volume.downwardAPI !== undefined) {
      return downwardFiles(pod, volume.downwardAPI.items ?? [], place(podIP), volume.downwardAPI.defaultMode);
    }
    if (volume.projected !== undefined) {
      const files = new Map<string, VolumeFile>();
      for (const source of volume.projected.sources ?? []) {
        for (const [path, file] of await this.#projected(pod, source, volume.projected.defaultMode, podIP)) {
          files.set(path, file);
        }
      }
      return files;
    }
    if (volume.emptyDir !== undefined || Object.keys(volume).length === 1) return undefined;
    const kinds = Object.keys(volume).filter((key) => key !== 'name');
    throw new VolumeError(`volumes of kind ${kinds.join(', ')} are not supported by this node`);
  }

  async #projected(
    pod: Pod,
    source: VolumeProjection,
    mode: number | undefined,
    podIP: string,
  ): Promise<ReadonlyMap<string, VolumeFile>> {
    const { objects, place } = this.#options;
    const namespace = pod.metadata.namespace ?? 'default';
    if (source.secret !== undefined) {
      const { name = '', items, optional } = source.secret;
      return keyFiles('secret', name, await objects.secret(namespace, name), given({ items, mode, optional }));
    }
    if (source.configMap !== undefined) {
      const { name = '', items, optional } = source.configMap;
      return keyFiles('configmap', name, await objects.configMap(namespace, name), given({ items, mode, optional }));
    }
    if (source.downwardAPI !== undefined) return downwardFiles(pod, source.downwardAPI.items ?? [], place(podIP), mode);
    if (source.serviceAccountToken !== undefined) {
      const { audience, expirationSeconds = DEFAULT_TOKEN_SECONDS, path } = source.serviceAccountToken;
      const token = await objects.token(namespace, pod.spec.serviceAccountName ?? 'default', {
        expirationSeconds,
        pod,
        ...(audience === undefined ? {} : { audience }),
      });
      return new Map([[path, { content: Buffer.from(token), mode: mode ?? 0o644 }]]);
    }
    throw new VolumeError('a projected source of an unknown kind is not supported by this node');
  }

  #path(pod: Pod, volume: Volume): string {
    if (volume.hostPath !== undefined) return volume.hostPath.path;
    return join(this.#options.rootDir, 'pods', pod.metadata.uid ?? '', 'volumes', volume.name);
  }

  async #mountMemory(path: string, sizeLimit: string | undefined): Promise<void> {
    if (await isMountPoint(path)) return;
    const size =
      sizeLimit === undefined || !/^\d+[KMG]i$/.test(sizeLimit) ? [] : ['-o', `size=${sizeLimit.slice(0, -1)}`];
    try {
      await run('mount', ['-t', 'tmpfs', ...size, 'tmpfs', path]);
      await chmod(path, 0o777);
    } catch (error) {
      this.#options.logger.warn('memory volume is on disk: tmpfs cannot be mounted', {
        path,
        error: errorMessage(error),
      });
    }
  }
}

async function prepareHostPath(path: string, type: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (type === 'DirectoryOrCreate' || (type === '' && found === undefined)) {
    await mkdir(path, { recursive: true });
  } else if (type === 'FileOrCreate' && found === undefined) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '', { flag: 'a' });
  } else if (found === undefined) {
    throw new VolumeError(`hostPath type check failed: ${path} does not exist`);
  } else if (type === 'Directory' && !found.isDirectory()) {
    throw new VolumeError(`hostPath type check failed: ${path} is not a directory`);
  } else if (type === 'File' && !found.isFile()) {
    throw new VolumeError(`hostPath type check failed: ${path} is not a file`);
  } else if (type === 'Socket' && !found.isSocket()) {
    throw new VolumeError(`hostPath type check failed: ${path} is not a socket file`);
  }
}

async function mountPoints(): Promise<string[]> {
  const table = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
  return table.split('\n').map((line) => line.split(' ')[1] ?? '');
}

async function isMountPoint(path: string): Promise<boolean> {
  return (await mountPoints()).includes(path);
}

async function unmountBelow(directory: string): Promise<void> {
  for (const path of await mountPoints()) {
    if (path.startsWith(directory + sep)) await run('umount', ['-l', path]);
  }
}

/** Drops what is not given, for options whose members may only be absent. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const result: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key of Object.keys(options) as (keyof T)[]) {
    const value = options[key];
    if (value !== undefined) result[key] = value as Exclude<T[typeof key], undefined>;
  }
  return result;
}
