import { readFileSync } from 'node:fs';
import { defineRole, errorMessage, UsageError } from '@kubernetes-mesos/component-base';
import { durationCheck, durationMs } from '../flags';
import { parseCredentials } from './authentication';
import { startMaster } from './start-master';

const flags = {
  ip: { type: 'ip', default: '127.0.0.1', usage: 'IP address to listen on' },
  port: { type: 'int', default: 5050, min: 0, max: 65535, usage: 'port to listen on' },
  hostname: { type: 'string', default: '', usage: 'host name to advertise; the IP when empty' },
  work_dir: { type: 'string', default: '', usage: 'folder of the registry; must be given' },
  cluster: { type: 'string', default: '', usage: "the cluster's name, shown by the state endpoints" },
  roles: { type: 'list', default: [], usage: 'whitelist of roles that frameworks may have; all when empty' },
  weights: { type: 'list', default: [], usage: 'weights of roles, as role=weight; 1 for the others' },
  allocation_interval: {
    type: 'string',
    default: '1secs',
    check: durationCheck,
    usage: 'time between two batch allocations, e.g. 500ms or 1secs',
  },
  offer_timeout: {
    type: 'string',
    default: '',
    check: durationCheck,
    usage: 'time after which an unused offer is rescinded; never when empty',
  },
  agent_ping_timeout: {
    type: 'string',
    default: '15secs',
    check: durationCheck,
    usage: 'time that an agent has for the answer to a ping',
  },
  max_agent_ping_timeouts: {
    type: 'int',
    default: 5,
    min: 1,
    usage: 'pings that an agent may miss before it is unreachable',
  },
  agent_reregister_timeout: {
    type: 'string',
    default: '10mins',
    check: durationCheck,
    usage: 'time that agents have to come back after a start of the master',
  },
  root_submissions: { type: 'bool', default: true, usage: 'whether frameworks may run as root' },
  authenticate_http_frameworks: { type: 'bool', default: false, usage: 'whether frameworks must give credentials' },
  credentials: {
    type: 'string',
    default: '',
    usage: 'JSON file: {"credentials":[{"principal":"p","secret":"s"}]}',
  },
} as const;

/** `km mesos-master`: a stand-in for `mesos-master`. */
export const mesosMasterRole = defineRole({
  name: 'mesos-master',
  summary: 'an embedded Mesos master, for clusters without one',
  description:
    'Speaks the Mesos v1 scheduler and operator HTTP APIs. It takes agents of this program only, not those of Apache Mesos.',
  flags,
  async run(values, { clock, logger, signal }) {
    if (values.work_dir === '') throw new UsageError('--work_dir must be given');
    const offerTimeoutMs = durationMs(values.offer_timeout);
    const master = await startMaster({
      ip: values.ip,
      port: values.port,
      ...(values.hostname === '' ? {} : { hostname: values.hostname }),
      workDir: values.work_dir,
      clusterName: values.cluster,
      roles: values.roles,
      allocationIntervalMs: durationMs(values.allocation_interval) ?? 1000,
      ...(offerTimeoutMs === undefined ? {} : { offerTimeoutMs }),
      agentPingTimeoutMs: durationMs(values.agent_ping_timeout) ?? 15_000,
      maxAgentPingTimeouts: values.max_agent_ping_timeouts,
      agentReregisterTimeoutMs: durationMs(values.agent_reregister_timeout) ?? 600_000,
      rootSubmissions: values.root_submissions,
      weights: weightsOf(values.weights),
      ...(values.authenticate_http_frameworks ? { credentials: credentialsOf(values.credentials) } : {}),
      flags: Object.fromEntries(Object.keys(flags).map((name) => [name, String(values[name as keyof typeof flags])])),
      clock,
      logger,
    });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await master.close();
  },
});

function weightsOf(entries: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    entries.map((entry) => {
      const [role = '', weight = ''] = entry.split('=');
      if (role === '' || !(Number(weight) > 0)) throw new UsageError(`--weights: '${entry}' is not role=weight`);
      return [role, Number(weight)] as const;
    }),
  );
}

function credentialsOf(path: string): ReadonlyMap<string, string> {
  if (path === '') throw new UsageError('--authenticate_http_frameworks needs --credentials');
  let text: string;
  try {
    text = readFileSync(path.replace(/^file:\/\//, ''), 'utf8');
  } catch (error) {
    throw new UsageError(`--credentials: ${errorMessage(error)}`);
  }
  const credentials = parseCredentials(text);
  if (credentials === undefined) throw new UsageError(`--credentials: ${path} is not a credentials file`);
  return credentials;
}
