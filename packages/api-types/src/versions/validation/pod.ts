import { deepEqual } from '../../machinery/deep-equal';
import type { InternalPod, InternalPodSpec } from '../shared/internal';
import { validateContainer, type PodRules } from './container';
import type { Problems } from './errors';
import { dnsSubdomain } from './formats';
import { validateLabels, validateMeta, validateMetaUpdate } from './metadata';
import { validateVolumes } from './volumes';

const RESTART_POLICIES = new Set(['Always', 'OnFailure', 'Never']);
const DNS_POLICIES = new Set(['ClusterFirst', 'Default']);

export function validatePod(problems: Problems, pod: InternalPod, rules: PodRules): void {
  validateMeta(problems.at('metadata'), pod.metadata, true, dnsSubdomain);
  validatePodSpec(problems.at('spec'), pod.spec, rules);
}

/** Of a pod's spec only the images of its containers may change. */
export function validatePodUpdate(problems: Problems, pod: InternalPod, old: InternalPod): void {
  validateMetaUpdate(problems.at('metadata'), pod.metadata, old.metadata);
  const spec = problems.at('spec');
  if (pod.spec.containers.length !== old.spec.containers.length) {
    spec.at('containers').invalid(pod.spec.containers, 'may not add or remove containers');
    return;
  }
  const withOldImages = pod.spec.containers.map((container, index) => ({
    ...container,
    image: old.spec.containers[index]?.image,
  }));
  if (!deepEqual({ ...pod.spec, containers: withOldImages }, old.spec)) {
    spec.invalid(pod.spec, 'may not update fields other than container.image');
  }
}

/** The pod's status may not name another node. `host` is what the body of the request says. */
export function validatePodStatusUpdate(problems: Problems, pod: InternalPod, old: InternalPod, host: string): void {
  validateMetaUpdate(problems.at('metadata'), pod.metadata, old.metadata);
  if (host !== (old.spec.nodeName ?? '')) {
    problems.at('status.host').invalid(host, 'pod host cannot be changed directly');
  }
}

export function validatePodSpec(problems: Problems, spec: InternalPodSpec, rules: PodRules): void {
  const volumes = validateVolumes(problems.at('volumes'), spec.volumes ?? []);
  const names = new Set<string>();
  if (spec.containers.length === 0) problems.at('containers').required();
  for (const [index, container] of spec.containers.entries()) {
    validateContainer(problems.at(`containers[${index}]`), container, { names, volumes, rules });
  }
  validateHostPorts(problems.at('containers'), spec);
  requireOneOf(problems.at('restartPolicy'), spec.restartPolicy, RESTART_POLICIES);
  requireOneOf(problems.at('dnsPolicy'), spec.dnsPolicy, DNS_POLICIES);
  validateLabels(problems.at('nodeSelector'), spec.nodeSelector);
  if (spec.hostNetwork === true) validateHostNetwork(problems.at('hostNetwork'), spec);
}

/** A host port may be used once in a pod, whatever its protocol. */
function validateHostPorts(problems: Problems, { containers }: InternalPodSpec): void {
  const used = new Set<number>();
  for (const [index, { ports = [] }] of containers.entries()) {
    for (const { hostPort = 0 } of ports) {
      if (hostPort === 0) continue;
      if (used.has(hostPort)) problems.at(`[${index}].port`).duplicate(hostPort);
      used.add(hostPort);
    }
  }
}

function validateHostNetwork(problems: Problems, { containers }: InternalPodSpec): void {
  const detail = 'containerPort must match hostPort if hostNetwork is set to true';
  for (const { containerPort, hostPort = 0 } of containers.flatMap(({ ports = [] }) => ports)) {
    if (hostPort !== containerPort) problems.at('containerPort').invalid(containerPort, detail);
  }
}

function requireOneOf(problems: Problems, value: string | undefined, known: ReadonlySet<string>): void {
  if (value === undefined || value === '') problems.required();
  else if (!known.has(value)) problems.notSupported(value);
}
