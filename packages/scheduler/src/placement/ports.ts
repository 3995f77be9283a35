import type { Container } from '@kubernetes-mesos/api-types';
import type { Resource, ResourcePool } from '@kubernetes-mesos/mesos';
import { PORT_MAPPING } from '../annotations';
import type { Refusal } from './refusals';

/**
 * `wildcard`: a container port without a host port gets the lowest free one that is offered.
 * `fixed`: it stays private to the container.
 */
export type PortMappingMode = 'wildcard' | 'fixed';

/** A host port that a pod needs. */
export interface PortDemand {
  readonly container: number;
  /** Index among the container's ports. */
  readonly port: number;
  readonly containerPort: number;
  /** 0: any. */
  readonly hostPort: number;
  /** Upper case. */
  readonly protocol: string;
  readonly name?: string;
}

/** A host port that a pod gets. */
export interface PortAssignment extends PortDemand {
  readonly hostPort: number;
}

export interface PortContext {
  readonly labels: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  readonly defaultMode: PortMappingMode;
}

/** In container and port order. Two equal host ports of one protocol are an error, which no offer can cure. */
export function portDemandsOf(
  containers: readonly Container[],
  context: PortContext,
): { readonly demands: readonly PortDemand[] } | { readonly problem: string } {
  const mode = modeOf(context);
  const demands: PortDemand[] = [];
  const seen = new Map<string, string>();
  for (const [container, { ports = [], name: containerName }] of containers.entries()) {
    for (const [index, port] of ports.entries()) {
      const protocol = (port.protocol ?? 'TCP').toUpperCase();
      // A process in the host's network has its port there, asked for or not.
      const hostPort = port.hostPort ?? 0;
      const wanted = hostPort === 0 && context.hostNetwork ? port.containerPort : hostPort;
      if (wanted === 0 && mode === 'fixed') continue;
      if (wanted !== 0) {
        const where = `container ${containerName} port index ${index}`;
        const other = seen.get(`${wanted}/${protocol}`);
        if (other !== undefined) {
          return { problem: `host port ${wanted}/${protocol} is asked for twice, by ${other} and by ${where}` };
        }
        seen.set(`${wanted}/${protocol}`, where);
      }
      demands.push({
        container,
        port: index,
        containerPort: port.containerPort,
        hostPort: wanted,
        protocol,
        ...(port.name === undefined || port.name === '' ? {} : { name: port.name }),
      });
    }
  }
  return { demands };
}

/**
 * Takes the ports out of `pool`: the named ones first, then the lowest free ones for the wildcards, in order.
 * TCP and UDP on one port number use that number of Mesos' once. On refusal nothing is left taken.
 */
export function takePorts(
  pool: ResourcePool,
  demands: readonly PortDemand[],
  roles: readonly string[],
):
  | { readonly ports: readonly PortAssignment[]; readonly resources: readonly Resource[] }
  | { readonly refusal: Refusal } {
  if (demands.length === 0) return NOTHING;
  const resources: Resource[] = [];
  const taken = new Set<number>();
  const refuse = (refusal: Refusal): { readonly refusal: Refusal } => {
    for (const resource of resources) pool.add(resource);
    return { refusal };
  };
  const take = (port: number): boolean => {
    if (taken.has(port)) return true;
    const resource = pool.takeValue('ports', port, roles);
    if (resource === undefined) return false;
    resources.push(resource);
    taken.add(port);
    return true;
  };
  const offered = pool.ranges('ports', roles);
  for (const { hostPort } of demands) {
    if (hostPort !== 0 && !take(hostPort)) return refuse({ reason: 'host-port', port: hostPort, offered });
  }
  const ports: PortAssignment[] = [];
  let next = 0;
  for (const demand of demands) {
    if (demand.hostPort !== 0) {
      ports.push(demand);
      continue;
    }
    const free = lowestFree(offered, taken, next);
    if (free === undefined || !take(free)) {
      const wanted = demands.filter(({ hostPort }) => hostPort === 0).length;
      return refuse({ reason: 'ports', wanted, offered });
    }
    next = free + 1;
    ports.push({ ...demand, hostPort: free });
  }
  return { ports, resources };
}

const NOTHING = { ports: [], resources: [] } as const;

function modeOf(context: PortContext): PortMappingMode {
  const label = context.labels[PORT_MAPPING];
  return label === 'fixed' || label === 'wildcard' ? label : context.defaultMode;
}

function lowestFree(
  offered: readonly { readonly begin: number; readonly end: number }[],
  taken: ReadonlySet<number>,
  from: number,
): number | undefined {
  for (const range of offered) {
    for (let port = Math.max(range.begin, from); port <= range.end; port += 1) {
      if (!taken.has(port)) return port;
    }
  }
  return undefined;
}
