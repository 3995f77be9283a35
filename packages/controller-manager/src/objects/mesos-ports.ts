import type { Container, ContainerPort, Pod } from '@kubernetes-mesos/api-types';

const PREFIX = 'k8s.mesosphere.io/';

/** A container port and the port of the host that leads to it. */
export interface MappedPort {
  readonly containerPort: number;
  readonly hostPort: number;
}

/** The host port of a container's port number: as the scheduler wrote it down, else as the manifest fixes it. */
export function hostPortOfNumber(pod: Pod, protocol: string, containerPort: number): MappedPort | undefined {
  const annotated = annotatedPort(pod, `port_${protocol}_${containerPort}`);
  if (annotated !== undefined) return { containerPort, hostPort: annotated };
  const port = findPort(
    pod,
    (candidate) => protocolOf(candidate) === protocol && candidate.containerPort === containerPort,
  );
  if (port !== undefined) return fixedPort(pod, port);
  return pod.spec?.hostNetwork === true ? { containerPort, hostPort: containerPort } : undefined;
}

/** The host port of a container's named port. */
export function hostPortOfName(pod: Pod, protocol: string, name: string): MappedPort | undefined {
  const port = findPort(pod, (candidate) => protocolOf(candidate) === protocol && candidate.name === name);
  const annotated = annotatedPort(pod, `portName_${protocol}_${name}`);
  if (annotated !== undefined) return { containerPort: port?.containerPort ?? annotated, hostPort: annotated };
  return port === undefined ? undefined : hostPortOfNumber(pod, protocol, port.containerPort);
}

/** The first port of the protocol, in the order of the containers, that the host maps. */
export function firstHostPort(pod: Pod, protocol: string): MappedPort | undefined {
  for (const port of portsOf(pod)) {
    if (protocolOf(port) !== protocol) continue;
    const mapped = hostPortOfNumber(pod, protocol, port.containerPort);
    if (mapped !== undefined) return mapped;
  }
  return undefined;
}

/** The number of a container's named port. */
export function containerPortOfName(pod: Pod, protocol: string, name: string): number | undefined {
  return findPort(pod, (port) => protocolOf(port) === protocol && port.name === name)?.containerPort;
}

function fixedPort(pod: Pod, port: ContainerPort): MappedPort | undefined {
  const { containerPort, hostPort = 0 } = port;
  if (hostPort > 0) return { containerPort, hostPort };
  return pod.spec?.hostNetwork === true ? { containerPort, hostPort: containerPort } : undefined;
}

function annotatedPort(pod: Pod, name: string): number | undefined {
  const text = pod.metadata.annotations?.[PREFIX + name];
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port > 0 && port < 65_536 ? port : undefined;
}

function findPort(pod: Pod, test: (port: ContainerPort) => boolean): ContainerPort | undefined {
  for (const port of portsOf(pod)) if (test(port)) return port;
  return undefined;
}

function* portsOf(pod: Pod): Iterable<ContainerPort> {
  const containers: readonly Container[] = pod.spec?.containers ?? [];
  for (const container of containers) yield* container.ports ?? [];
}

function protocolOf(port: ContainerPort): string {
  return port.protocol ?? 'TCP';
}
