/**
 * The parts of the internal (core `v1`) objects that an older version can say something about. An object inside has
 * more members than these; conversions never look at them.
 */
import type { KubeObject, ObjectMeta, TypeMeta } from '../../machinery/object';

export type Labels = Record<string, string>;
export type ResourceList = Record<string, string>;
export type IntOrString = number | string;

export interface InternalPod extends KubeObject {
  spec: InternalPodSpec;
  status?: InternalPodStatus;
}

export interface InternalPodSpec {
  volumes?: InternalVolume[];
  containers: InternalContainer[];
  restartPolicy?: string;
  dnsPolicy?: string;
  nodeSelector?: Labels;
  nodeName?: string;
  hostNetwork?: boolean;
  serviceAccountName?: string;
}

export interface InternalVolume {
  name: string;
  hostPath?: { path: string };
  emptyDir?: { medium?: string };
  gcePersistentDisk?: { pdName: string; fsType?: string; partition?: number; readOnly?: boolean };
  gitRepo?: { repository: string; revision?: string };
  secret?: { secretName?: string };
  nfs?: { server: string; path: string; readOnly?: boolean };
}

export interface InternalContainer {
  name: string;
  image?: string;
  command?: string[];
  args?: string[];
  workingDir?: string;
  ports?: InternalContainerPort[];
  env?: { name: string; value?: string }[];
  resources?: { limits?: ResourceList; requests?: ResourceList };
  volumeMounts?: { name: string; readOnly?: boolean; mountPath: string }[];
  livenessProbe?: InternalProbe;
  readinessProbe?: InternalProbe;
  lifecycle?: { postStart?: InternalHandler; preStop?: InternalHandler };
  terminationMessagePath?: string;
  imagePullPolicy?: string;
  securityContext?: { capabilities?: InternalCapabilities; privileged?: boolean; runAsUser?: number };
}

export interface InternalContainerPort {
  name?: string;
  hostPort?: number;
  containerPort: number;
  protocol?: string;
  hostIP?: string;
}

export interface InternalCapabilities {
  add?: string[];
  drop?: string[];
}

export interface InternalHandler {
  exec?: { command?: string[] };
  httpGet?: { path?: string; port: IntOrString; host?: string };
  tcpSocket?: { port: IntOrString };
}

export interface InternalProbe extends InternalHandler {
  initialDelaySeconds?: number;
  timeoutSeconds?: number;
}

export interface InternalPodStatus {
  phase?: string;
  conditions?: { type: string; status: string }[];
  message?: string;
  hostIP?: string;
  podIP?: string;
  podIPs?: { ip: string }[];
  containerStatuses?: InternalContainerStatus[];
}

export interface InternalContainerStatus {
  name: string;
  state?: InternalContainerState;
  lastState?: InternalContainerState;
  ready?: boolean;
  restartCount?: number;
  image?: string;
  imageID?: string;
  containerID?: string;
}

export interface InternalContainerState {
  waiting?: { reason?: string };
  running?: { startedAt?: string | null };
  terminated?: InternalTermination;
}

export interface InternalTermination {
  exitCode: number;
  signal?: number;
  reason?: string;
  message?: string;
  startedAt?: string | null;
  finishedAt?: string | null;
  containerID?: string;
}

export interface InternalReplicationController extends KubeObject {
  spec: { replicas?: number; selector?: Labels; template?: InternalPodTemplate };
  status?: { replicas?: number };
}

export interface InternalPodTemplate {
  metadata?: ObjectMeta;
  spec: InternalPodSpec;
}

export interface InternalService extends KubeObject {
  spec: InternalServiceSpec;
}

export interface InternalServiceSpec {
  ports?: InternalServicePort[];
  selector?: Labels;
  clusterIP?: string;
  type?: string;
  externalIPs?: string[];
  sessionAffinity?: string;
}

export interface InternalServicePort {
  name?: string;
  protocol?: string;
  port: number;
  targetPort?: IntOrString;
}

export interface InternalEndpoints extends KubeObject {
  subsets?: InternalEndpointSubset[];
}

export interface InternalEndpointSubset {
  addresses?: InternalEndpointAddress[];
  ports?: InternalEndpointPort[];
}

export interface InternalEndpointAddress {
  ip: string;
  targetRef?: InternalReference;
}

export interface InternalEndpointPort {
  name?: string;
  port: number;
  protocol?: string;
}

export interface InternalReference {
  kind?: string;
  namespace?: string;
  name?: string;
  uid?: string;
  apiVersion?: string;
  resourceVersion?: string;
  fieldPath?: string;
}

export interface InternalNode extends KubeObject {
  spec?: { podCIDR?: string; externalID?: string; unschedulable?: boolean };
  status?: InternalNodeStatus;
}

export interface InternalNodeStatus {
  capacity?: ResourceList;
  phase?: string;
  conditions?: InternalNodeCondition[];
  addresses?: { type: string; address: string }[];
  nodeInfo?: InternalNodeSystemInfo;
}

export interface InternalNodeCondition {
  type: string;
  status: string;
  lastHeartbeatTime?: string | null;
  lastTransitionTime?: string | null;
  reason?: string;
  message?: string;
}

export interface InternalNodeSystemInfo {
  machineID?: string;
  systemUUID?: string;
  bootID?: string;
  kernelVersion?: string;
  osImage?: string;
  containerRuntimeVersion?: string;
  kubeletVersion?: string;
  kubeProxyVersion?: string;
}

export interface InternalEvent extends KubeObject {
  involvedObject: InternalReference;
  reason?: string;
  message?: string;
  source?: { component?: string; host?: string };
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  count?: number;
}

export interface InternalNamespace extends KubeObject {
  spec?: { finalizers?: string[] };
  status?: { phase?: string };
}

export interface InternalSecret extends KubeObject {
  data?: Record<string, string>;
  type?: string;
}

export interface InternalLimitRange extends KubeObject {
  spec?: { limits: { type?: string; max?: ResourceList; min?: ResourceList }[] };
}

export interface InternalResourceQuota extends KubeObject {
  spec?: { hard?: ResourceList };
  status?: { hard?: ResourceList; used?: ResourceList };
}

export interface InternalBinding extends KubeObject {
  target: InternalReference;
}

export interface InternalDeleteOptions extends TypeMeta {
  gracePeriodSeconds?: number;
}

export interface InternalPersistentVolume extends KubeObject {
  spec?: {
    capacity?: ResourceList;
    accessModes?: string[];
    claimRef?: InternalReference;
    gcePersistentDisk?: NonNullable<InternalVolume['gcePersistentDisk']>;
    hostPath?: NonNullable<InternalVolume['hostPath']>;
  };
  status?: { phase?: string };
}

export interface InternalPersistentVolumeClaim extends KubeObject {
  spec?: {
    accessModes?: string[];
    resources?: { limits?: ResourceList; requests?: ResourceList };
    volumeName?: string;
  };
  status?: { phase?: string; accessModes?: string[]; capacity?: ResourceList };
}
