import { readFile } from 'node:fs/promises';
import {
  ClientConfigError,
  loadKubeconfig,
  parseServerAddress,
  type KubeClientOptions,
} from '@kubernetes-mesos/client';
import { errorMessage, FatalError, UsageError } from '@kubernetes-mesos/component-base';
import { CloudConfigError, DEFAULT_CLOUD_CONFIG, parseCloudConfig, type MesosCloudConfig } from './cloud-config';
import type { ControllerManagerFlagValues } from './flags';
import { TokenSigner } from './service-accounts/token';

export type ApiConnection = Pick<KubeClientOptions, 'servers' | 'token' | 'basic' | 'tls'>;

const DEFAULT_MESOS_PORT = 5050;

/**
 * How to reach the API server.
 * @throws FatalError when neither --master nor --kubeconfig is given (as the original), or a file cannot be read
 * @throws UsageError for flags that contradict each other
 */
export async function apiConnection(flags: ControllerManagerFlagValues): Promise<ApiConnection> {
  if (flags.master === '' && flags.kubeconfig === '') {
    throw new FatalError('--master is required: the address of the API server, e.g. --master=127.0.0.1:8888');
  }
  if ((flags.client_certificate === '') !== (flags.client_key === '')) {
    throw new UsageError('--client_certificate and --client_key are given together or not at all');
  }
  const servers = flags.master.split(',').filter((server) => server.trim() !== '');
  try {
    for (const server of servers) parseServerAddress(server);
    const base: ApiConnection =
      flags.kubeconfig === ''
        ? { servers }
        : await loadKubeconfig({ path: flags.kubeconfig, ...(servers[0] === undefined ? {} : { server: servers[0] }) });
    const token = await optionalFile('token_file', flags.token_file);
    const ca = await optionalFile('certificate_authority', flags.certificate_authority);
    const cert = await optionalFile('client_certificate', flags.client_certificate);
    const key = await optionalFile('client_key', flags.client_key);
    const tls = {
      ...base.tls,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(flags.insecure_skip_tls_verify ? { insecureSkipVerify: true } : {}),
    };
    return {
      servers: servers.length > 0 ? servers : base.servers,
      ...(base.basic === undefined ? {} : { basic: base.basic }),
      ...(token === undefined ? (base.token === undefined ? {} : { token: base.token }) : { token: token.trim() }),
      ...(Object.keys(tls).length === 0 ? {} : { tls }),
    };
  } catch (error) {
    if (!(error instanceof ClientConfigError)) throw error;
    throw new UsageError(`${flags.kubeconfig === '' ? '--master' : '--kubeconfig'}: ${error.message}`, {
      cause: error,
    });
  }
}

/** @throws FatalError */
export async function cloudConfig(flags: ControllerManagerFlagValues): Promise<MesosCloudConfig> {
  const text = await optionalFile('cloud_config', flags.cloud_config);
  if (text === undefined) return DEFAULT_CLOUD_CONFIG;
  try {
    return parseCloudConfig(text);
  } catch (error) {
    if (!(error instanceof CloudConfigError)) throw error;
    throw new FatalError(`--cloud_config=${flags.cloud_config}: ${error.message}`, { cause: error });
  }
}

/** Where the Mesos master is: the flag, else the cloud configuration; `undefined` when neither says. */
export function givenMesosMaster(flags: ControllerManagerFlagValues, cloud: MesosCloudConfig): string | undefined {
  if (flags.mesos_master !== '') return flags.mesos_master;
  return cloud.mesosMaster === '' ? undefined : cloud.mesosMaster;
}

/** The port of Mesos on this machine (the original's default), or on the host of the API server, whichever answers. */
export function likelyMesosMasters(servers: readonly string[]): string {
  const hosts = ['localhost', ...servers.map((server) => new URL(parseServerAddress(server).origin).hostname)];
  return [...new Set(hosts)].map((host) => `${host}:${DEFAULT_MESOS_PORT}`).join(',');
}

/** `undefined` without --service_account_private_key_file. @throws FatalError */
export async function tokenSigner(flags: ControllerManagerFlagValues): Promise<TokenSigner | undefined> {
  const pem = await optionalFile('service_account_private_key_file', flags.service_account_private_key_file);
  if (pem === undefined) return undefined;
  try {
    return new TokenSigner(pem);
  } catch (error) {
    throw new FatalError(
      `--service_account_private_key_file=${flags.service_account_private_key_file}: ${errorMessage(error)}`,
      { cause: error },
    );
  }
}

/** PEM text of --root_ca_file. @throws FatalError */
export async function rootCa(flags: ControllerManagerFlagValues): Promise<string | undefined> {
  const pem = await optionalFile('root_ca_file', flags.root_ca_file);
  if (pem !== undefined && !pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new FatalError(`--root_ca_file=${flags.root_ca_file} holds no PEM certificate`);
  }
  return pem;
}

async function optionalFile(flag: string, path: string): Promise<string | undefined> {
  if (path === '') return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new FatalError(`--${flag}: cannot read ${path}: ${errorMessage(error)}`, { cause: error });
  }
}
