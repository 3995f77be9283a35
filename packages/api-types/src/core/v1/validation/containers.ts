import type { Container, ContainerPort } from '../../../generated/core-v1.types';
import { duplicate, invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { dnsLabelProblems, portNameProblems, portNumberProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateEnv, validateEnvFrom } from './env';
import { validateLifecycle, validateProbe, validateSingleSuccess } from './handlers';
import { requireOneOf } from './helpers';
import { validateVolumeDevices, validateVolumeMounts, type KnownVolumes } from './mounts';
import type { PodValidationOptions } from './options';
import { PORT_PROTOCOLS } from './ports';
import { validateResourceRequirements } from './resources';
import { validateSecurityContext } from './security-context';

const PULL_POLICIES: readonly string[] = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES: readonly string[] = ['File', 'FallbackToLogsOnError'];
const MESSAGE_POLICY_TEXT = "must be 'File' or 'FallbackToLogsOnError'";

/** @param isInit init containers run one after another, so that they may share host ports */
export function validateContainers(
  containers: readonly Container[],
  isInit: boolean,
  volumes: KnownVolumes,
  path: string,
  options: PodValidationOptions,
  errors: FieldError[],
): void {
  if (containers.length === 0) {
    errors.push(required(path));
    return;
  }
  const names = new Set<string>();
  for (const [index, container] of containers.entries()) {
    const { name = '' } = container as Partial<Container>;
    const at = `${path}[${index}]`;
    if (name === '') errors.push(required(`${at}.name`));
    else pushInvalid(errors, `${at}.name`, name, dnsLabelProblems(name));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    validateContainer(container, volumes, at, options, errors);
  }
  if (isInit) containers.forEach((container) => validateHostPorts([container], path, errors));
  else validateHostPorts(containers, path, errors);
}

export function validateInitContainers(
  containers: readonly Container[],
  mainContainers: readonly Container[],
  volumes: KnownVolumes,
  path: string,
  options: PodValidationOptions,
  errors: FieldError[],
): void {
  if (containers.length === 0) return;
  validateContainers(containers, true, volumes, path, options, errors);
  const names = new Set(mainContainers.map(({ name }) => name));
  for (const [index, container] of containers.entries()) {
    const at = `${path}[${index}]`;
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    // One that is restarted for the life of the pod is a container like any other.
    if (container.restartPolicy === 'Always') continue;
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[field] === undefined) continue;
      errors.push(invalid(`${at}.${field}`, container[field], 'must not be set for init containers'));
    }
  }
}

/** A space around an image's name is refused in pods, though not in templates. */
export function validateImageSpaces(containers: readonly Container[], path: string, errors: FieldError[]): void {
  for (const [index, { image = '' }] of containers.entries()) {
    if (image === image.trim()) continue;
    errors.push(invalid(`${path}[${index}].image`, image, 'must not have leading or trailing whitespace'));
  }
}

/** Everything of a container but its name. */
function validateContainer(
  container: Container,
  volumes: KnownVolumes,
  path: string,
  options: PodValidationOptions,
  errors: FieldError[],
): void {
  if ((container.image ?? '') === '') errors.push(required(`${path}.image`));
  validateLifecycle(container.lifecycle, `${path}.lifecycle`, errors);
  validateProbe(container.livenessProbe, `${path}.livenessProbe`, errors);
  validateSingleSuccess(container.livenessProbe, `${path}.livenessProbe`, errors);
  validateProbe(container.startupProbe, `${path}.startupProbe`, errors);
  validateSingleSuccess(container.startupProbe, `${path}.startupProbe`, errors);
  const messagePolicy = container.terminationMessagePolicy ?? '';
  if (!MESSAGE_POLICIES.includes(messagePolicy)) {
    const field = `${path}.terminationMessagePolicy`;
    errors.push(
      messagePolicy === '' ? required(field, MESSAGE_POLICY_TEXT) : invalid(field, messagePolicy, MESSAGE_POLICY_TEXT),
    );
  }
  validateProbe(container.readinessProbe, `${path}.readinessProbe`, errors);
  validatePorts(container.ports, `${path}.ports`, errors);
  validateEnv(container.env, `${path}.env`, errors);
  validateEnvFrom(container.envFrom, `${path}.envFrom`, errors);
  validateVolumeMounts(container, volumes, `${path}.volumeMounts`, errors);
  validateVolumeDevices(container, volumes, `${path}.volumeDevices`, errors);
  requireOneOf(container.imagePullPolicy, PULL_POLICIES, `${path}.imagePullPolicy`, errors);
  validateResourceRequirements(container.resources, `${path}.resources`, errors);
  validateSecurityContext(container.securityContext, `${path}.securityContext`, options, errors);
}

function validatePorts(ports: readonly ContainerPort[] | undefined, path: string, errors: FieldError[]): void {
  if (ports === undefined) return;
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `${path}[${index}]`;
    const { name = '', containerPort = 0, hostPort = 0, protocol = '' } = port as Partial<ContainerPort>;
    if (name !== '') {
      const problems = portNameProblems(name);
      pushInvalid(errors, `${at}.name`, name, problems);
      if (problems.length === 0 && names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    if (containerPort === 0) errors.push(required(`${at}.containerPort`));
    else pushInvalid(errors, `${at}.containerPort`, containerPort, portNumberProblems(containerPort));
    if (hostPort !== 0) pushInvalid(errors, `${at}.hostPort`, hostPort, portNumberProblems(hostPort));
    if (protocol === '') errors.push(required(`${at}.protocol`));
    else if (!PORT_PROTOCOLS.includes(protocol)) {
      errors.push(notSupported(`${at}.protocol`, protocol, PORT_PROTOCOLS));
    }
  }
}

/** A port of the host can be had once. */
function validateHostPorts(containers: readonly Container[], path: string, errors: FieldError[]): void {
  const taken = new Set<string>();
  for (const [index, { ports }] of containers.entries()) {
    for (const [at, { hostPort = 0, hostIP = '', protocol = '' }] of (ports ?? []).entries()) {
      if (hostPort === 0) continue;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) errors.push(duplicate(`${path}[${index}].ports[${at}].hostPort`, key));
      taken.add(key);
    }
  }
}
