import { parseDuration } from '@kubernetes-mesos/component-base';

/** Section `[mesos-cloud]` of the file that `--cloud_config` names. */
export interface MesosCloudConfig {
  /** `host:port` or `zk://...`; `undefined` when the file does not say. */
  readonly mesosMaster: string | undefined;
  /** Longest wait for an answer of the master, ms. */
  readonly httpClientTimeoutMs: number;
  /** How long an answer of the master may be used again, ms. */
  readonly stateCacheTtlMs: number;
}

export const DEFAULT_CLOUD_CONFIG: MesosCloudConfig = {
  mesosMaster: undefined,
  httpClientTimeoutMs: 10_000,
  stateCacheTtlMs: 5_000,
};

const SECTION = 'mesos-cloud';

/** What is wrong with the file. */
export class CloudConfigError extends Error {
  override readonly name = 'CloudConfigError';
}

/**
 * Reads `mesos-cloud.conf`: an ini file with Go durations. Comments begin with `;` or `#`.
 * @throws CloudConfigError with the line
 */
export function parseCloudConfig(text: string): MesosCloudConfig {
  let config = DEFAULT_CLOUD_CONFIG;
  let section: string | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const where = `line ${index + 1}`;
    const header = /^\[\s*([^\]"]+?)\s*\]$/.exec(line);
    if (header !== null) {
      section = header[1];
      if (section !== SECTION) throw new CloudConfigError(`${where}: unknown section [${section ?? ''}]`);
      continue;
    }
    if (section === undefined) throw new CloudConfigError(`${where}: a value stands before the section [${SECTION}]`);
    const pair = /^([\w-]+)\s*=\s*(.*)$/.exec(line);
    if (pair === null) throw new CloudConfigError(`${where}: expected name = value`);
    config = withValue(config, pair[1] ?? '', unquoted(pair[2] ?? ''), where);
  }
  return config;
}

function withValue(config: MesosCloudConfig, name: string, value: string, where: string): MesosCloudConfig {
  switch (name) {
    case 'mesos-master':
      return { ...config, mesosMaster: value };
    case 'http-client-timeout':
      return { ...config, httpClientTimeoutMs: duration(value, name, where) };
    case 'state-cache-ttl':
      return { ...config, stateCacheTtlMs: duration(value, name, where) };
    default:
      throw new CloudConfigError(`${where}: unknown name ${name}`);
  }
}

function unquoted(text: string): string {
  const bare = text.replace(/\s+[#;].*$/, '').trim();
  return /^"(.*)"$/.exec(bare)?.[1] ?? bare;
}

function duration(text: string, name: string, where: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new CloudConfigError(`${where}: ${name}: "${text}" is no duration (5s, 1m30s)`);
  return ms;
}
