import type { ConfigMap, Container, EnvVar, Pod, Secret, Service } from '../api/core-v1';
import { fieldValue, resourceValue, type PodPlace } from './downward-api';
import { expand } from './expansion';
import { serviceEnvironment, visibleServices } from './service-environment';

/** API objects that a container's environment needs, read beforehand. */
export interface EnvironmentSources {
  readonly services: readonly Service[];
  /** Namespace of `kubernetes` and `kubernetes-ro`. */
  readonly masterNamespace: string;
  configMap(name: string): ConfigMap | undefined;
  secret(name: string): Secret | undefined;
}

/** A container cannot be made as its spec says; shown as `CreateContainerConfigError`. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
}

/**
 * The variables of a container: its own, over `envFrom`, over the services'. References `$(X)` see what is defined
 * before them.
 * @throws ContainerConfigError when something referred to does not exist.
 */
export function containerEnvironment(
  pod: Pod,
  container: Container,
  sources: EnvironmentSources,
  place: PodPlace,
): Map<string, string> {
  const services = serviceEnvironment(
    visibleServices(sources.services, {
      namespace: pod.metadata.namespace ?? 'default',
      enableServiceLinks: pod.spec.enableServiceLinks ?? true,
      masterNamespace: sources.masterNamespace,
    }),
  );
  const own = new Map<string, string>();
  for (const source of container.envFrom ?? []) {
    const prefix = source.prefix ?? '';
    for (const [key, value] of envFromData(source, sources)) own.set(prefix + key, value);
  }
  const lookup = (name: string): string | undefined => own.get(name) ?? services.get(name);
  for (const variable of container.env ?? []) {
    const value = variableValue(pod, container, variable, { sources, place, lookup });
    if (value !== undefined) own.set(variable.name, value);
  }
  return new Map([...services, ...own]);
}

/** Names of the config maps and secrets that the environment of `container` reads. */
export function environmentReferences(container: Container): { configMaps: string[]; secrets: string[] } {
  const configMaps = new Set<string>();
  const secrets = new Set<string>();
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name !== undefined) configMaps.add(configMapRef.name);
    if (secretRef?.name !== undefined) secrets.add(secretRef.name);
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.configMapKeyRef?.name !== undefined) configMaps.add(valueFrom.configMapKeyRef.name);
    if (valueFrom?.secretKeyRef?.name !== undefined) secrets.add(valueFrom.secretKeyRef.name);
  }
  return { configMaps: [...configMaps], secrets: [...secrets] };
}

function envFromData(
  source: NonNullable<Container['envFrom']>[number],
  sources: EnvironmentSources,
): Iterable<[string, string]> {
  if (source.configMapRef !== undefined) {
    const { name = '', optional = false } = source.configMapRef;
    const found = sources.configMap(name);
    if (found === undefined && !optional) throw new ContainerConfigError(`configmap ${JSON.stringify(name)} not found`);
    return Object.entries(found?.data ?? {});
  }
  if (source.secretRef !== undefined) {
    const { name = '', optional = false } = source.secretRef;
    const found = sources.secret(name);
    if (found === undefined && !optional) throw new ContainerConfigError(`secret ${JSON.stringify(name)} not found`);
    return Object.entries(found?.data ?? {}).map(([key, value]) => [key, decode(value)] as [string, string]);
  }
  return [];
}

function variableValue(
  pod: Pod,
  container: Container,
  variable: EnvVar,
  context: { sources: EnvironmentSources; place: PodPlace; lookup: (name: string) => string | undefined },
): string | undefined {
  const { valueFrom } = variable;
  if (valueFrom === undefined) return expand(variable.value ?? '', context.lookup);
  if (valueFrom.fieldRef !== undefined) {
    const value = fieldValue(pod, valueFrom.fieldRef.fieldPath, context.place);
    if (value === undefined) {
      throw new ContainerConfigError(`unsupported fieldPath: ${valueFrom.fieldRef.fieldPath}`);
    }
    return value;
  }
  if (valueFrom.resourceFieldRef !== undefined) {
    const ref = valueFrom.resourceFieldRef;
    const of = allContainers(pod).find(({ name }) => name === (ref.containerName ?? container.name)) ?? container;
    const value = resourceValue(of, ref, context.place);
    if (value === undefined) throw new ContainerConfigError(`unsupported container resource : ${ref.resource}`);
    return value;
  }
  if (valueFrom.configMapKeyRef !== undefined) {
    const { name = '', key, optional = false } = valueFrom.configMapKeyRef;
    const value = context.sources.configMap(name)?.data?.[key];
    if (value !== undefined || optional) return value;
    throw missing('configmap', name, key, context.sources.configMap(name) !== undefined, pod);
  }
  if (valueFrom.secretKeyRef !== undefined) {
    const { name = '', key, optional = false } = valueFrom.secretKeyRef;
    const value = context.sources.secret(name)?.data?.[key];
    if (value !== undefined || optional) return value === undefined ? undefined : decode(value);
    throw missing('secret', name, key, context.sources.secret(name) !== undefined, pod);
  }
  return '';
}

function missing(kind: string, name: string, key: string, exists: boolean, pod: Pod): ContainerConfigError {
  if (!exists) return new ContainerConfigError(`${kind} ${JSON.stringify(name)} not found`);
  const where = kind === 'configmap' ? 'ConfigMap' : 'Secret';
  return new ContainerConfigError(
    `couldn't find key ${key} in ${where} ${pod.metadata.namespace ?? 'default'}/${name}`,
  );
}

function allContainers(pod: Pod): Container[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
