import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { Container, Pod } from '../../api/core-v1';
import type { ContainerStart, SandboxSpec } from '../runtime';
import { dockerName, INFRA_NAME, LABELS } from './names';

export interface CreateContext {
  readonly owner: string;
  /** Host ports are bound on this IP. */
  readonly hostIP: string;
  /** `''`: Docker's own. */
  readonly cgroupParent: string;
  /** Default: the daemon's own. */
  readonly logConfig?: NonNullable<HostConfig['LogConfig']>;
}

const MIN_CPU_SHARES = 2;
const CPU_PERIOD_US = 100_000;
const MIN_CPU_QUOTA_US = 1_000;
const DEFAULT_TERMINATION_PATH = '/dev/termination-log';

/** The pause container: network, IPC and host ports of the pod. Pure but for the random part of its name. */
export function sandboxOptions(spec: SandboxSpec, image: string, context: CreateContext): ContainerCreateOptions {
  const { pod } = spec;
  const ports = (pod.spec.hostNetwork === true ? [] : pod.spec.containers).flatMap(({ ports = [] }) => ports);
  const exposed: Record<string, object> = {};
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { containerPort, hostPort, protocol = 'TCP', hostIP } of ports) {
    const key = `${containerPort}/${protocol.toLowerCase()}`;
    exposed[key] = {};
    if (hostPort === undefined || hostPort === 0) continue;
    (bindings[key] ??= []).push({ HostIp: hostIP ?? context.hostIP, HostPort: String(hostPort) });
  }
  const { sysctls } = pod.spec.securityContext ?? {};
  const host: HostConfig = {
    NetworkMode: pod.spec.hostNetwork === true ? 'host' : 'bridge',
    IpcMode: pod.spec.hostIPC === true ? 'host' : 'shareable',
    PortBindings: bindings,
    ...(pod.spec.hostPID === true ? { PidMode: 'host' } : {}),
    ...(context.cgroupParent === '' ? {} : { CgroupParent: context.cgroupParent }),
    ...(sysctls === undefined ? {} : { Sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [name, value])) }),
    ...hostsAndDns(spec),
  };
  return {
    name: dockerName(pod, INFRA_NAME, ports),
    Image: image,
    Labels: labels(pod, INFRA_NAME, spec.attempt, context.owner),
    ExposedPorts: exposed,
    HostConfig: host,
    ...(pod.spec.hostNetwork === true ? {} : { Hostname: spec.hostname }),
  };
}

/** A container of the pod in the namespaces of its pause container. */
export function containerOptions(
  spec: ContainerStart,
  sandboxId: string,
  context: CreateContext,
): ContainerCreateOptions {
  const { pod, container } = spec;
  const security = container.securityContext;
  const terminationPath = container.terminationMessagePath ?? DEFAULT_TERMINATION_PATH;
  const mounts = spec.mounts.map(({ hostPath, containerPath, readOnly }) => ({
    Type: 'bind' as const,
    Source: hostPath,
    Target: containerPath,
    ReadOnly: readOnly,
  }));
  mounts.push({ Type: 'bind', Source: spec.terminationMessageFile, Target: terminationPath, ReadOnly: false });
  const joined = `container:${sandboxId}`;
  const pidMode = pod.spec.hostPID === true ? 'host' : pod.spec.shareProcessNamespace === true ? joined : undefined;
  const host: HostConfig = {
    NetworkMode: joined,
    IpcMode: joined,
    Mounts: mounts,
    Privileged: security?.privileged === true,
    ReadonlyRootfs: security?.readOnlyRootFilesystem === true,
    CapAdd: security?.capabilities?.add ?? [],
    CapDrop: security?.capabilities?.drop ?? [],
    GroupAdd: groups(pod),
    CpuShares: Math.max(MIN_CPU_SHARES, Math.floor(((spec.cpuRequestMilli ?? 0) * 1024) / 1000)),
    ...(pidMode === undefined ? {} : { PidMode: pidMode }),
    ...(security?.allowPrivilegeEscalation === false ? { SecurityOpt: ['no-new-privileges'] } : {}),
    ...(context.cgroupParent === '' ? {} : { CgroupParent: context.cgroupParent }),
    ...(context.logConfig === undefined ? {} : { LogConfig: context.logConfig }),
    ...limits(spec),
  };
  const user = userOf(pod, container);
  return {
    name: dockerName(pod, container.name, container),
    Image: container.image ?? '',
    Labels: {
      ...labels(pod, container.name, spec.attempt, context.owner),
      [LABELS.terminationMessage]: spec.terminationMessageFile,
    },
    Env: [...spec.environment].map(([name, value]) => `${name}=${value}`),
    OpenStdin: container.stdin === true,
    StdinOnce: container.stdinOnce === true,
    Tty: container.tty === true,
    HostConfig: host,
    ...(spec.command === undefined ? {} : { Entrypoint: [...spec.command] }),
    ...(spec.args === undefined ? {} : { Cmd: [...spec.args] }),
    ...(container.workingDir === undefined ? {} : { WorkingDir: container.workingDir }),
    ...(user === undefined ? {} : { User: user }),
  };
}

function labels(pod: Pod, container: string, attempt: number, owner: string): Record<string, string> {
  return {
    [LABELS.podName]: pod.metadata.name ?? '',
    [LABELS.podNamespace]: pod.metadata.namespace ?? '',
    [LABELS.podUid]: pod.metadata.uid ?? '',
    [LABELS.containerName]: container,
    [LABELS.attempt]: String(attempt),
    [LABELS.owner]: owner,
  };
}

function hostsAndDns(spec: SandboxSpec): HostConfig {
  const aliases = (spec.pod.spec.hostAliases ?? []).flatMap(({ ip = '', hostnames = [] }) =>
    hostnames.map((name) => `${name}:${ip}`),
  );
  const { dns } = spec;
  return {
    ...(aliases.length === 0 ? {} : { ExtraHosts: aliases }),
    ...(dns === undefined ? {} : { Dns: [...dns.servers], DnsSearch: [...dns.searches], DnsOptions: [...dns.options] }),
  };
}

function limits(spec: ContainerStart): HostConfig {
  const { cpuLimitMilli, memoryLimitBytes } = spec;
  return {
    ...(cpuLimitMilli === undefined || cpuLimitMilli === 0
      ? {}
      : { CpuPeriod: CPU_PERIOD_US, CpuQuota: Math.max(MIN_CPU_QUOTA_US, cpuLimitMilli * (CPU_PERIOD_US / 1000)) }),
    ...(memoryLimitBytes === undefined || memoryLimitBytes === 0
      ? {}
      : { Memory: memoryLimitBytes, MemorySwap: memoryLimitBytes }),
  };
}

function userOf(pod: Pod, container: Container): string | undefined {
  const own = container.securityContext;
  const ofPod = pod.spec.securityContext;
  const user = own?.runAsUser ?? ofPod?.runAsUser;
  const group = own?.runAsGroup ?? ofPod?.runAsGroup;
  if (user === undefined) return undefined;
  return group === undefined ? String(user) : `${user}:${group}`;
}

function groups(pod: Pod): string[] {
  const { supplementalGroups = [], fsGroup } = pod.spec.securityContext ?? {};
  return [...supplementalGroups, ...(fsGroup === undefined ? [] : [fsGroup])].map(String);
}
