import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { eventually } from '@kubernetes-mesos/test-support';

const run = promisify(execFile);

export interface DockerDaemon {
  readonly endpoint: string;
  readonly docker: Docker;
  close(): Promise<void>;
}

/** Why Docker cannot be tested here, or `undefined`. */
export const dockerMissing =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'not root on Linux'
    : existsSync('/usr/sbin/dockerd') || existsSync('/usr/bin/dockerd')
      ? undefined
      : 'dockerd is not installed';

/** The machine's daemon when it answers, else one of the test's own; with an image `nginx` that has a shell. */
export async function startDocker(): Promise<DockerDaemon> {
  const given = new Docker();
  if (await answers(given)) {
    await makeImages('unix:///var/run/docker.sock');
    return { endpoint: '', docker: given, close: () => Promise.resolve() };
  }
  const directory = await mkdtemp(join(tmpdir(), 'km-docker-'));
  let last: unknown;
  for (const storage of [[], ['--storage-driver', 'vfs']]) {
    const daemon = launch(directory, storage);
    try {
      const endpoint = `unix://${directory}/docker.sock`;
      const docker = new Docker({ socketPath: `${directory}/docker.sock` });
      await eventually(() => answers(docker), { deadlineMs: 30_000, intervalMs: 100 });
      await makeImages(endpoint);
      return { endpoint, docker, close: () => stop(daemon, directory) };
    } catch (error) {
      last = error;
      await stop(daemon, undefined);
    }
  }
  await rm(directory, { recursive: true, force: true });
  throw new Error('dockerd does not start', { cause: last });
}

function launch(directory: string, more: readonly string[]): ChildProcess {
  const paths = ['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')];
  const socket = ['-H', `unix://${directory}/docker.sock`, '--pidfile', join(directory, 'pid')];
  return spawn('dockerd', [...paths, ...socket, ...more], { stdio: 'ignore' });
}

async function stop(daemon: ChildProcess, directory: string | undefined): Promise<void> {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
  }
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
}

async function answers(docker: Docker): Promise<boolean> {
  return docker.ping().then(
    () => true,
    () => false,
  );
}

/** Without the pause image: the runtime has to make that itself. */
async function makeImages(endpoint: string): Promise<void> {
  const script = resolve(__dirname, '../../../../scripts/make-nginx-image.sh');
  await run('bash', [script, '--no-pause'], { env: { ...process.env, DOCKER_HOST: endpoint } });
}
