import { badRequest, serviceUnavailable, type ContainerPort, type Pod } from '@kubernetes-mesos/api-types';
import type { HostPort } from './node-address';

const DEFAULT_PORT = 80;
/** The host port that the scheduler has chosen for a container port. */
const PORT_ANNOTATION = 'k8s.mesosphere.io/port_TCP_';

/**
 * Where a port of a pod is reached; pure. A pod that has its node's address has its ports at the node's port for them.
 * @param wanted number or name of a port; `''`: the first one
 * @throws StatusError
 */
export function podAddress(pod: Pod, wanted: string): HostPort {
  const host = pod.status?.podIP ?? '';
  if (host === '') throw serviceUnavailable(`pod ${pod.metadata.name ?? ''} has no IP yet`);
  const port = containerPort(pod, wanted);
  const fixed = portsOf(pod).find(({ containerPort }) => containerPort === port)?.hostPort;
  const mapped = Number(pod.metadata.annotations?.[`${PORT_ANNOTATION}${port}`] ?? fixed ?? '');
  const isShared = host === pod.status?.hostIP && pod.spec?.hostNetwork !== true;
  return { host, port: isShared && isPort(mapped) ? mapped : port };
}

/** @throws StatusError 400 */
export function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (!isPort(port)) throw badRequest(`invalid port ${JSON.stringify(text)}`);
  return port;
}

function containerPort(pod: Pod, wanted: string): number {
  const ports = portsOf(pod);
  if (wanted === '') return ports[0]?.containerPort ?? DEFAULT_PORT;
  return ports.find((port) => port.name === wanted)?.containerPort ?? portNumber(wanted);
}

function portsOf({ spec }: Pod): ContainerPort[] {
  return (spec?.containers ?? []).flatMap(({ ports = [] }) => ports);
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value < 65_536;
}
