import type { Pod } from '@kubernetes-mesos/api-types';
import type { DiscoveryInfo, ExecutorInfo, TaskInfo } from '@kubernetes-mesos/mesos';
import {
  BINDING_HOST,
  DISCOVERY_PREFIX,
  EXECUTOR_ID,
  OFFER_ID,
  portAnnotation,
  portNameAnnotation,
  SLAVE_ID,
  TASK_ID,
} from '../annotations';
import { taskIdOf } from '../ids';
import type { AgentOffers } from '../offers/agent-offers';
import type { PlacedPod } from '../placement/place';
import type { PortAssignment } from '../placement/ports';

export interface LaunchPlace {
  readonly agent: AgentOffers;
  readonly executor: ExecutorInfo;
  /** Fill TaskInfo.discovery. */
  readonly discovery: boolean;
}

/** The task that runs `pod` at its place. Its data is the pod as the executor is to run it, as v1 JSON. */
export function taskInfoOf(pod: Pod, placed: PlacedPod, place: LaunchPlace): TaskInfo {
  const { name = '', namespace = 'default' } = pod.metadata;
  const taskId = taskIdOf(placed.demand.uid);
  return {
    name: `${name}.${namespace}.pods`,
    task_id: { value: taskId },
    agent_id: { value: place.agent.agentId },
    resources: placed.resources,
    executor: place.executor,
    data: Buffer.from(JSON.stringify(launchedPod(pod, placed, place))),
    ...(place.discovery ? { discovery: discoveryOf(pod, placed.ports) } : {}),
  };
}

/**
 * The pod with the annotations that tell where it runs and which host ports it got. Host ports are filled into the
 * executor's copy only; the API's object keeps what the user wrote.
 */
export function launchedPod(pod: Pod, placed: PlacedPod, place: Pick<LaunchPlace, 'agent' | 'executor'>): Pod {
  const { agent, executor } = place;
  const annotations: Record<string, string> = {
    ...pod.metadata.annotations,
    [BINDING_HOST]: agent.hostname,
    [TASK_ID]: taskIdOf(placed.demand.uid),
    [SLAVE_ID]: agent.agentId,
    [OFFER_ID]: agent.offers[0]?.id.value ?? '',
    [EXECUTOR_ID]: executor.executor_id.value,
  };
  for (const port of placed.ports) {
    annotations[portAnnotation(port.protocol, port.containerPort)] = String(port.hostPort);
    if (port.name !== undefined) annotations[portNameAnnotation(port.protocol, port.name)] = String(port.hostPort);
  }
  return {
    ...pod,
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { ...pod.metadata, annotations },
    ...(pod.spec === undefined ? {} : { spec: withHostPorts(pod.spec, placed.ports) }),
  };
}

function withHostPorts(spec: NonNullable<Pod['spec']>, assigned: readonly PortAssignment[]): NonNullable<Pod['spec']> {
  if (assigned.length === 0) return spec;
  const hostPorts = new Map(assigned.map((port) => [`${port.container}/${port.port}`, port.hostPort]));
  return {
    ...spec,
    containers: spec.containers.map((container, index) =>
      container.ports === undefined
        ? container
        : {
            ...container,
            ports: container.ports.map((port, at) => {
              const hostPort = hostPorts.get(`${index}/${at}`);
              return hostPort === undefined ? port : { ...port, hostPort };
            }),
          },
    ),
  };
}

/** From annotations, or from labels of the unprefixed names. */
function discoveryOf(pod: Pod, ports: readonly PortAssignment[]): DiscoveryInfo {
  const { annotations = {}, labels = {}, namespace = 'default' } = pod.metadata;
  const given = (name: string): string | undefined =>
    annotations[`${DISCOVERY_PREFIX}${name}`] ?? labels[`discovery-${name}`];
  const visibility = given('visibility');
  const name = given('name');
  const text = (key: 'environment' | 'location' | 'version'): Partial<DiscoveryInfo> => {
    const value = given(key);
    return value === undefined ? {} : { [key]: value };
  };
  return {
    visibility: visibility === 'framework' ? 'FRAMEWORK' : visibility === 'external' ? 'EXTERNAL' : 'CLUSTER',
    ...(name === undefined ? {} : { name: `${name}.${namespace}.pod` }),
    ...text('environment'),
    ...text('location'),
    ...text('version'),
    ...(ports.length === 0
      ? {}
      : {
          ports: {
            ports: ports.map((port) => ({
              number: port.hostPort,
              protocol: port.protocol.toLowerCase(),
              ...(port.name === undefined ? {} : { name: port.name }),
            })),
          },
        }),
  };
}
