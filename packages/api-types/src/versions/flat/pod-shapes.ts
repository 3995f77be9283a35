/** The wire form of a pod's parts in v1beta1 and v1beta2. */
import { bool, int, intOrString, list, map, opt, pointer, str, struct, time } from '../shape/shape';

export const RESOURCE_LIST = map(intOrString);

/** In references the name is called `name`, and the resourceVersion is text. */
export const OBJECT_REFERENCE = struct('v1beta1.ObjectReference', {
  kind: opt(str),
  namespace: opt(str),
  name: opt(str),
  uid: opt(str),
  apiVersion: opt(str),
  resourceVersion: opt(str),
  fieldPath: opt(str),
});

export const VOLUME_SOURCE = struct('v1beta1.VolumeSource', {
  hostDir: pointer(struct('v1beta1.HostPathVolumeSource', { path: str })),
  emptyDir: pointer(struct('v1beta1.EmptyDirVolumeSource', { medium: str })),
  persistentDisk: pointer(
    struct('v1beta1.GCEPersistentDiskVolumeSource', {
      pdName: str,
      fsType: opt(str),
      partition: opt(int),
      readOnly: opt(bool),
    }),
  ),
  gitRepo: pointer(struct('v1beta1.GitRepoVolumeSource', { repository: str, revision: str })),
  secret: pointer(struct('v1beta1.SecretVolumeSource', { target: OBJECT_REFERENCE })),
  nfs: pointer(struct('v1beta1.NFSVolumeSource', { server: str, path: str, readOnly: opt(bool) })),
});

export const VOLUME = struct('v1beta1.Volume', { name: str, source: VOLUME_SOURCE });

const HTTP_GET = struct('v1beta1.HTTPGetAction', { path: opt(str), port: intOrString, host: opt(str) });
const TCP_SOCKET = struct('v1beta1.TCPSocketAction', { port: intOrString });
const EXEC = struct('v1beta1.ExecAction', { command: opt(list(str)) });

export const HANDLER = struct('v1beta1.Handler', {
  exec: opt(pointer(EXEC)),
  httpGet: opt(pointer(HTTP_GET)),
  tcpSocket: opt(pointer(TCP_SOCKET)),
});

export const PROBE = struct('v1beta1.LivenessProbe', {
  httpGet: opt(pointer(HTTP_GET)),
  tcpSocket: opt(pointer(TCP_SOCKET)),
  exec: opt(pointer(EXEC)),
  initialDelaySeconds: opt(int),
  timeoutSeconds: opt(int),
});

export const RESOURCES = struct('v1beta1.ResourceRequirements', {
  limits: opt(RESOURCE_LIST),
  requests: opt(RESOURCE_LIST),
});

/** v1beta1 alone has `env[].key`, `volumeMounts[].path` and `mountType`; all of them are left out when empty. */
export const CONTAINER = struct('v1beta1.Container', {
  name: str,
  image: str,
  command: opt(list(str)),
  workingDir: opt(str),
  ports: opt(
    list(
      struct('v1beta1.ContainerPort', {
        name: opt(str),
        hostPort: opt(int),
        containerPort: int,
        protocol: opt(str),
        hostIP: opt(str),
      }),
    ),
  ),
  env: opt(list(struct('v1beta1.EnvVar', { name: str, key: opt(str), value: opt(str) }))),
  resources: RESOURCES,
  cpu: opt(int),
  memory: opt(int),
  volumeMounts: opt(
    list(
      struct('v1beta1.VolumeMount', {
        name: str,
        readOnly: opt(bool),
        mountPath: str,
        path: opt(str),
        mountType: opt(str),
      }),
    ),
  ),
  livenessProbe: opt(pointer(PROBE)),
  readinessProbe: opt(pointer(PROBE)),
  lifecycle: opt(
    pointer(struct('v1beta1.Lifecycle', { postStart: opt(pointer(HANDLER)), preStop: opt(pointer(HANDLER)) })),
  ),
  terminationMessagePath: opt(str),
  privileged: opt(bool),
  imagePullPolicy: str,
  capabilities: struct('v1beta1.Capabilities', { add: opt(list(str)), drop: opt(list(str)) }),
});

const NOTHING = struct('v1beta1.RestartPolicyAlways', {});

export const RESTART_POLICY = struct('v1beta1.RestartPolicy', {
  always: opt(pointer(NOTHING)),
  onFailure: opt(pointer(NOTHING)),
  never: opt(pointer(NOTHING)),
});

export const MANIFEST = {
  version: str,
  id: str,
  uuid: opt(str),
  volumes: list(VOLUME),
  containers: list(CONTAINER),
  restartPolicy: RESTART_POLICY,
  dnsPolicy: opt(str),
  hostNetwork: opt(bool),
} as const;

export const CONTAINER_MANIFEST = struct('v1beta1.ContainerManifest', MANIFEST);

const CONTAINER_STATE = struct('v1beta1.ContainerState', {
  waiting: opt(pointer(struct('v1beta1.ContainerStateWaiting', { reason: opt(str) }))),
  running: opt(pointer(struct('v1beta1.ContainerStateRunning', { startedAt: time }))),
  termination: opt(
    pointer(
      struct('v1beta1.ContainerStateTerminated', {
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

/** `podIP` is written for the entry of the pod's own network container (`POD`) only. */
export const CONTAINER_STATUS = struct('v1beta1.ContainerStatus', {
  state: CONTAINER_STATE,
  lastState: CONTAINER_STATE,
  ready: bool,
  restartCount: int,
  podIP: opt(str),
  image: str,
  imageID: str,
  containerID: opt(str),
});

export const POD_STATE = struct('v1beta1.PodState', {
  manifest: CONTAINER_MANIFEST,
  status: opt(str),
  Condition: opt(list(struct('v1beta1.PodCondition', { kind: str, status: str }))),
  message: opt(str),
  host: opt(str),
  hostIP: opt(str),
  podIP: opt(str),
  info: opt(map(CONTAINER_STATUS)),
});

export const POD_TEMPLATE = struct('v1beta1.PodTemplate', {
  desiredState: POD_STATE,
  nodeSelector: opt(map(str)),
  labels: opt(map(str)),
  annotations: opt(map(str)),
});
