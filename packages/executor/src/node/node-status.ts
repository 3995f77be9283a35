import { arch, release } from 'node:os';
import { readFile, statfs } from 'node:fs/promises';
import type { AgentInfo, Resource } from '@kubernetes-mesos/mesos';
import { timestamp } from '../pods/container-status';
import type { Node, NodeCondition, NodeStatus, NodeSystemInfo } from '../api/core-v1';

export interface NodeFacts {
  readonly name: string;
  readonly hostIP: string;
  /** Where the kubelet API listens. */
  readonly port: number;
  readonly agent: AgentInfo;
  readonly info: NodeSystemInfo;
  /** Problem of the container runtime, if any. */
  readonly runtimeProblem?: string;
  readonly maxPods: number;
  readonly pressure: { readonly memory: boolean; readonly disk: boolean };
}

/** Share of the agent that pods can have, per kind of resource. */
export interface NodeCapacity {
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

const MIB = 2 ** 20;

/** What an agent offers in all: scalars summed over roles and disks. Mesos counts memory and disk in MiB. */
export function agentCapacity(resources: readonly Resource[]): NodeCapacity {
  const sum = (name: string): number =>
    resources.reduce((total, resource) => (resource.name === name ? total + (resource.scalar?.value ?? 0) : total), 0);
  return { cpu: sum('cpus'), memoryBytes: sum('mem') * MIB, diskBytes: sum('disk') * MIB };
}

/** The whole status of the node. Pure. Times of transitions are kept from `previous`. */
export function nodeStatus(facts: NodeFacts, previous: NodeStatus | undefined, now: number): NodeStatus {
  const capacity = agentCapacity(facts.agent.resources ?? []);
  const amounts: Record<string, string> = {
    cpu: cpuText(capacity.cpu),
    memory: `${Math.floor(capacity.memoryBytes / 1024)}Ki`,
    pods: String(facts.maxPods),
  };
  if (capacity.diskBytes > 0) amounts['ephemeral-storage'] = `${Math.floor(capacity.diskBytes / 1024)}Ki`;
  const ready: Draft =
    facts.runtimeProblem === undefined
      ? ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status']
      : ['Ready', 'False', 'KubeletNotReady', facts.runtimeProblem];
  const drafts: Draft[] = [
    facts.pressure.memory
      ? ['MemoryPressure', 'True', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available']
      : ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    facts.pressure.disk
      ? ['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure']
      : ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ready,
  ];
  return {
    capacity: amounts,
    allocatable: amounts,
    conditions: drafts.map((draft) => condition(draft, previous, now)),
    addresses: [
      { type: 'InternalIP', address: facts.hostIP },
      { type: 'Hostname', address: facts.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: facts.port } },
    nodeInfo: facts.info,
  };
}

/** The node as it is created. */
export function newNode(facts: NodeFacts, now: number): Node {
  return {
    kind: 'Node',
    apiVersion: 'v1',
    metadata: {
      name: facts.name,
      labels: {
        'kubernetes.io/hostname': facts.name,
        'kubernetes.io/os': facts.info.operatingSystem,
        'kubernetes.io/arch': facts.info.architecture,
      },
    },
    spec: { externalID: facts.agent.id?.value ?? facts.name },
    status: nodeStatus(facts, undefined, now),
  };
}

/** What this machine says of itself. */
export async function systemInfo(kubeletVersion: string, containerRuntimeVersion: string): Promise<NodeSystemInfo> {
  const [machineID, bootID, osRelease, productUuid] = await Promise.all([
    readText('/etc/machine-id'),
    readText('/proc/sys/kernel/random/boot_id'),
    readText('/etc/os-release'),
    readText('/sys/class/dmi/id/product_uuid'),
  ]);
  const osImage = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? process.platform;
  const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return {
    machineID,
    systemUUID: productUuid === '' ? machineID : productUuid,
    bootID,
    kernelVersion: release(),
    osImage,
    containerRuntimeVersion,
    kubeletVersion,
    kubeProxyVersion: kubeletVersion,
    operatingSystem: process.platform,
    architecture: architectures[arch()] ?? arch(),
  };
}

const MIN_FREE_MEMORY_BYTES = 100 * MIB;
const MIN_FREE_DISK_SHARE = 0.05;

/** Whether memory (below 100 MiB) or the disk of `directory` (below 5 %) is running out. */
export async function measurePressure(directory: string): Promise<NodeFacts['pressure']> {
  const [memory, disk] = await Promise.all([readText('/proc/meminfo'), statfs(directory).catch(() => undefined)]);
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(memory)?.[1];
  return {
    memory: available !== undefined && Number(available) * 1024 < MIN_FREE_MEMORY_BYTES,
    disk: disk !== undefined && disk.blocks > 0 && disk.bavail / disk.blocks < MIN_FREE_DISK_SHARE,
  };
}

type Draft = readonly [type: string, status: 'True' | 'False', reason: string, message: string];

function condition(draft: Draft, previous: NodeStatus | undefined, now: number): NodeCondition {
  const [type, status, reason, message] = draft;
  const before = previous?.conditions?.find((other) => other.type === type);
  const time = timestamp(now);
  return {
    type,
    status,
    lastHeartbeatTime: time,
    lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? time) : time,
    reason,
    message,
  };
}

function cpuText(cores: number): string {
  const milli = Math.round(cores * 1000);
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
}
