import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readFile, readlink, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

export interface VolumeFile {
  readonly content: Buffer;
  readonly mode: number;
}

const DATA = '..data';

/**
 * Makes `directory` hold exactly `files` so that a reader sees either all old or all new ones: they live in a fresh
 * directory, and one rename of the link `..data` switches over. Does nothing when the content is already so.
 */
export async function writeFilesAtomically(directory: string, files: ReadonlyMap<string, VolumeFile>): Promise<void> {
  await mkdir(directory, { recursive: true });
  const old = await readlink(join(directory, DATA)).catch(() => undefined);
  if (old !== undefined && (await same(join(directory, old), files))) return;
  const name = `..${Date.now()}_${randomBytes(4).toString('hex')}`;
  for (const [path, file] of files) {
    const target = join(directory, name, path);
    if (!target.startsWith(join(directory, name) + sep)) throw new Error(`path ${path} leaves the volume`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, file.content, { mode: file.mode });
  }
  await mkdir(join(directory, name), { recursive: true });
  await symlink(name, join(directory, `${name}.tmp`));
  await rename(join(directory, `${name}.tmp`), join(directory, DATA));
  await linkTopLevel(directory, new Set([...files.keys()].map((path) => path.split('/')[0] ?? path)));
  if (old !== undefined) await rm(join(directory, old), { recursive: true, force: true });
}

async function linkTopLevel(directory: string, names: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(directory)) {
    if (!entry.startsWith('..') && !names.has(entry))
      await rm(join(directory, entry), { recursive: true, force: true });
  }
  for (const name of names) {
    const existing = await lstat(join(directory, name)).catch(() => undefined);
    if (existing === undefined) await symlink(join(DATA, name), join(directory, name));
  }
}

async function same(directory: string, files: ReadonlyMap<string, VolumeFile>): Promise<boolean> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (found === undefined || found.filter((entry) => entry.isFile()).length !== files.size) return false;
  for (const [path, { content }] of files) {
    const present = await readFile(join(directory, path)).catch(() => undefined);
    if (present === undefined || !present.equals(content)) return false;
  }
  return true;
}
