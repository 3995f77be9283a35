import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, chown, copyFile, cp, mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { CommandInfoURI } from '@kubernetes-mesos/mesos';
import { request, interceptors, Agent, type Dispatcher } from 'undici';
import type { UserIds } from './users';

/** A URI that could not be brought into a sandbox. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  constructor(
    readonly uri: string,
    reason: string,
  ) {
    super(`Failed to fetch '${uri}': ${reason}`);
  }
}

export interface FetchOptions {
  readonly directory: string;
  /** Folder of files fetched with `cache`; kept between executors. */
  readonly cacheDirectory: string;
  /** Who owns what is fetched; absent: the agent's own user. */
  readonly user: UserIds | undefined;
  readonly signal: AbortSignal;
}

const MAX_REDIRECTS = 10;
/** A download that brings nothing for this long has failed, ms. */
const STALL_TIMEOUT_MS = 60_000;

/**
 * Brings one URI into a sandbox: http, https, `file:` and absolute paths. Executables get their x bits; archives are
 * unpacked with the system's tools unless `extract` is false.
 * @throws FetchError
 */
export async function fetchUri(uri: CommandInfoURI, options: FetchOptions): Promise<void> {
  const { directory, signal } = options;
  const name = uri.output_file ?? basename(uri.value);
  const target = join(directory, name);
  if (name === '' || relative(directory, target).startsWith('..') || isAbsolute(name)) {
    throw new FetchError(uri.value, `'${name}' is not a path inside the sandbox`);
  }
  try {
    await mkdir(dirname(target), { recursive: true });
    const extracts = uri.executable !== true && uri.extract !== false && unpackerOf(name, directory) !== undefined;
    const source = uri.cache === true ? await cached(uri.value, options) : undefined;
    // A cached archive is unpacked from the cache and does not land in the sandbox.
    if (source === undefined) await download(uri.value, target, signal);
    else if (!extracts) await copyFile(source, target);
    if (uri.executable === true) await chmod(target, 0o755);
    if (extracts) await unpack(source ?? target, name, directory, signal);
    if (options.user !== undefined && !(extracts && source !== undefined)) {
      await chown(target, options.user.uid, options.user.gid);
    }
  } catch (error) {
    if (error instanceof FetchError) throw error;
    throw new FetchError(uri.value, error instanceof Error ? error.message : String(error));
  }
}

async function cached(value: string, options: FetchOptions): Promise<string> {
  const key = createHash('sha256')
    .update(`${options.user?.uid ?? ''} ${value}`)
    .digest('hex');
  const path = join(options.cacheDirectory, key);
  if ((await stat(path).catch(() => undefined)) !== undefined) return path;
  await mkdir(options.cacheDirectory, { recursive: true });
  const partial = `${path}.${process.pid}.${Date.now()}`;
  await download(value, partial, options.signal);
  await rename(partial, path);
  return path;
}

async function download(value: string, target: string, signal: AbortSignal): Promise<void> {
  if (/^https?:/i.test(value)) {
    const dispatcher: Dispatcher = new Agent({ bodyTimeout: STALL_TIMEOUT_MS }).compose(
      interceptors.redirect({ maxRedirections: MAX_REDIRECTS }),
    );
    try {
      const { statusCode, body } = await request(value, { dispatcher, signal });
      if (statusCode !== 200) {
        await body.dump();
        throw new FetchError(value, `the server answered ${statusCode}`);
      }
      await pipeline(body, createWriteStream(target));
    } finally {
      await dispatcher.destroy();
    }
    return;
  }
  const path = /^file:/i.test(value) ? fileURLToPath(value) : value;
  if (!isAbsolute(path)) throw new FetchError(value, 'only http, https, file and absolute paths are supported');
  if ((await stat(path)).isDirectory()) await cp(path, target, { recursive: true });
  else await copyFile(path, target);
}

type Unpacker = (archive: string) => readonly [command: string, args: readonly string[]];

function unpackerOf(name: string, directory: string): Unpacker | undefined {
  if (/\.(tar|tgz|tar\.gz|tbz2|tar\.bz2|txz|tar\.xz)$/.test(name))
    return (file) => ['tar', ['-C', directory, '-xf', file]];
  if (name.endsWith('.zip')) return (file) => ['unzip', ['-o', '-q', '-d', directory, file]];
  if (name.endsWith('.gz')) {
    const plain = join(directory, name.slice(0, -'.gz'.length));
    return (file) => ['/bin/sh', ['-c', 'gunzip -c "$0" > "$1"', file, plain]];
  }
  return undefined;
}

async function unpack(archive: string, name: string, directory: string, signal: AbortSignal): Promise<void> {
  const unpacker = unpackerOf(name, directory);
  if (unpacker === undefined) return;
  const [command, args] = unpacker(archive);
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: ['ignore', 'ignore', 'pipe'], signal });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${String(code)}: ${errors.trim()}`));
    });
  });
}
