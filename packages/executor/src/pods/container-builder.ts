import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, Pod, Service } from '../api/core-v1';
import type { ApiObjects } from '../node/api-objects';
import {
  ContainerStartError,
  type ContainerStart,
  type DnsConfig,
  type Mount,
  type RegistryCredentials,
  type SandboxSpec,
} from '../runtime/runtime';
import { registryCredentials } from '../images/registry-credentials';
import type { ContainerBuilder } from './collaborators';
import type { PodPlace } from './downward-api';
import { ContainerConfigError, containerEnvironment, environmentReferences } from './environment';
import { expand } from './expansion';
import { bytes, milliCores } from './quantity';

export interface ContainerBuilderOptions {
  readonly rootDir: string;
  readonly objects: ApiObjects;
  readonly services: () => readonly Service[];
  readonly masterNamespace: string;
  readonly place: (podIP: string) => PodPlace;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  readonly allowPrivileged: boolean;
  /** May pods from the API use the host's network? */
  readonly allowHostNetwork: boolean;
  /** Contents of `.dockercfg` or `config.json` files that the node itself has. */
  readonly nodeCredentials: () => Promise<readonly RegistryCredentials[]>;
}

/** Resolves everything in a container's spec that depends on the cluster, the node or other objects. */
export class SpecContainerBuilder implements ContainerBuilder {
  readonly #options: ContainerBuilderOptions;

  constructor(options: ContainerBuilderOptions) {
    this.#options = options;
  }

  sandbox(pod: Pod, attempt: number): SandboxSpec {
    if (pod.spec.hostNetwork === true && !this.#options.allowHostNetwork) {
      throw new Error('host network is not allowed: see --host_network_sources');
    }
    const dns = this.#dns(pod);
    const hostname = (pod.spec.hostname ?? pod.metadata.name ?? '').slice(0, 63).replace(/[-.]+$/, '');
    return { pod, attempt, hostname, ...(dns === undefined ? {} : { dns }) };
  }

  async container(
    pod: Pod,
    container: Container,
    options: { readonly attempt: number; readonly podIP: string; readonly mounts: readonly Mount[] },
  ): Promise<ContainerStart> {
    if (container.securityContext?.privileged === true && !this.#options.allowPrivileged) {
      throw new ContainerStartError(
        'CreateContainerConfigError',
        'privileged containers are not allowed: see --allow_privileged',
      );
    }
    const environment = await this.#environment(pod, container, options.podIP);
    const replace = (text: string): string => expand(text, (name) => environment.get(name));
    const directory = join(
      this.#options.rootDir,
      'pods',
      pod.metadata.uid ?? '',
      'containers',
      container.name,
      String(options.attempt),
    );
    await mkdir(directory, { recursive: true });
    const terminationMessageFile = join(directory, 'termination-log');
    await writeFile(terminationMessageFile, '', { mode: 0o666 });
    const { limits, requests } = container.resources ?? {};
    const cpuRequestMilli = milliCores(requests?.['cpu'] ?? limits?.['cpu']);
    const cpuLimitMilli = milliCores(limits?.['cpu']);
    const memoryLimitBytes = bytes(limits?.['memory']);
    return {
      pod,
      container,
      attempt: options.attempt,
      environment,
      mounts: options.mounts,
      terminationMessageFile,
      ...(container.command === undefined || container.command.length === 0
        ? {}
        : { command: container.command.map(replace) }),
      ...(container.args === undefined || container.args.length === 0 ? {} : { args: container.args.map(replace) }),
      ...(cpuRequestMilli === undefined ? {} : { cpuRequestMilli }),
      ...(cpuLimitMilli === undefined ? {} : { cpuLimitMilli }),
      ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
    };
  }

  async credentials(pod: Pod): Promise<readonly RegistryCredentials[]> {
    const found: RegistryCredentials[] = [];
    for (const { name = '' } of pod.spec.imagePullSecrets ?? []) {
      const secret = await this.#options.objects.secret(pod.metadata.namespace ?? 'default', name);
      for (const key of ['.dockerconfigjson', '.dockercfg']) {
        const data = secret?.data?.[key];
        if (data !== undefined) found.push(...registryCredentials(Buffer.from(data, 'base64').toString('utf8')));
      }
    }
    return [...found, ...(await this.#options.nodeCredentials())];
  }

  async #environment(pod: Pod, container: Container, podIP: string): Promise<Map<string, string>> {
    const { objects, services, masterNamespace, place } = this.#options;
    const namespace = pod.metadata.namespace ?? 'default';
    const names = environmentReferences(container);
    const [configMaps, secrets] = await Promise.all([
      readAll(names.configMaps, (name) => objects.configMap(namespace, name)),
      readAll(names.secrets, (name) => objects.secret(namespace, name)),
    ]);
    try {
      return containerEnvironment(
        pod,
        container,
        {
          services: services(),
          masterNamespace,
          configMap: (name) => configMaps.get(name),
          secret: (name) => secrets.get(name),
        },
        place(podIP),
      );
    } catch (error) {
      if (error instanceof ContainerConfigError) {
        throw new ContainerStartError('CreateContainerConfigError', error.message, { cause: error });
      }
      throw error;
    }
  }

  #dns(pod: Pod): DnsConfig | undefined {
    const { clusterDns, clusterDomain } = this.#options;
    const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork = false } = pod.spec;
    const extra = {
      servers: dnsConfig?.nameservers ?? [],
      searches: dnsConfig?.searches ?? [],
      options: (dnsConfig?.options ?? []).map(({ name = '', value }) =>
        value === undefined ? name : `${name}:${value}`,
      ),
    };
    if (dnsPolicy === 'None') return extra;
    const first = dnsPolicy === 'ClusterFirst' && !hostNetwork;
    if (clusterDns !== '' && (first || dnsPolicy === 'ClusterFirstWithHostNet')) {
      const namespace = pod.metadata.namespace ?? 'default';
      const domains =
        clusterDomain === ''
          ? []
          : [
              `${namespace}.svc.${clusterDomain}`,
              `svc.${clusterDomain}`,
              `${namespace}.${clusterDomain}`,
              clusterDomain,
            ];
      return {
        servers: [clusterDns, ...extra.servers],
        searches: [...domains, ...extra.searches],
        options: ['ndots:5', ...extra.options],
      };
    }
    return extra.servers.length === 0 && extra.searches.length === 0 && extra.options.length === 0 ? undefined : extra;
  }
}

async function readAll<T>(
  names: readonly string[],
  read: (name: string) => Promise<T | undefined>,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for (const name of names) {
    const object = await read(name);
    if (object !== undefined) found.set(name, object);
  }
  return found;
}
