import { formatDuration } from '@kubernetes-mesos/component-base';
import type { CommandInfo } from '@kubernetes-mesos/mesos';
import type { Artifact } from '../artifacts/artifacts';
import type { SchedulerFlagValues } from './flags';

/** The program that a URI with an archive, or with a plain binary, leaves in the sandbox. */
const SANDBOX_KM = './km';

/**
 * How an agent starts an executor. `arguments` is the whole argv: Mesos ignores none of it when `shell` is false. What
 * differs between agents (the host name) is added later.
 */
export function executorCommand(
  flags: SchedulerFlagValues,
  artifacts: readonly Artifact[],
  kmPath: string,
): CommandInfo {
  const value = kmPath.startsWith('file://') ? kmPath.slice('file://'.length) : SANDBOX_KM;
  return {
    shell: false,
    value,
    arguments: [value, 'executor', ...executorArguments(flags)],
    ...(artifacts.length === 0 ? {} : { uris: artifacts.map(({ uri }) => uri) }),
    ...(flags.minion_path_override === ''
      ? {}
      : { environment: { variables: [{ name: 'PATH', value: flags.minion_path_override }] } }),
  };
}

function executorArguments(flags: SchedulerFlagValues): string[] {
  const servers = flags.kubelet_api_servers.length > 0 ? flags.kubelet_api_servers : flags.api_servers;
  const optional = (name: string, value: string): string[] => (value === '' ? [] : [`--${name}=${value}`]);
  return [
    `--api_servers=${servers.join(',')}`,
    `--v=${flags.executor_logv}`,
    `--allow_privileged=${flags.allow_privileged}`,
    `--suicide_timeout=${formatDuration(flags.executor_suicide_timeout)}`,
    ...(flags.executor_bindall ? ['--address=0.0.0.0'] : []),
    `--mesos_launch_grace_period=${formatDuration(flags.mesos_launch_grace_period)}`,
    `--sync_frequency=${formatDuration(flags.kubelet_sync_frequency)}`,
    `--enable_debugging_handlers=${flags.kubelet_enable_debugging_handlers}`,
    `--container_runtime=${flags.container_runtime}`,
    ...optional('image_map', flags.image_map),
    ...optional('auth_path', baseName(flags.auth_path)),
    ...optional('cluster_dns', flags.cluster_dns),
    ...optional('cluster_domain', flags.cluster_domain),
    ...optional('root_dir', flags.kubelet_root_dir),
    ...optional('docker_endpoint', flags.kubelet_docker_endpoint),
    ...optional('pod_infra_container_image', flags.kubelet_pod_infra_container_image),
    ...optional('container_log_max_size', flags.kubelet_container_log_max_size),
    ...(flags.kubelet_container_log_max_files === 0
      ? []
      : [`--container_log_max_files=${flags.kubelet_container_log_max_files}`]),
    ...optional('host_network_sources', flags.kubelet_host_network_sources),
  ];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
