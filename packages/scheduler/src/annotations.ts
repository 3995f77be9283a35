/** Names in the `k8s.mesosphere.io` space, as every version of Kubernetes on Mesos has written and read them. */

const PREFIX = 'k8s.mesosphere.io/';

/** Pod annotation: the node that a pod is bound to. Its presence means that a task of the pod was launched. */
export const BINDING_HOST = `${PREFIX}bindingHost`;
/** Pod annotations that say which task, agent, offer and executor a pod runs by. */
export const TASK_ID = `${PREFIX}taskId`;
export const SLAVE_ID = `${PREFIX}slaveId`;
export const OFFER_ID = `${PREFIX}offerId`;
export const EXECUTOR_ID = `${PREFIX}executorId`;
/** Pod label: `fixed` or `wildcard`. */
export const PORT_MAPPING = `${PREFIX}portMapping`;
/** Pod annotation: roles to take resources from, in order, comma separated. */
export const ROLES = `${PREFIX}roles`;
/** Node label for each Mesos attribute of the agent. */
export const ATTRIBUTE_LABEL_PREFIX = `${PREFIX}attribute-`;
/** Pod annotations for TaskInfo.discovery. */
export const DISCOVERY_PREFIX = `${PREFIX}discovery-`;

/** Annotation of the scheduler's service: where the Mesos master is, without credentials. */
export const MESOS_MASTER = `${PREFIX}mesosMaster`;

/** Marks the API's copy of a static pod, which nobody schedules. */
export const MIRROR_POD = 'kubernetes.io/config.mirror';
/** Controllers from before owner references left this note on the pods they made. */
export const CREATED_BY = 'kubernetes.io/created-by';

export function portAnnotation(protocol: string, containerPort: number): string {
  return `${PREFIX}port_${protocol.toUpperCase()}_${containerPort}`;
}
export function portNameAnnotation(protocol: string, name: string): string {
  return `${PREFIX}portName_${protocol.toUpperCase()}_${name}`;
}
