import type { Service } from '../api/core-v1';

/**
 * The variables that tell a container where the services are: `NAME_SERVICE_HOST`, `NAME_SERVICE_PORT[_PORTNAME]` and
 * the Docker link style `NAME_PORT[_80_TCP[_PROTO|_PORT|_ADDR]]`. Services without a portal IP have none.
 */
export function serviceEnvironment(services: readonly Service[]): Map<string, string> {
  const variables = new Map<string, string>();
  for (const service of services) {
    const ip = service.spec?.clusterIP ?? '';
    const ports = service.spec?.ports ?? [];
    const first = ports[0];
    if (ip === '' || ip === 'None' || first === undefined) continue;
    const name = variableName(service.metadata.name ?? '');
    variables.set(`${name}_SERVICE_HOST`, ip);
    variables.set(`${name}_SERVICE_PORT`, String(first.port));
    for (const port of ports) {
      if (port.name !== undefined && port.name !== '') {
        variables.set(`${name}_SERVICE_PORT_${variableName(port.name)}`, String(port.port));
      }
    }
    for (const [index, port] of ports.entries()) {
      const protocol = port.protocol ?? 'TCP';
      const url = `${protocol.toLowerCase()}://${joinHostPort(ip, port.port)}`;
      const prefix = `${name}_PORT_${port.port}_${protocol.toUpperCase()}`;
      if (index === 0) variables.set(`${name}_PORT`, url);
      variables.set(prefix, url);
      variables.set(`${prefix}_PROTO`, protocol.toLowerCase());
      variables.set(`${prefix}_PORT`, String(port.port));
      variables.set(`${prefix}_ADDR`, ip);
    }
  }
  return variables;
}

/**
 * The services a pod hears of: those of its namespace (unless it opted out of service links) and the master services,
 * which a service of the same name in its own namespace hides.
 */
export function visibleServices(
  services: readonly Service[],
  pod: { readonly namespace: string; readonly enableServiceLinks: boolean; readonly masterNamespace: string },
): Service[] {
  const chosen = new Map<string, Service>();
  for (const service of services) {
    const name = service.metadata.name ?? '';
    const namespace = service.metadata.namespace ?? '';
    const own = namespace === pod.namespace && pod.enableServiceLinks;
    const master = namespace === pod.masterNamespace && MASTER_SERVICES.has(name);
    if (own || (master && !chosen.has(name))) chosen.set(name, service);
  }
  return [...chosen.values()];
}

const MASTER_SERVICES: ReadonlySet<string> = new Set(['kubernetes', 'kubernetes-ro']);

function variableName(text: string): string {
  return text.toUpperCase().replaceAll('-', '_');
}

function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
