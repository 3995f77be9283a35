import {
  defineRole,
  errorMessage,
  FatalError,
  UsageError,
  type FlagValues,
  type RoleContext,
} from '@kubernetes-mesos/component-base';
import { durationCheck, durationMs } from '../flags';
import { parseAttributes, parseResources } from '../resources/parse';
import { startSimulation } from './simulate';
import { startAgent } from './start-agent';

const flags = {
  master: { type: 'string', default: '', usage: 'the master: host:port, a list of them, or zk://host:port/path' },
  ip: { type: 'ip', default: '127.0.0.1', usage: 'IP address to listen on' },
  port: { type: 'int', default: 5051, min: 0, max: 65535, usage: 'port to listen on' },
  hostname: { type: 'string', default: '', usage: 'host name to advertise; the IP when empty' },
  work_dir: { type: 'string', default: '', usage: 'folder of sandboxes and checkpoints; must be given' },
  resources: {
    type: 'string',
    default: '',
    usage: "what to offer, e.g. 'cpus:4;mem:4096;ports:[31000-32000]'; what is not named is found out",
  },
  attributes: { type: 'string', default: '', usage: "attributes of the agent, e.g. 'rack:r1;level:10'" },
  executor_registration_timeout: {
    type: 'string',
    default: '1mins',
    check: durationCheck,
    usage: 'time that an executor has to subscribe',
  },
  executor_reregistration_timeout: {
    type: 'string',
    default: '2secs',
    check: durationCheck,
    usage: 'time that executors have to come back after a restart of the agent',
  },
  executor_shutdown_grace_period: {
    type: 'string',
    default: '5secs',
    check: durationCheck,
    usage: 'time that an executor has to end before it is killed',
  },
  recovery_timeout: {
    type: 'string',
    default: '15mins',
    check: durationCheck,
    usage: 'time that executors wait for an agent that is gone',
  },
  executor_environment_variables: {
    type: 'string',
    default: '',
    usage: 'JSON object of variables that every executor gets',
  },
  simulate: {
    type: 'int',
    default: 0,
    min: 0,
    usage: 'run so many agents in this process, whose executors only pretend; each has --resources, none an API',
  },
  switch_user: { type: 'bool', default: true, usage: 'run executors as the user that the framework names' },
} as const;

/** `km mesos-agent`: a stand-in for `mesos-agent`. */
export const mesosAgentRole = defineRole({
  name: 'mesos-agent',
  summary: 'an embedded Mesos agent: runs executors as processes of this machine',
  description:
    'Joins a master of this program and speaks the Mesos v1 executor and operator HTTP APIs. SIGTERM ends the agent and ' +
    'leaves its executors running, for the next start with the same --work_dir; SIGUSR1 leaves the cluster and kills them.',
  flags,
  async run(values, { clock, logger, signal, kmPath }) {
    if (values.master === '') throw new UsageError('--master must be given');
    if (values.simulate > 0) {
      await simulate(values, { clock, logger, signal });
      return;
    }
    if (values.work_dir === '') throw new UsageError('--work_dir must be given');
    let refused: (reason: string) => void = () => undefined;
    const refusal = new Promise<string>((resolve) => (refused = resolve));
    const agent = await startAgent({
      master: values.master,
      ip: values.ip,
      port: values.port,
      ...(values.hostname === '' ? {} : { hostname: values.hostname }),
      workDir: values.work_dir,
      resources: parsed('resources', () => parseResources(values.resources)),
      attributes: parsed('attributes', () => parseAttributes(values.attributes)),
      executorRegistrationTimeoutMs: durationMs(values.executor_registration_timeout) ?? 60_000,
      executorReregistrationTimeoutMs: durationMs(values.executor_reregistration_timeout) ?? 2000,
      executorShutdownGracePeriodMs: durationMs(values.executor_shutdown_grace_period) ?? 5000,
      recoveryTimeoutMs: durationMs(values.recovery_timeout) ?? 900_000,
      executorEnvironment: environmentOf(values.executor_environment_variables),
      switchUser: values.switch_user,
      commandExecutor: [...selfCommand(kmPath), 'mesos-command-executor'],
      onRefused: (reason) => refused(reason),
      flags: Object.fromEntries(Object.keys(flags).map((name) => [name, String(values[name as keyof typeof flags])])),
      clock,
      logger,
    });
    const leaving = new Promise<'leave'>((resolve) => process.once('SIGUSR1', () => resolve('leave')));
    const stopping = new Promise<'stop'>((resolve) => {
      if (signal.aborted) resolve('stop');
      else signal.addEventListener('abort', () => resolve('stop'), { once: true });
    });
    const end = await Promise.race([leaving, stopping, refusal.then((reason) => ({ reason }))]);
    if (end === 'leave') await agent.leave();
    else await agent.close();
    if (typeof end === 'object') throw new FatalError(`the master refused this agent: ${end.reason}`, { exitCode: 1 });
  },
});

async function simulate(
  values: FlagValues<typeof flags>,
  { clock, logger, signal }: Pick<RoleContext, 'clock' | 'logger' | 'signal'>,
): Promise<void> {
  if (values.resources === '') throw new UsageError('--simulate needs --resources');
  const simulation = await startSimulation({
    master: values.master,
    count: values.simulate,
    resources: parsed('resources', () => parseResources(values.resources)),
    attributes: parsed('attributes', () => parseAttributes(values.attributes)),
    ...(values.hostname === '' ? {} : { hostnamePrefix: `${values.hostname}-` }),
    ip: values.ip,
    port: values.port,
    clock,
    logger,
  });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await simulation.close();
}

/** How this program is started again: through Node.js, or by itself when it is one executable. */
function selfCommand(kmPath: string): readonly string[] {
  return /\.[cm]?js$/.test(kmPath) ? [process.execPath, kmPath] : [kmPath];
}

function parsed<Value>(flag: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(`--${flag}: ${errorMessage(error)}`);
  }
}

function environmentOf(text: string): Record<string, string> {
  if (text === '') return {};
  const flag = '--executor_environment_variables';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${flag}: ${errorMessage(error)}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`${flag} must be a JSON object`);
  }
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, String(value)]));
}
