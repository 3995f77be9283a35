import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { chown, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommandInfo, FrameworkInfo, TaskInfo } from '@kubernetes-mesos/mesos';
import { executorEnvironment, type EnvironmentSettings } from './environment';
import { fetchUri } from './fetcher';
import type { Executor } from './state';
import { lookUpUser, type UserIds } from './users';

export interface LauncherSettings {
  readonly environment: EnvironmentSettings;
  readonly cacheDirectory: string;
  /** Whether executors run as the user that the framework names; needs root. */
  readonly switchUser: boolean;
  /** How the built-in executor of command tasks is started: program and arguments. */
  readonly commandExecutor: readonly string[];
}

export interface StartedProcess {
  readonly pid: number;
  /** Raw wait(2) status. */
  readonly exited: Promise<number>;
}

/**
 * Makes the sandbox, fetches every URI into it, and starts the executor there: its own session and process group,
 * stdout and stderr in files, an environment of its own. It outlives this process.
 * @throws Error whose message says what failed
 */
export async function startExecutor(
  executor: Executor,
  framework: FrameworkInfo,
  task: TaskInfo | undefined,
  settings: LauncherSettings,
  signal: AbortSignal,
): Promise<StartedProcess> {
  const command = executor.info.command ?? {};
  const userName = command.user ?? framework.user;
  const user = settings.switchUser ? userOf(userName) : undefined;
  await makeSandbox(executor, user);
  const uris = (executor.commandTask ? task?.command?.uris : command.uris) ?? [];
  for (const uri of uris) {
    await fetchUri(uri, { directory: executor.directory, cacheDirectory: settings.cacheDirectory, user, signal });
  }
  signal.throwIfAborted();
  const environment = executorEnvironment(executor, framework, settings.environment);
  const [program, args, argv0] = executor.commandTask ? builtIn(settings.commandExecutor) : argvOf(command);
  return spawnDetached(executor.directory, program, args, argv0, environment, user);
}

async function makeSandbox(executor: Executor, user: UserIds | undefined): Promise<void> {
  await mkdir(executor.directory, { recursive: true, mode: 0o755 });
  if (user !== undefined) await chown(executor.directory, user.uid, user.gid);
  const latest = join(dirname(executor.directory), 'latest');
  await rm(latest, { force: true });
  await symlink(executor.directory, latest);
}

function userOf(name: string): UserIds | undefined {
  // Only root can be somebody else.
  if (process.getuid?.() !== 0) return undefined;
  const user = lookUpUser(name);
  if (user === undefined) throw new Error(`Failed to change user to '${name}': no such user`);
  return user.uid === 0 ? undefined : user;
}

type Argv = readonly [program: string, args: readonly string[], argv0: string | undefined];

function builtIn(commandExecutor: readonly string[]): Argv {
  const [program, ...args] = commandExecutor;
  if (program === undefined) throw new Error('this agent has no executor for command tasks');
  return [program, args, undefined];
}

/** `shell`: `/bin/sh -c value`; else `value` with the whole argv in `arguments`. */
export function argvOf(command: CommandInfo): Argv {
  const { shell = true, value, arguments: argv = [] } = command;
  if (value === undefined) throw new Error("'CommandInfo.value' is not set");
  return shell ? ['/bin/sh', ['-c', value], undefined] : [value, argv.slice(1), argv[0]];
}

function spawnDetached(
  directory: string,
  program: string,
  args: readonly string[],
  argv0: string | undefined,
  env: Record<string, string>,
  user: UserIds | undefined,
): Promise<StartedProcess> {
  const stdout = openSync(join(directory, 'stdout'), 'a', 0o644);
  const stderr = openSync(join(directory, 'stderr'), 'a', 0o644);
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd: directory,
      env,
      detached: true,
      stdio: ['ignore', stdout, stderr],
      ...(argv0 === undefined ? {} : { argv0 }),
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    });
    closeSync(stdout);
    closeSync(stderr);
    const exited = new Promise<number>((resolveExit) => {
      child.once('exit', (code, signalName) => resolveExit(waitStatus(code, signalName)));
    });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve({ pid: child.pid ?? 0, exited });
    });
  });
}

/** As wait(2) gives it: exit code in the second byte, signal in the lowest seven bits. */
function waitStatus(code: number | null, signalName: NodeJS.Signals | null): number {
  if (signalName !== null) return constants.signals[signalName] & 127;
  return ((code ?? 0) & 255) << 8;
}
