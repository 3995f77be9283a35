import type { Container } from '../../../generated/core-v1.types';
import { duplicate, invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { dnsLabelProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateContainerPorts, validateHostPorts } from './container-ports';
import { validateEnv, validateEnvFrom } from './env';
import { validateLifecycle, validateReadinessProbe, validateVitalProbe } from './handlers';
import { requireOneOf } from './helpers';
import { validateVolumeDevices, validateVolumeMounts } from './mounts';
import type { PodContext } from './pod-context';
import { validateResourceRequirements } from './resources';
import { validateResizePolicy, validateRestartPolicy } from './restarts';
import { validateSecurityContext } from './security-context';
import { PULL_POLICIES } from './volume-sources-local';

const MESSAGE_POLICIES: readonly string[] = ['File', 'FallbackToLogsOnError'];
const MESSAGE_POLICY_TEXT = "must be 'File' or 'FallbackToLogsOnError'";

export function validateContainers(
  containers: readonly Container[],
  pod: PodContext,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (containers.length === 0) {
    errors.push(required(path));
    return;
  }
  validateEach(containers, pod, path, errors);
  validateHostPorts(containers, path, errors);
}

export function validateInitContainers(
  containers: readonly Container[],
  mainContainers: readonly Container[],
  pod: PodContext,
  path: FieldPath,
  errors: FieldError[],
): void {
  validateEach(containers, pod, path, errors);
  // They run one after another, so that they may share ports of the host.
  for (const container of containers) validateHostPorts([container], path, errors);
  const names = new Set(mainContainers.map(({ name = '' }: Partial<Container>) => name));
  for (const [index, container] of containers.entries()) {
    const at = element(path, index);
    const { name = '' } = container as Partial<Container>;
    if (names.has(name)) errors.push(duplicate(child(at, 'name'), name));
    if (name !== '') names.add(name);
    // One that is restarted for the life of the pod is a container like any other.
    if (container.restartPolicy === 'Always') continue;
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[field] === undefined) continue;
      errors.push(invalid(child(at, field), container[field], 'must not be set for init containers'));
    }
  }
}

/** A space around an image's name is refused in pods, though not in templates. */
export function validateImageSpaces(containers: readonly Container[], path: FieldPath, errors: FieldError[]): void {
  for (const [index, { image = '' }] of containers.entries()) validateImageSpace(image, element(path, index), errors);
}

export function validateImageSpace(image: string, path: FieldPath, errors: FieldError[]): void {
  if (image === image.trim()) return;
  errors.push(invalid(child(path, 'image'), image, 'must not have leading or trailing whitespace'));
}

function validateEach(containers: readonly Container[], pod: PodContext, path: FieldPath, errors: FieldError[]): void {
  const names = new Set<string>();
  for (const [index, container] of containers.entries()) {
    const { name = '' } = container as Partial<Container>;
    const at = element(path, index);
    if (name === '') errors.push(required(child(at, 'name')));
    else pushInvalid(errors, child(at, 'name'), name, dnsLabelProblems(name));
    if (names.has(name)) errors.push(duplicate(child(at, 'name'), name));
    names.add(name);
    validateContainer(container, pod, at, errors);
  }
}

/** Everything of a container but its name. */
export function validateContainer(container: Container, pod: PodContext, path: FieldPath, errors: FieldError[]): void {
  if ((container.image ?? '') === '') errors.push(required(child(path, 'image')));
  validateVitality(container, pod, path, errors);
  if (container.ports !== undefined) validateContainerPorts(container.ports, child(path, 'ports'), errors);
  if (container.env !== undefined) validateEnv(container.env, pod.volumes, child(path, 'env'), errors);
  if (container.envFrom !== undefined) validateEnvFrom(container.envFrom, child(path, 'envFrom'), errors);
  validateVolumeMounts(container, pod.volumes, child(path, 'volumeMounts'), errors);
  validateVolumeDevices(container, pod.volumes, child(path, 'volumeDevices'), errors);
  requireOneOf(container.imagePullPolicy, PULL_POLICIES, child(path, 'imagePullPolicy'), errors);
  if (container.resources !== undefined) {
    validateResourceRequirements(container.resources, pod.claims, child(path, 'resources'), errors);
  }
  if (container.resizePolicy !== undefined) {
    validateResizePolicy(container.resizePolicy, pod.restartPolicy, child(path, 'resizePolicy'), errors);
  }
  validateRestartPolicy(container, path, errors);
  if (container.securityContext !== undefined) {
    validateSecurityContext(container.securityContext, pod, child(path, 'securityContext'), errors);
  }
}

/** How one learns whether a container is alive, and what it says at its end. */
function validateVitality(container: Container, pod: PodContext, path: FieldPath, errors: FieldError[]): void {
  const { lifecycle, livenessProbe, startupProbe, readinessProbe, terminationMessagePolicy: policy = '' } = container;
  if (lifecycle !== undefined) validateLifecycle(lifecycle, pod.graceSeconds, child(path, 'lifecycle'), errors);
  if (livenessProbe !== undefined) validateVitalProbe(livenessProbe, child(path, 'livenessProbe'), errors);
  if (startupProbe !== undefined) validateVitalProbe(startupProbe, child(path, 'startupProbe'), errors);
  if (!MESSAGE_POLICIES.includes(policy)) {
    const field = child(path, 'terminationMessagePolicy');
    errors.push(policy === '' ? required(field, MESSAGE_POLICY_TEXT) : invalid(field, policy, MESSAGE_POLICY_TEXT));
  }
  if (readinessProbe !== undefined) validateReadinessProbe(readinessProbe, child(path, 'readinessProbe'), errors);
}
