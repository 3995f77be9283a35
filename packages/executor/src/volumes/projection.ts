import type { ConfigMap, DownwardAPIFile, KeyToPath, Pod, Secret } from '../api/core-v1';
import { fieldValue, resourceValue, type PodPlace } from '../pods/downward-api';
import type { VolumeFile } from './atomic-files';

/** A volume cannot be made as the pod says; shown as a FailedMount event. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
}

export const DEFAULT_FILE_MODE = 0o644;

/** Files of a config map or secret: all its keys, or the chosen ones. Pure. @throws VolumeError */
export function keyFiles(
  kind: 'configmap' | 'secret',
  name: string,
  object: ConfigMap | Secret | undefined,
  options: { readonly items?: readonly KeyToPath[]; readonly mode?: number; readonly optional?: boolean },
): Map<string, VolumeFile> {
  const files = new Map<string, VolumeFile>();
  const mode = options.mode ?? DEFAULT_FILE_MODE;
  if (object === undefined) {
    if (options.optional === true) return files;
    throw new VolumeError(`${kind} ${JSON.stringify(name)} not found`);
  }
  const data = new Map<string, Buffer>();
  for (const [key, value] of Object.entries(object.data ?? {})) {
    data.set(key, kind === 'secret' ? Buffer.from(value, 'base64') : Buffer.from(value, 'utf8'));
  }
  if ('binaryData' in object) {
    for (const [key, value] of Object.entries(object.binaryData ?? {})) data.set(key, Buffer.from(value, 'base64'));
  }
  if (options.items === undefined || options.items.length === 0) {
    for (const [key, content] of data) files.set(key, { content, mode });
    return files;
  }
  for (const item of options.items) {
    const content = data.get(item.key);
    if (content !== undefined) files.set(item.path, { content, mode: item.mode ?? mode });
    else if (options.optional !== true) {
      throw new VolumeError(`references non-existent ${kind} key: ${item.key}`);
    }
  }
  return files;
}

/** Files of the downward API. Pure. @throws VolumeError */
export function downwardFiles(
  pod: Pod,
  items: readonly DownwardAPIFile[],
  place: PodPlace,
  mode: number = DEFAULT_FILE_MODE,
): Map<string, VolumeFile> {
  const files = new Map<string, VolumeFile>();
  for (const item of items) {
    const value =
      item.fieldRef === undefined ? limitOf(pod, item, place) : fieldValue(pod, item.fieldRef.fieldPath, place);
    if (value === undefined) throw new VolumeError(`downward API: nothing known for the file ${item.path}`);
    files.set(item.path, { content: Buffer.from(value, 'utf8'), mode: item.mode ?? mode });
  }
  return files;
}

function limitOf(pod: Pod, item: DownwardAPIFile, place: PodPlace): string | undefined {
  const ref = item.resourceFieldRef;
  const container = pod.spec.containers.find(({ name }) => name === ref?.containerName);
  return ref === undefined || container === undefined ? undefined : resourceValue(container, ref, place);
}
