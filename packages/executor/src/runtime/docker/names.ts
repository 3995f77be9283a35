import { randomBytes } from 'node:crypto';
import type { Pod } from '../../api/core-v1';

/** Name of the container that holds a pod's network. */
export const INFRA_NAME = 'POD';

export const LABELS = {
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
  attempt: 'io.kubernetes.container.restartCount',
  terminationMessage: 'io.kubernetes-mesos.termination-message',
  /** Agent and executor that made the container; nothing without this label is ever touched. */
  owner: 'io.kubernetes-mesos.owner',
} as const;

/**
 * `k8s_<container>.<hash of its spec>_<pod>.<namespace>.<source>_<uid>_<random>`: what `docker ps` shows. The source says
 * that the pod came by Mesos.
 */
export function dockerName(pod: Pod, container: string, spec: unknown): string {
  const { name = '', namespace = 'default', uid = '' } = pod.metadata;
  const random = randomBytes(4).toString('hex');
  return `k8s_${container}.${specHash(spec)}_${name}.${namespace}.mesos_${uid}_${random}`;
}

/** FNV-1a of the spec's JSON: equal specs are recognized in `docker ps`. */
export function specHash(spec: unknown): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify(spec) ?? '')) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
