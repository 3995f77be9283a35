import { formatMesosDuration, type FrameworkInfo } from '@kubernetes-mesos/mesos';
import type { Executor } from './state';

export interface EnvironmentSettings {
  readonly agentId: string;
  readonly ip: string;
  readonly port: number;
  readonly recoveryTimeoutMs: number;
  readonly executorReregistrationTimeoutMs: number;
  readonly executorShutdownGracePeriodMs: number;
  /** `--executor_environment_variables` */
  readonly base: Readonly<Record<string, string>>;
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The whole environment of an executor: nothing of the agent's own is inherited; what the CommandInfo sets wins over
 * everything.
 */
export function executorEnvironment(
  executor: Executor,
  framework: FrameworkInfo,
  settings: EnvironmentSettings,
): Record<string, string> {
  const checkpoint = framework.checkpoint === true;
  const grace = executor.info.shutdown_grace_period;
  const graceMs = grace === undefined ? settings.executorShutdownGracePeriodMs : grace.nanoseconds / 1e6;
  const environment: Record<string, string> = {
    PATH: DEFAULT_PATH,
    ...settings.base,
    LIBPROCESS_IP: settings.ip,
    LIBPROCESS_PORT: '0',
    MESOS_FRAMEWORK_ID: executor.frameworkId,
    MESOS_EXECUTOR_ID: executor.id,
    MESOS_DIRECTORY: executor.directory,
    MESOS_SANDBOX: executor.directory,
    MESOS_AGENT_ENDPOINT: `${settings.ip}:${settings.port}`,
    MESOS_SLAVE_ID: settings.agentId,
    MESOS_SLAVE_PID: `slave(1)@${settings.ip}:${settings.port}`,
    MESOS_CHECKPOINT: checkpoint ? '1' : '0',
    MESOS_HTTP_COMMAND_EXECUTOR: '1',
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: formatMesosDuration(graceMs),
  };
  if (checkpoint) {
    environment['MESOS_RECOVERY_TIMEOUT'] = formatMesosDuration(settings.recoveryTimeoutMs);
    environment['MESOS_SUBSCRIPTION_BACKOFF_MAX'] = formatMesosDuration(settings.executorReregistrationTimeoutMs);
  }
  // A command task's variables are for its command, which the built-in executor starts.
  const variables = executor.commandTask ? [] : (executor.info.command?.environment?.variables ?? []);
  for (const { name, value } of variables) if (value !== undefined) environment[name] = value;
  return environment;
}
