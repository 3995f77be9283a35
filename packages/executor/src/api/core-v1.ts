/** The core v1 kinds as the executor uses them. */
import type { ContainerStateTerminated, Pod as ApiPod, PodSpec, Probe } from '@kubernetes-mesos/api-types';

/** A pod that has been decoded and checked: it says what to run. */
export interface Pod extends ApiPod {
  spec: PodSpec;
}

/** What a probe does, without its times. */
export type ProbeHandler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'>;

export type TerminatedState = ContainerStateTerminated;

export type {
  ConfigMap,
  Container,
  ContainerPort,
  ContainerState,
  ContainerStatus,
  DownwardAPIVolumeFile as DownwardAPIFile,
  EnvVar,
  HTTPGetAction as HttpGetAction,
  KeyToPath,
  LifecycleHandler,
  Node,
  NodeCondition,
  NodeStatus,
  NodeSystemInfo,
  PodCondition,
  PodSpec,
  PodStatus,
  Probe,
  ResourceFieldSelector as ResourceFieldRef,
  Secret,
  Service,
  Volume,
  VolumeMount,
  VolumeProjection,
} from '@kubernetes-mesos/api-types';
