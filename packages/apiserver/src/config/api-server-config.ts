import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { errorMessage, FatalError, UsageError } from '@kubernetes-mesos/component-base';
import type { ApiserverFlagValues } from '../flags';
import { checkPluginNames } from '../admission/plugins';
import { parseIpRange, type IpRange } from '../registry/ip-range';
import type { PortRange } from '../registry/service-numbers';
import { parseIni } from './ini';

/** Flags, checked against each other and resolved. */
export interface ApiServerConfig {
  readonly flags: ApiserverFlagValues;
  readonly etcdServers: readonly string[];
  readonly serviceAddresses: IpRange;
  readonly nodePorts: PortRange;
  /** Where other machines reach this one. */
  readonly advertiseAddress: string;
  /** `host:port` or `zk://...`; `''` when there is none. */
  readonly mesosMaster: string;
}

/**
 * @throws UsageError for flags that contradict each other
 * @throws FatalError for a must-have that is missing (exit code 255, as the original), and for files that cannot be read
 */
export async function resolveConfig(flags: ApiserverFlagValues): Promise<ApiServerConfig> {
  if (flags.portal_net === '') {
    throw new FatalError('--portal_net is required: the range of service addresses, e.g. --portal_net=10.10.10.0/24');
  }
  const etcdServers = await etcdServersOf(flags);
  if ((flags.tls_cert_file === '') !== (flags.tls_private_key_file === '')) {
    throw new UsageError('--tls_cert_file and --tls_private_key_file must be given together');
  }
  if (flags.port === 0 && flags.secure_port === 0) {
    throw new UsageError('--port=0 and --secure_port=0: there is nothing to listen on');
  }
  if (flags.authorization_mode === 'ABAC' && flags.authorization_policy_file === '') {
    throw new UsageError('--authorization_mode=ABAC needs --authorization_policy_file');
  }
  if (flags.authorization_mode !== 'ABAC' && flags.authorization_policy_file !== '') {
    throw new UsageError('--authorization_policy_file is for --authorization_mode=ABAC only');
  }
  checkPluginNames(flags.admission_control);
  return {
    flags,
    etcdServers,
    serviceAddresses: parseIpRange(flags.portal_net, 'portal_net'),
    nodePorts: parsePortRange(flags.service_node_port_range),
    advertiseAddress: advertiseAddress(flags),
    mesosMaster: flags.mesos_master === '' ? await mesosMasterOf(flags.cloud_config) : flags.mesos_master,
  };
}

async function etcdServersOf(flags: ApiserverFlagValues): Promise<readonly string[]> {
  const { etcd_servers: servers, etcd_config: file } = flags;
  if (servers.length > 0 && file !== '') throw new FatalError('give --etcd_servers or --etcd_config, not both');
  if (servers.length === 0 && file === '') {
    throw new FatalError('--etcd_servers is required, e.g. --etcd_servers=http://127.0.0.1:4001');
  }
  const urls = file === '' ? servers : machinesOf(await readConfigFile(file, 'etcd_config'), file);
  for (const url of urls) {
    if (!/^https?:\/\/[^/]+\/?$/.test(url)) {
      throw new UsageError(`--etcd_servers: ${url} is no URL like http://127.0.0.1:4001`);
    }
  }
  return urls.map((url) => url.replace(/\/$/, ''));
}

function machinesOf(text: string, path: string): string[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'cluster' in parsed) {
      const { cluster } = parsed;
      if (typeof cluster === 'object' && cluster !== null && 'machines' in cluster) {
        const { machines } = cluster;
        if (Array.isArray(machines) && machines.length > 0) return machines.map(String);
      }
    }
  } catch (error) {
    throw new FatalError(`--etcd_config: ${path} is no JSON: ${errorMessage(error)}`, { cause: error });
  }
  throw new FatalError(`--etcd_config: ${path} has no cluster.machines`);
}

function parsePortRange(text: string): PortRange {
  const [, first = '', last = ''] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  if (first === '' || range.first < 1 || range.last > 65_535 || range.first > range.last) {
    throw new UsageError(`--service_node_port_range: ${JSON.stringify(text)} is no range like 30000-32767`);
  }
  return range;
}

function advertiseAddress(flags: ApiserverFlagValues): string {
  const { advertise_address: asked } = flags;
  if (isIP(asked) !== 0 && !isAny(asked)) return asked;
  const candidates = [flags.public_address_override, flags.address];
  const given = candidates.find((address) => isIP(address) !== 0 && !isAny(address) && !isLoopback(address));
  return given ?? firstInterfaceAddress() ?? '127.0.0.1';
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function firstInterfaceAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

async function mesosMasterOf(cloudConfig: string): Promise<string> {
  if (cloudConfig === '') return '';
  const sections = parseIni(await readConfigFile(cloudConfig, 'cloud_config'));
  return sections.get('mesos-cloud')?.get('mesos-master') ?? '';
}

async function readConfigFile(path: string, flag: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new FatalError(`--${flag}: cannot read ${path}: ${errorMessage(error)}`, { cause: error });
  }
}
