/**
 * The wire form of a pod's parts in v1beta3, as release 0.14 spelled it. Fields of later releases come last in a type: they
 * are read, and never written.
 */
import { bool, int, intOrString, list, map, opt, pointer, quantity, str, struct, time } from '../shape/shape';
import { OBJECT_META } from './meta';

export const RESOURCE_LIST = map(quantity);

export const OBJECT_REFERENCE = struct('v1beta3.ObjectReference', {
  kind: opt(str),
  namespace: opt(str),
  name: opt(str),
  uid: opt(str),
  apiVersion: opt(str),
  resourceVersion: opt(str),
  fieldPath: opt(str),
});

export const VOLUME = struct('v1beta3.Volume', {
  name: str,
  hostPath: pointer(struct('v1beta3.HostPathVolumeSource', { path: str })),
  emptyDir: pointer(struct('v1beta3.EmptyDirVolumeSource', { medium: str })),
  gcePersistentDisk: pointer(
    struct('v1beta3.GCEPersistentDiskVolumeSource', {
      pdName: str,
      fsType: opt(str),
      partition: opt(int),
      readOnly: opt(bool),
    }),
  ),
  gitRepo: pointer(struct('v1beta3.GitRepoVolumeSource', { repository: str, revision: str })),
  secret: pointer(struct('v1beta3.SecretVolumeSource', { secretName: str })),
  nfs: pointer(struct('v1beta3.NFSVolumeSource', { server: str, path: str, readOnly: opt(bool) })),
});

const HANDLER_FIELDS = {
  exec: opt(pointer(struct('v1beta3.ExecAction', { command: opt(list(str)) }))),
  httpGet: opt(pointer(struct('v1beta3.HTTPGetAction', { path: opt(str), port: intOrString, host: opt(str) }))),
  tcpSocket: opt(pointer(struct('v1beta3.TCPSocketAction', { port: intOrString }))),
} as const;

const HANDLER = struct('v1beta3.Handler', HANDLER_FIELDS);

const PROBE = struct('v1beta3.Probe', {
  ...HANDLER_FIELDS,
  initialDelaySeconds: opt(int),
  timeoutSeconds: opt(int),
});

export const RESOURCES = struct('v1beta3.ResourceRequirements', {
  limits: opt(RESOURCE_LIST),
  requests: opt(RESOURCE_LIST),
});

const CAPABILITIES = struct('v1beta3.Capabilities', { add: opt(list(str)), drop: opt(list(str)) });

export const CONTAINER = struct('v1beta3.Container', {
  name: str,
  image: str,
  command: opt(list(str)),
  workingDir: opt(str),
  ports: opt(
    list(
      struct('v1beta3.ContainerPort', {
        name: opt(str),
        hostPort: opt(int),
        containerPort: int,
        protocol: opt(str),
        hostIP: opt(str),
      }),
    ),
  ),
  env: opt(list(struct('v1beta3.EnvVar', { name: str, value: opt(str) }))),
  resources: RESOURCES,
  volumeMounts: opt(list(struct('v1beta3.VolumeMount', { name: str, readOnly: opt(bool), mountPath: str }))),
  livenessProbe: opt(pointer(PROBE)),
  readinessProbe: opt(pointer(PROBE)),
  lifecycle: opt(
    pointer(struct('v1beta3.Lifecycle', { postStart: opt(pointer(HANDLER)), preStop: opt(pointer(HANDLER)) })),
  ),
  terminationMessagePath: opt(str),
  privileged: opt(bool),
  imagePullPolicy: str,
  capabilities: CAPABILITIES,
  args: opt(list(str)),
  securityContext: opt(
    pointer(
      struct('v1beta3.SecurityContext', { capabilities: CAPABILITIES, privileged: opt(bool), runAsUser: opt(int) }),
    ),
  ),
});

export const POD_SPEC = struct('v1beta3.PodSpec', {
  volumes: list(VOLUME),
  containers: list(CONTAINER),
  restartPolicy: opt(str),
  dnsPolicy: opt(str),
  nodeSelector: opt(map(str)),
  host: opt(str),
  hostNetwork: opt(bool),
  serviceAccount: opt(str),
});

const CONTAINER_STATE = struct('v1beta3.ContainerState', {
  waiting: opt(pointer(struct('v1beta3.ContainerStateWaiting', { reason: opt(str) }))),
  running: opt(pointer(struct('v1beta3.ContainerStateRunning', { startedAt: time }))),
  termination: opt(
    pointer(
      struct('v1beta3.ContainerStateTerminated', {
        exitCode: int,
        signal: opt(int),
        reason: opt(str),
        message: opt(str),
        startedAt: time,
        finishedAt: time,
        containerID: opt(str),
      }),
    ),
  ),
});

export const POD_STATUS = struct('v1beta3.PodStatus', {
  phase: opt(str),
  Condition: opt(list(struct('v1beta3.PodCondition', { type: str, status: str }))),
  message: opt(str),
  host: opt(str),
  hostIP: opt(str),
  podIP: opt(str),
  containerStatuses: opt(
    list(
      struct('v1beta3.ContainerStatus', {
        name: str,
        state: CONTAINER_STATE,
        lastState: CONTAINER_STATE,
        ready: bool,
        restartCount: int,
        image: str,
        imageID: str,
        containerID: opt(str),
      }),
    ),
  ),
});

export const POD_TEMPLATE_SPEC = struct('v1beta3.PodTemplateSpec', { metadata: OBJECT_META, spec: POD_SPEC });
