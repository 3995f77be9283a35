import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces, userInfo } from 'node:os';
import { errorMessage, FatalError, UsageError, type Logger } from '@kubernetes-mesos/component-base';
import {
  MasterAddressError,
  parseMasterAddress,
  toMilli,
  UNRESERVED,
  type Credentials,
  type FrameworkInfo,
} from '@kubernetes-mesos/mesos';
import { DEFAULT_VERIFY_AFTER_MS, type SchedulerOptions } from '../driver/options';
import { frameworkIdRefreshMs } from '../ha/etcd-state';
import type { ExecutorTemplate } from '../tasks/executor-catalog';
import { artifactsOf, type Artifact } from '../artifacts/artifacts';
import { executorCommand } from './executor-command';
import { MAX_FAILOVER_SECONDS, type SchedulerFlagValues } from './flags';
import { DEFAULT_INI, parseIni, type IniSettings } from './ini-file';

/** Everything the flags and files say, checked, in the units that the code uses. */
export interface SchedulerConfig {
  readonly masterAddress: string;
  readonly credentials: Credentials | undefined;
  /** Without id. */
  readonly framework: FrameworkInfo;
  readonly etcdServers: readonly string[];
  readonly options: SchedulerOptions;
  readonly executor: ExecutorTemplate;
  readonly artifacts: readonly Artifact[];
  /** `host:port` under which others reach the HTTP server. */
  readonly advertised: string;
  readonly ini: IniSettings;
}

const MIN_COOLDOWN_MS = 15_000;

/** @throws UsageError for flags that are missing or contradict each other, FatalError for files that cannot be used */
export async function resolveConfig(
  flags: SchedulerFlagValues,
  context: { readonly kmPath: string; readonly logger: Logger },
): Promise<SchedulerConfig> {
  if (flags.api_servers.length === 0 && flags.kubeconfig === '') {
    throw new FatalError('--api_servers is required: no API server to schedule for');
  }
  const master = parseMasterAddress(flags.mesos_master);
  if (master.kind === 'error') throw new FatalError(`--mesos_master: ${master.message}`, { cause: MasterAddressError });
  const frameworkName = flags.framework_name.trim();
  if (frameworkName === '') throw new FatalError('--framework_name must not be empty');
  if (!(flags.failover_timeout >= 0 && flags.failover_timeout <= MAX_FAILOVER_SECONDS)) {
    throw new UsageError(`--failover_timeout must be from 0 to ${MAX_FAILOVER_SECONDS} seconds`);
  }
  const roles = rolesOf(flags);
  warnOfProxy(flags, context.logger);
  const ini = await readIni(flags.scheduler_config);
  const advertised =
    flags.advertised_address === '' ? `${reachable(flags.address)}:${flags.port}` : flags.advertised_address;
  const artifacts = artifactsOf(flags, context.kmPath, advertised);
  return {
    masterAddress: flags.mesos_master,
    credentials: await readCredentials(flags),
    framework: frameworkOf(flags, frameworkName, roles.allocation),
    etcdServers: await etcdServersOf(flags),
    artifacts,
    advertised,
    ini,
    executor: {
      name: 'Kubelet-Executor',
      source: 'kubernetes',
      command: executorCommand(flags, artifacts, flags.km_path),
      cpus: toMilli(flags.mesos_executor_cpus),
      mem: toMilli(flags.mesos_executor_mem),
      allocationRole: roles.allocation,
      roles: roles.defaults,
      servedFrom: `http://${advertised}`,
    },
    options: {
      demandRules: {
        defaultCpus: toMilli(flags.default_container_cpu_limit),
        defaultMem: toMilli(flags.default_container_mem_limit),
        defaultRoles: roles.defaults,
        frameworkRoles: roles.framework,
        defaultPortMapping: flags.host_port_endpoints ? 'wildcard' : 'fixed',
      },
      allocationRole: roles.allocation,
      offerTtlMs: ini.offerTtlMs,
      initialPodBackoffMs: ini.initialPodBackoffMs,
      maxPodBackoffMs: ini.maxPodBackoffMs,
      reconcileIntervalMs: flags.reconcile_interval * 1000,
      reconcileCooldownMs: cooldown(flags.reconcile_cooldown, context.logger),
      initialImplicitReconciliationMs: ini.initialImplicitReconciliationMs,
      explicitMaxBackoffMs: ini.explicitMaxBackoffMs,
      frameworkIdRefreshMs: frameworkIdRefreshMs(flags.failover_timeout, ini.frameworkIdRefreshMs),
      taskDiscovery: flags.mesos_generate_task_discovery,
      verifyAfterMs: DEFAULT_VERIFY_AFTER_MS,
    },
  };
}

interface Roles {
  /** Role that offers come for: the named one, if there is one. */
  readonly allocation: string;
  readonly framework: readonly string[];
  /** In order. */
  readonly defaults: readonly string[];
}

