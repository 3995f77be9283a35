import type { Container, Pod, PodSpec, PodTemplateSpec } from '../../../generated/core-v1.types';
import type { ObjectMeta } from '../../../machinery/object';
import { applyContainerDefaults, requestLimits, useHostPorts } from './container-defaults';
import { roundResourceList } from './resource-list';
import { applyVolumeDefaults } from './volume-defaults';

const DEFAULT_GRACE_SECONDS = 30;
/** Init containers were annotations once; these say nothing any more, and are not kept. */
const INIT_ANNOTATIONS = ['init-containers', 'init-container-statuses'].flatMap((name) => [
  `pod.alpha.kubernetes.io/${name}`,
  `pod.beta.kubernetes.io/${name}`,
]);

export function applyPodDefaults(pod: Pod): void {
  const spec = (pod.spec ??= { containers: [] });
  dropInitAnnotations(pod.metadata);
  for (const container of spec.containers ?? []) requestLimits(container);
  for (const container of spec.initContainers ?? []) requestLimits(container);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork === true) {
    spec.containers?.forEach(useHostPorts);
    spec.initContainers?.forEach(useHostPorts);
  }
  applyPodSpecDefaults(spec);
  followPodIP(pod);
}

export function applyPodTemplateDefaults(template: PodTemplateSpec): void {
  if (template.metadata !== undefined) dropInitAnnotations(template.metadata);
  applyPodSpecDefaults((template.spec ??= { containers: [] }));
}

export function applyPodSpecDefaults(spec: PodSpec): void {
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.restartPolicy ??= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= DEFAULT_GRACE_SECONDS;
  spec.schedulerName ??= 'default-scheduler';
  if (spec.hostNetwork === true) {
    spec.containers?.forEach(useHostPorts);
    spec.initContainers?.forEach(useHostPorts);
  }
  // The older name is written beside the newer one, which counts.
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  if (account !== undefined) {
    spec.serviceAccountName = account;
    spec.serviceAccount = account;
  }
  roundResourceList(spec.overhead);
  spec.containers?.forEach(applyContainerDefaults);
  spec.initContainers?.forEach(applyContainerDefaults);
  // Ephemeral containers have every field that containers have.
  (spec.ephemeralContainers as Container[] | undefined)?.forEach(applyContainerDefaults);
  spec.volumes?.forEach(applyVolumeDefaults);
}

/** `podIPs` begins with `podIP`. */
function followPodIP({ status }: Pod): void {
  if (status === undefined) return;
  const { podIP, podIPs } = status;
  if (podIP !== undefined && podIP !== '') {
    if (podIPs?.[0]?.ip !== podIP) status.podIPs = [{ ip: podIP }];
  } else if (podIPs?.[0]?.ip !== undefined) status.podIP = podIPs[0].ip;
}

function dropInitAnnotations({ annotations }: ObjectMeta): void {
  if (annotations === undefined) return;
  for (const name of INIT_ANNOTATIONS) if (name in annotations) delete annotations[name];
}
