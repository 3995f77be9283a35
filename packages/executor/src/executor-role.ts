import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defineRole, FatalError, KUBERNETES_VERSION, type RoleContext } from '@kubernetes-mesos/component-base';
import {
  createExecutorClient,
  ExecutorEnvironmentError,
  readExecutorEnvironment,
  type ExecutorEnvironment,
} from '@kubernetes-mesos/mesos';
import { Executor } from './executor';
import { executorFlags, type ExecutorFlagValues } from './flags';
import { DEFAULT_IMAGE_MAP } from './images/default-image-map';
import { loadImageMap } from './images/image-map';
import { registryCredentials } from './images/registry-credentials';
import { openApi } from './node/api-access';
import { nodeAddress } from './node/node-address';
import { DockerRuntime } from './runtime/docker/docker-runtime';
import { ProcessRuntime } from './runtime/process/process-runtime';
import { bytes } from './pods/quantity';
import { DEFAULT_LOG_LIMITS, type ContainerRuntime, type LogLimits, type RegistryCredentials } from './runtime/runtime';
import { startHealthPort } from './server/health-port';

/** `km executor`: started by a Mesos agent, never by hand. */
export const executorRole = defineRole({
  name: 'executor',
  summary: 'Mesos executor with a kubelet inside; started by Mesos agents.',
  description:
    'Runs the pods that the scheduler launches on one Mesos agent, reports their status to the API server and their ' +
    'tasks to Mesos. It finds its agent by the environment that the agent sets (MESOS_AGENT_ENDPOINT and others).\n\n' +
    'With --container_runtime=docker pods are Docker containers. With --container_runtime=process they are programs of ' +
    'this host, chosen by image name (see --image_map); as root on Linux they have a file system layer, pids and a host ' +
    'name of their own.',
  flags: executorFlags,
  run: runExecutor,
});

async function runExecutor(flags: ExecutorFlagValues, context: RoleContext): Promise<void> {
  const { clock, logger } = context;
  const environment = environmentOf();
  const rootDir = resolve(flags.root_dir === '' ? environment.sandbox : flags.root_dir);
  await mkdir(rootDir, { recursive: true });
  const hostIP = nodeAddress(flags.address, environment.agentEndpoint);
  const km = kmCommand(context.kmPath);
  const owner = `${environment.agentId ?? environment.agentEndpoint}/${environment.executorId}`;
  const logLimits: LogLimits = {
    maxBytes: bytes(flags.container_log_max_size) ?? DEFAULT_LOG_LIMITS.maxBytes,
    maxFiles: flags.container_log_max_files,
  };
  const runtime: ContainerRuntime =
    flags.container_runtime === 'process'
      ? new ProcessRuntime({
          rootDir,
          hostIP,
          km,
          owner,
          logger,
          logLimits,
          pauseImage: flags.pod_infra_container_image,
          images: flags.image_map === '' ? DEFAULT_IMAGE_MAP : await loadImageMap(flags.image_map, DEFAULT_IMAGE_MAP),
        })
      : new DockerRuntime({
          endpoint: flags.docker_endpoint,
          hostIP,
          owner,
          logger,
          logLimits,
          pauseImage: flags.pod_infra_container_image,
          cgroupParent: flags.cgroup_root,
        });
  const api = await openApi({
    servers: flags.api_servers,
    authPath: flags.auth_path,
    kubeconfig: flags.kubeconfig,
    clock,
    logger,
  });
  const tls = await tlsOf(flags);
  const health = await startHealthPort(flags.healthz_bind_address, flags.healthz_port, logger);
  try {
    const mesos = createExecutorClient({ environment, clock, logger });
    const executor = new Executor({
      flags,
      environment,
      mesos,
      api,
      runtime,
      clock,
      logger,
      rootDir,
      hostIP,
      nodeCredentials: () => nodeCredentials(rootDir),
      kubeletVersion: KUBERNETES_VERSION.gitVersion,
      ...(tls === undefined ? {} : { tls }),
    });
    await executor.run(context.signal);
  } finally {
    await Promise.all([health?.close(), api.close()]);
  }
}

function environmentOf(): ExecutorEnvironment {
  try {
    return readExecutorEnvironment(process.env);
  } catch (error) {
    if (!(error instanceof ExecutorEnvironmentError)) throw error;
    throw new FatalError(`km executor has to be started by a Mesos agent: ${error.message}`, { cause: error });
  }
}

/** How to run another role of this `km`, which may be one binary or a script for node. */
function kmCommand(kmPath: string): string[] {
  return resolve(kmPath) === resolve(process.execPath) ? [kmPath] : [process.execPath, kmPath];
}

async function tlsOf(flags: ExecutorFlagValues): Promise<{ cert: Buffer; key: Buffer } | undefined> {
  const { tls_cert_file: cert, tls_private_key_file: key } = flags;
  if (cert === '' && key === '') return undefined;
  if (cert === '' || key === '') throw new FatalError('--tls_cert_file and --tls_private_key_file belong together');
  const [certText, keyText] = await Promise.all([readFile(cert), readFile(key)]);
  return { cert: certText, key: keyText };
}

/** Registry log-ins that were delivered with the executor, or are the user's own. */
async function nodeCredentials(rootDir: string): Promise<readonly RegistryCredentials[]> {
  const home = process.env['HOME'] ?? '/root';
  const files = [join(rootDir, '.dockercfg'), join(home, '.docker', 'config.json'), join(home, '.dockercfg')];
  const found: RegistryCredentials[] = [];
  for (const file of files) found.push(...registryCredentials(await readFile(file, 'utf8').catch(() => '')));
  return found;
}
