import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Mount } from '../runtime';

const run = promisify(execFile);

/**
 * How far a container's processes are kept apart from the host: `namespaces` gives them their own mounts (a writable
 * layer over the host's root, with the pod's volumes in it), pids, IPC and host name; `none` only their own session.
 */
export type Isolation = 'namespaces' | 'none';

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const UNSHARE = ['--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child', '--propagation', 'private'];

/** File descriptor on which a container's process 1 says that it has begun. */
export const READY_FD = 4;

/** Tries in `directory`, where the layers will be, whether this host and user can have namespaces. */
export async function detectIsolation(directory: string): Promise<Isolation> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'none';
  await mkdir(directory, { recursive: true });
  const trial = await mkdtemp(join(directory, 'isolation-'));
  try {
    const layer = { directory: trial, hostname: 'trial', mounts: [], files: new Map<string, string>() };
    const [program = '', ...args] = await isolatedCommand(layer, ['true']);
    await run(program, args, { timeout: 10_000, env: { PATH: SYSTEM_PATH } });
    return 'namespaces';
  } catch {
    return 'none';
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
}

export interface Layer {
  /** Gets `upper`, `work` and `root`. */
  readonly directory: string;
  readonly hostname: string;
  readonly mounts: readonly Mount[];
  /** Files of the host that stand in for others: path inside -> path on the host. */
  readonly files: ReadonlyMap<string, string>;
  readonly readOnlyRoot?: boolean;
  readonly workingDir?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * The command that runs `command` in namespaces of its own. The caller's environment becomes the container's; nothing of
 * it is in the arguments, where everybody could read it.
 */
export async function isolatedCommand(layer: Layer, command: readonly string[]): Promise<string[]> {
  const [upper, work, root] = ['upper', 'work', 'root'].map((name) => join(layer.directory, name));
  if (upper === undefined || work === undefined || root === undefined) throw new Error('unreachable');
  await Promise.all([upper, work, root].map((path) => mkdir(path, { recursive: true })));
  const lines = [
    'set -e',
    // The container's own PATH must not decide which `mount` is used.
    `km_path=\${PATH-}; PATH=${SYSTEM_PATH}`,
    `mount -t overlay overlay -o ${quote(`lowerdir=/,upperdir=${upper},workdir=${work}`)} ${quote(root)}`,
  ];
  for (const path of await hostMounts()) {
    lines.push(`mkdir -p ${quote(root + path)}`, `mount --rbind ${quote(path)} ${quote(root + path)}`);
  }
  lines.push(`mount -t proc proc ${quote(`${root}/proc`)}`);
  // Generated files are here, and the layer does not show what lies on another mount.
  lines.push(
    `mkdir -p ${quote(root + layer.directory)}`,
    `mount --bind ${quote(layer.directory)} ${quote(root + layer.directory)}`,
  );
  for (const [inside, outside] of layer.files) lines.push(...bindFile(root + inside, outside));
  for (const mount of layer.mounts) lines.push(...bind(root + mount.containerPath, mount));
  if (layer.readOnlyRoot === true) lines.push(`mount -o remount,ro ${quote(root)}`);
  lines.push(`hostname ${quote(layer.hostname)}`, 'PATH=$km_path', 'unset km_path');
  const change = `cd ${quote(layer.workingDir ?? '/')} || exit 126`;
  const user =
    layer.uid === undefined ? '' : `setpriv --reuid ${layer.uid} --regid ${layer.gid ?? layer.uid} --clear-groups -- `;
  lines.push(`exec /usr/sbin/chroot ${quote(root)} /bin/sh -c ${quote(`${change}\n${init(user)}`)} km-init "$@"`);
  return ['/usr/bin/unshare', ...UNSHARE, '/bin/sh', '-c', lines.join('\n'), 'km-setup', ...command];
}

/** The command that runs `command` in the namespaces of the process `pid`. */
export function enterCommand(pid: number, command: readonly string[], workingDir: string): string[] {
  const target = ['--target', String(pid), '--mount', '--uts', '--ipc', '--pid', '--root'];
  return ['/usr/bin/nsenter', ...target, '--', '/usr/bin/env', '-C', workingDir, ...command];
}

/** Process 1 of a container's namespaces, as the host numbers it; `undefined` when it has not begun or has ended. */
export async function firstProcess(unsharePid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${unsharePid}/task/${unsharePid}/children`, 'utf8').catch(() => '');
  const pid = Number(text.trim().split(/\s+/)[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/**
 * Process 1: starts the command as a child, hands SIGTERM on to it (the kernel would drop it for process 1), writes to
 * `READY_FD` once it can do so, and ends with the child's exit code, 128 + n for signal n. The trap comes after the child:
 * a child that still had the shell's trap, because it has not become the command yet, would lose the signal.
 */
function init(prefix: string): string {
  return [
    'exec 3<&0',
    `${prefix}"$@" <&3 3<&- ${READY_FD}>&- &`,
    'child=$!',
    `trap 'kill -TERM "$child" 2>/dev/null' TERM`,
    // The shell would report there how the child ended.
    'exec 3<&- 2>/dev/null',
    `[ ! -e /proc/self/fd/${READY_FD} ] || echo ready >&${READY_FD}`,
    `exec ${READY_FD}>&-`,
    'wait "$child"; code=$?',
    'while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done',
    'exit "$code"',
  ].join('\n');
}

function bind(target: string, mount: Mount): string[] {
  const source = quote(mount.hostPath);
  const lines = [
    `if [ -d ${source} ]; then mkdir -p ${quote(target)}; else mkdir -p ${quote(dirnameOf(target))}; [ -e ${quote(target)} ] || : > ${quote(target)}; fi`,
    `mount --bind ${source} ${quote(target)}`,
  ];
  if (mount.readOnly) lines.push(`mount -o remount,bind,ro ${quote(target)}`);
  return lines;
}

function bindFile(target: string, source: string): string[] {
  return [
    `mkdir -p ${quote(dirnameOf(target))}`,
    `[ -e ${quote(target)} ] || : > ${quote(target)}`,
    `mount --bind ${quote(source)} ${quote(target)}`,
  ];
}

function dirnameOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const NO_FILES: ReadonlySet<string> = new Set([
  'proc',
  'cgroup',
  'cgroup2',
  'devpts',
  'mqueue',
  'hugetlbfs',
  'debugfs',
  'tracefs',
  'securityfs',
  'pstore',
  'bpf',
  'configfs',
  'fusectl',
  'autofs',
  'binfmt_misc',
  'nsfs',
]);

/** Mounts below the root whose content a layer over `/` would not show; those inside others come along by themselves. */
async function hostMounts(): Promise<string[]> {
  const table = await readFile('/proc/self/mounts', 'utf8');
  const chosen: string[] = [];
  for (const line of table.split('\n')) {
    const [, path = '', type = ''] = line.split(' ');
    if (!path.startsWith('/') || path === '/' || path.includes('\\') || NO_FILES.has(type)) continue;
    if (path.startsWith('/proc/')) continue;
    if (path.startsWith('/var/lib/docker') || path.startsWith('/run/docker') || path.includes('/volumes/')) continue;
    if (!chosen.some((other) => path === other || path.startsWith(`${other}/`))) chosen.push(path);
  }
  return chosen;
}
