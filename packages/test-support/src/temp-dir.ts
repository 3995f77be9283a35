import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty directory of the caller's own; `dispose` deletes it with all it holds. */
export interface TempDir {
  readonly path: string;
  dispose(): Promise<void>;
}

export async function createTempDir(prefix = 'km-test-'): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  return { path, dispose: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Runs `body` with an empty directory and deletes it afterwards, also when `body` throws. */
export async function withTempDir<T>(body: (path: string) => Promise<T>): Promise<T> {
  const dir = await createTempDir();
  try {
    return await body(dir.path);
  } finally {
    await dir.dispose();
  }
}