function rolesOf(flags: SchedulerFlagValues): Roles {
  const given = flags.mesos_framework_roles;
  if (flags.mesos_role !== '' && given.length > 0 && !given.includes(flags.mesos_role)) {
    throw new UsageError('--mesos_role is not among --mesos_framework_roles; give only one of the two');
  }
  const named = flags.mesos_role === '' || flags.mesos_role === UNRESERVED ? [] : [flags.mesos_role];
  const framework = given.length > 0 ? [...new Set(given)] : [...named, UNRESERVED];
  const custom = framework.filter((role) => role !== UNRESERVED);
  if (custom.length > 1) {
    throw new FatalError(`--mesos_framework_roles: only one custom role allowed in addition to ${UNRESERVED}`);
  }
  const defaults = flags.mesos_default_pod_roles.length > 0 ? [...new Set(flags.mesos_default_pod_roles)] : framework;
  const foreign = defaults.find((role) => !framework.includes(role));
  if (foreign !== undefined) {
    throw new FatalError(`--mesos_default_pod_roles: ${foreign} is not among --mesos_framework_roles`);
  }
  return { allocation: custom[0] ?? UNRESERVED, framework, defaults };
}

function frameworkOf(flags: SchedulerFlagValues, name: string, role: string): FrameworkInfo {
  const text = (field: 'webui_url' | 'principal', value: string): Partial<FrameworkInfo> =>
    value === '' ? {} : { [field]: value };
  return {
    user: flags.mesos_user === '' ? currentUser() : flags.mesos_user,
    name,
    checkpoint: flags.checkpoint,
    ...(flags.failover_timeout > 0 ? { failover_timeout: flags.failover_timeout } : {}),
    roles: [role],
    capabilities: [
      { type: 'MULTI_ROLE' },
      { type: 'RESERVATION_REFINEMENT' },
      { type: 'PARTITION_AWARE' },
      { type: 'TASK_KILLING_STATE' },
      { type: 'REGION_AWARE' },
    ],
    ...text('webui_url', flags.framework_weburi),
    ...text('principal', flags.mesos_authentication_principal),
    hostname: flags.hostname_override === '' ? hostname() : flags.hostname_override,
  };
}

async function readCredentials(flags: SchedulerFlagValues): Promise<Credentials | undefined> {
  const principal = flags.mesos_authentication_principal;
  const file = flags.mesos_authentication_secret_file;
  if (file === '') return undefined;
  if (principal === '') {
    throw new UsageError('--mesos_authentication_secret_file needs --mesos_authentication_principal');
  }
  const secret = await readTextFile('mesos_authentication_secret_file', file);
  if (secret.includes(':')) throw new FatalError('--mesos_authentication_secret_file: Mesos allows no ":" in a secret');
  return { principal, secret };
}

async function readIni(path: string): Promise<IniSettings> {
  if (path === '') return DEFAULT_INI;
  const settings = parseIni(await readTextFile('scheduler_config', path));
  if ('problem' in settings) throw new FatalError(`--scheduler_config: ${path}: ${settings.problem}`);
  return settings;
}

async function etcdServersOf(flags: SchedulerFlagValues): Promise<readonly string[]> {
  if (flags.etcd_servers.length > 0 === (flags.etcd_config !== '')) {
    throw new FatalError('exactly one of --etcd_servers and --etcd_config must be given');
  }
  if (flags.etcd_servers.length > 0) return flags.etcd_servers;
  const text = await readTextFile('etcd_config', flags.etcd_config);
  const machines = machinesOf(text);
  if (machines.length === 0) throw new FatalError(`--etcd_config: ${flags.etcd_config} has no cluster.machines`);
  return machines;
}

function machinesOf(text: string): string[] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return [];
  }
  const cluster: unknown = isRecord(file) ? file['cluster'] : undefined;
  const machines: unknown = isRecord(cluster) ? cluster['machines'] : undefined;
  return Array.isArray(machines) ? machines.filter((each): each is string => typeof each === 'string') : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

async function readTextFile(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new FatalError(`--${flag}: ${path} cannot be read: ${errorMessage(error)}`, { cause: error });
  }
}

function warnOfProxy(flags: SchedulerFlagValues, logger: Logger): void {
  for (const name of ['executor_run_proxy', 'executor_proxy_bindall'] as const) {
    if (flags[name]) logger.warn(`--${name} has no effect: executors run no service proxy`);
  }
}

function cooldown(ms: number, logger: Logger): number {
  if (ms >= MIN_COOLDOWN_MS) return ms;
  logger.warn('--reconcile_cooldown is raised to 15s', { given: `${ms / 1000}s` });
  return MIN_COOLDOWN_MS;
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'root';
  }
}

/** An address that others can use when the server listens on all. */
function reachable(address: string): string {
  if (address !== '0.0.0.0' && address !== '::' && address !== '') return address;
  for (const list of Object.values(networkInterfaces())) {
    const found = list?.find((each) => each.family === 'IPv4' && !each.internal);
    if (found !== undefined) return found.address;
  }
  return '127.0.0.1';
}
