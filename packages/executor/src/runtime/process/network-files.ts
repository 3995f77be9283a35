import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DnsConfig, SandboxSpec } from '../runtime';

/** A pod's own `/etc/hosts`, written into its directory; returns the path. */
export async function writeHosts(podDirectory: string, sandbox: SandboxSpec, hostIP: string): Promise<string> {
  const lines = ['# Kubernetes-managed hosts file.', '127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost'];
  lines.push(`${hostIP}\t${sandbox.hostname}`);
  for (const { ip = '', hostnames = [] } of sandbox.pod.spec.hostAliases ?? [])
    lines.push(`${ip}\t${hostnames.join('\t')}`);
  const path = join(podDirectory, 'etc-hosts');
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

/** A pod's own `/etc/resolv.conf`. */
export async function writeResolvConf(podDirectory: string, dns: DnsConfig): Promise<string> {
  const lines = dns.servers.map((server) => `nameserver ${server}`);
  if (dns.searches.length > 0) lines.push(`search ${dns.searches.join(' ')}`);
  if (dns.options.length > 0) lines.push(`options ${dns.options.join(' ')}`);
  const path = join(podDirectory, 'resolv.conf');
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}
