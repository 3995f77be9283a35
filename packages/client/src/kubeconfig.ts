import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { errorMessage } from '@kubernetes-mesos/component-base';
import { parse } from 'yaml';
import { isRecord } from './answers';
import { ClientConfigError, errorCode } from './errors';
import type { KubeClientOptions } from './kube-client';
import type { ClientTls } from './transport';

/** How to reach and greet an API server, as a kubeconfig says it. */
export type ClientConnection = Pick<KubeClientOptions, 'servers' | 'token' | 'basic' | 'tls'> & {
  /** Namespace of the context; `default` when it names none. */
  readonly namespace: string;
};

export interface KubeconfigOptions {
  /** One file. Default: the files of `$KUBECONFIG`, else `~/.kube/config`. */
  readonly path?: string;
  /** Default: the file's current-context. */
  readonly context?: string;
  /** Takes the place of the cluster's server (`--master`). */
  readonly server?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

interface Entry {
  readonly value: Record<string, unknown>;
  /** Directory that the entry's relative paths are relative to. */
  readonly directory: string;
}

/** Several files merged: of each name the first definition counts. */
interface Kubeconfig {
  readonly clusters: Map<string, Entry>;
  readonly users: Map<string, Entry>;
  readonly contexts: Map<string, Entry>;
  currentContext: string;
}

/**
 * Reads a kubeconfig: server, CA, client certificate, token (or its file), basic credentials.
 * @throws ClientConfigError that names the file and what is wrong with it
 */
export async function loadKubeconfig(options: KubeconfigOptions = {}): Promise<ClientConnection> {
  const paths = pathsOf(options);
  const config: Kubeconfig = { clusters: new Map(), users: new Map(), contexts: new Map(), currentContext: '' };
  let found = 0;
  for (const path of paths) {
    const text = await readText(path, paths.length > 1);
    if (text === undefined) continue;
    found += 1;
    merge(config, parseFile(text, path), dirname(path));
  }
  if (found === 0) throw new ClientConfigError(`no kubeconfig at ${paths.join(', ')}`);
  return connectionOf(config, options);
}

async function connectionOf(config: Kubeconfig, options: KubeconfigOptions): Promise<ClientConnection> {
  const contextName = options.context ?? config.currentContext;
  const context = config.contexts.get(contextName);
  if (context === undefined && contextName !== '') {
    throw new ClientConfigError(`the kubeconfig has no context "${contextName}"`);
  }
  const cluster = named(config.clusters, 'cluster', text(context?.value['cluster']));
  const user = named(config.users, 'user', text(context?.value['user']));
  const server = options.server ?? text(cluster?.value['server']);
  if (server === undefined || server === '') throw new ClientConfigError('the kubeconfig names no server');
  const credentials = user === undefined ? {} : await credentialsOf(user);
  const tls = await tlsOf(cluster, user);
  return {
    servers: [server],
    namespace: text(context?.value['namespace']) ?? 'default',
    ...credentials,
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

async function tlsOf(cluster: Entry | undefined, user: Entry | undefined): Promise<ClientTls> {
  const ca = await pem(cluster, 'certificate-authority');
  const cert = await pem(user, 'client-certificate');
  const key = await pem(user, 'client-key');
  const serverName = text(cluster?.value['tls-server-name']);
  if ((cert === undefined) !== (key === undefined)) {
    throw new ClientConfigError('the kubeconfig must give client-certificate and client-key together');
  }
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(cluster?.value['insecure-skip-tls-verify'] === true ? { insecureSkipVerify: true } : {}),
  };
}

async function credentialsOf(user: Entry): Promise<Pick<KubeClientOptions, 'token' | 'basic'>> {
  if (user.value['exec'] !== undefined || user.value['auth-provider'] !== undefined) {
    throw new ClientConfigError(
      'the kubeconfig asks for a credential plug-in (exec, auth-provider), which is not supported',
    );
  }
  const token = text(user.value['token']);
  if (token !== undefined) return { token };
  const tokenFile = text(user.value['tokenFile']);
  if (tokenFile !== undefined) {
    const content = await readText(resolve(user.directory, tokenFile), false);
    return { token: (content ?? '').trim() };
  }
  const username = text(user.value['username']);
  if (username === undefined) return {};
  return { basic: { username, password: text(user.value['password']) ?? '' } };
}

/** PEM text from `<field>-data` (base64) or from the file named by `<field>`. */
async function pem(entry: Entry | undefined, field: string): Promise<string | undefined> {
  if (entry === undefined) return undefined;
  const data = text(entry.value[`${field}-data`]);
  if (data !== undefined && data !== '') return Buffer.from(data, 'base64').toString('utf8');
  const file = text(entry.value[field]);
  if (file === undefined || file === '') return undefined;
  return readText(resolve(entry.directory, file), false);
}

function pathsOf(options: KubeconfigOptions): readonly string[] {
  if (options.path !== undefined && options.path !== '') return [resolve(options.path)];
  const fromEnv = (options.env ?? process.env)['KUBECONFIG'] ?? '';
  const paths = fromEnv.split(delimiter).filter((path) => path !== '');
  return paths.length > 0 ? paths.map((path) => resolve(path)) : [join(homedir(), '.kube', 'config')];
}

async function readText(path: string, mayBeMissing: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (mayBeMissing && errorCode(error) === 'ENOENT') return undefined;
    throw new ClientConfigError(`cannot read ${path}: ${errorMessage(error)}`, { cause: error });
  }
}

function parseFile(content: string, path: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = parse(content);
  } catch (error) {
    throw new ClientConfigError(`${path} is no YAML: ${errorMessage(error)}`, { cause: error });
  }
  if (parsed === null || parsed === undefined) return {};
  if (!isRecord(parsed)) throw new ClientConfigError(`${path} is no kubeconfig`);
  return parsed;
}

function merge(config: Kubeconfig, file: Record<string, unknown>, directory: string): void {
  collect(config.clusters, file['clusters'], 'cluster', directory);
  collect(config.users, file['users'], 'user', directory);
  collect(config.contexts, file['contexts'], 'context', directory);
  if (config.currentContext === '') config.currentContext = text(file['current-context']) ?? '';
}

function collect(into: Map<string, Entry>, list: unknown, field: string, directory: string): void {
  if (!Array.isArray(list)) return;
  for (const item of list as unknown[]) {
    if (!isRecord(item)) continue;
    const name = text(item['name']);
    const value = item[field];
    if (name !== undefined && isRecord(value) && !into.has(name)) into.set(name, { value, directory });
  }
}

function named(entries: Map<string, Entry>, kind: string, name: string | undefined): Entry | undefined {
  if (name === undefined || name === '') return undefined;
  const entry = entries.get(name);
  if (entry === undefined) throw new ClientConfigError(`the kubeconfig has no ${kind} "${name}"`);
  return entry;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
