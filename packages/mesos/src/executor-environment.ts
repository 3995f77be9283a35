import { parseMesosDuration } from './duration';

/** What an agent tells an executor that it starts. */
export interface ExecutorEnvironment {
  /** `host:port` of the agent. */
  readonly agentEndpoint: string;
  readonly frameworkId: string;
  readonly executorId: string;
  /** The sandbox, as the executor sees it. */
  readonly sandbox: string;
  /** The agent checkpoints: it may restart, and the executor has to outlive that. */
  readonly checkpoint: boolean;
  /** How long to look for a restarted agent, ms; 0 without checkpointing. */
  readonly recoveryTimeoutMs: number;
  /** Longest pause between two subscriptions, ms. */
  readonly subscriptionBackoffMaxMs: number;
  /** Between SHUTDOWN and the end by force, ms. */
  readonly shutdownGracePeriodMs: number;
  /** Sent as `Authorization: Bearer` with every call. */
  readonly authenticationToken?: string;
  /** Unix socket of the agent's API. */
  readonly domainSocket?: string;
  readonly agentId?: string;
}

/** The process was not started by a Mesos agent, or by one that speaks something else. */
export class ExecutorEnvironmentError extends Error {
  override readonly name = 'ExecutorEnvironmentError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ExecutorEnvironmentError that names every variable that is missing or cannot be read */
export function readExecutorEnvironment(env: Environment): ExecutorEnvironment {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = env[name] ?? '';
    if (value === '') problems.push(`${name} is not set`);
    return value;
  };
  const duration = (name: string, missing: number): number => {
    const value = env[name];
    if (value === undefined || value === '') return missing;
    const ms = parseMesosDuration(value);
    if (ms === undefined) problems.push(`${name}=${value} is no duration such as 5secs`);
    return ms ?? missing;
  };
  const checkpoint = env['MESOS_CHECKPOINT'] === '1';
  const token = env['MESOS_EXECUTOR_AUTHENTICATION_TOKEN'];
  const domainSocket = env['MESOS_DOMAIN_SOCKET'];
  const agentId = env['MESOS_SLAVE_ID'];
  const result: ExecutorEnvironment = {
    agentEndpoint: text('MESOS_AGENT_ENDPOINT'),
    frameworkId: text('MESOS_FRAMEWORK_ID'),
    executorId: text('MESOS_EXECUTOR_ID'),
    sandbox: env['MESOS_SANDBOX'] ?? env['MESOS_DIRECTORY'] ?? '.',
    checkpoint,
    recoveryTimeoutMs: checkpoint ? duration('MESOS_RECOVERY_TIMEOUT', 15 * 60_000) : 0,
    subscriptionBackoffMaxMs: duration('MESOS_SUBSCRIPTION_BACKOFF_MAX', 2000),
    shutdownGracePeriodMs: duration('MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD', 5000),
    ...(token === undefined || token === '' ? {} : { authenticationToken: token }),
    ...(domainSocket === undefined || domainSocket === '' ? {} : { domainSocket }),
    ...(agentId === undefined || agentId === '' ? {} : { agentId }),
  };
  if (problems.length > 0) {
    throw new ExecutorEnvironmentError(`not started by a Mesos agent: ${problems.join('; ')}`);
  }
  return result;
}
