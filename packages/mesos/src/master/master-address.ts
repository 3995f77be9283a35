/** `--mesos_master`: `host:port[,host:port...]` or `zk://[user:password@]host:port[,host:port...]/path`. */
export type MasterAddress =
  | { readonly kind: 'hosts'; readonly hosts: readonly string[] }
  | {
      readonly kind: 'zookeeper';
      readonly servers: readonly string[];
      readonly path: string;
      /** `user:password` for the digest scheme. */
      readonly auth?: string;
    };

const DEFAULT_MASTER_PORT = 5050;
const DEFAULT_ZOOKEEPER_PORT = 2181;

/** @returns the address, or what is wrong with the text. */
export function parseMasterAddress(text: string): MasterAddress | { readonly kind: 'error'; readonly message: string } {
  const trimmed = text.trim();
  if (trimmed === '') return problem('the Mesos master address is empty');
  if (trimmed.startsWith('zk://')) return parseZooKeeper(trimmed);
  const scheme = /^([a-z]+):\/\//.exec(trimmed)?.[1];
  if (scheme !== undefined && scheme !== 'http') {
    return problem(`${text}: expected host:port or zk://host:port/path`);
  }
  const list = trimmed.replace(/^http:\/\//, '').replace(/\/+$/, '');
  return parseHosts(list, DEFAULT_MASTER_PORT, (hosts) => ({ kind: 'hosts', hosts }));
}

function parseZooKeeper(text: string): ReturnType<typeof parseMasterAddress> {
  const match = /^zk:\/\/(?:([^@/]*)@)?([^/]+)(\/.*)?$/.exec(text);
  if (match === null) return problem(`${text}: expected zk://host:port[,host:port]/path`);
  const path = (match[3] ?? '').replace(/\/+$/, '');
  if (path === '' || path.includes('//')) {
    return problem(`${text}: the path below which the masters register is missing, e.g. zk://host:2181/mesos`);
  }
  const auth = match[1];
  if (auth !== undefined && !auth.includes(':')) return problem('zk:// credentials must be user:password');
  return parseHosts(match[2] ?? '', DEFAULT_ZOOKEEPER_PORT, (servers) => ({
    kind: 'zookeeper',
    servers,
    path,
    ...(auth === undefined ? {} : { auth }),
  }));
}

function parseHosts(
  list: string,
  defaultPort: number,
  make: (hosts: string[]) => MasterAddress,
): ReturnType<typeof parseMasterAddress> {
  const hosts: string[] = [];
  for (const part of list.split(',')) {
    const match = /^(\[[0-9a-fA-F:.]+\]|[^:\s/]+)(?::(\d{1,5}))?$/.exec(part.trim());
    const port = Number(match?.[2] ?? defaultPort);
    if (match === null || port < 1 || port > 65535) return problem(`"${part}" is not host:port`);
    hosts.push(`${match[1] ?? ''}:${port}`);
  }
  return make(hosts);
}

function problem(message: string): { readonly kind: 'error'; readonly message: string } {
  return { kind: 'error', message };
}
