import type {
  AgentInfo,
  AgentInfoCapability,
  CheckStatusInfo,
  ContainerStatus,
  DrainInfo,
  ExecutorInfo,
  FrameworkInfoCapabilityType,
  FrameworkInfo,
  MasterInfo,
  Offer,
  Resource,
  ResourcePool,
  TaskInfo,
  TaskState,
  TaskStatus,
  Unavailability,
  MachineID,
} from '@kubernetes-mesos/mesos';
import type { AgentFilter } from './filters';

/** What the master knows. Only `Cluster` and the handlers beside it change it; nothing here does I/O. */

export type FrameworkConnection =
  | { readonly phase: 'connected'; readonly streamId: string }
  /** `deadline`: when it is removed, ms since the epoch. */
  | { readonly phase: 'disconnected'; readonly deadline: number }
  /** Known only through agents since this master started; stays until it subscribes or is torn down. */
  | { readonly phase: 'recovered' };

export interface Framework {
  readonly id: string;
  info: FrameworkInfo;
  capabilities: ReadonlySet<FrameworkInfoCapabilityType>;
  /** Of `roles`, or the one `role` without MULTI_ROLE. */
  roles: readonly string[];
  suppressed: Set<string>;
  connection: FrameworkConnection;
  readonly registeredAt: number;
  reregisteredAt: number | undefined;
  unregisteredAt: number | undefined;
  readonly offers: Set<string>;
  readonly tasks: Map<string, TaskRecord>;
  readonly unreachableTasks: Map<string, TaskRecord>;
  readonly completedTasks: TaskRecord[];
  /** By role, then agent. */
  readonly filters: Map<string, Map<string, AgentFilter[]>>;
}

export interface TaskRecord {
  readonly frameworkId: string;
  readonly id: string;
  readonly agentId: string;
  /** As launched; for tasks learned from an agent only what a Task message tells. */
  readonly info: Pick<
    TaskInfo,
    'name' | 'labels' | 'discovery' | 'container' | 'health_check' | 'kill_policy' | 'limits'
  >;
  /** `undefined` for command tasks. */
  readonly executorId: string | undefined;
  readonly user: string | undefined;
  /** In the newer reservation format, allocated. */
  readonly resources: readonly Resource[];
  readonly role: string;
  /** Newest known, may be ahead of what the framework was told. */
  state: TaskState;
  /** The newest update forwarded to the framework. */
  forwarded: TaskStatus | undefined;
  statuses: TaskStatus[];
  healthy: boolean | undefined;
  checkStatus: CheckStatusInfo | undefined;
  containerStatus: ContainerStatus | undefined;
  /** Its resources are back with the agent. */
  released: boolean;
}

export interface ExecutorRecord {
  readonly frameworkId: string;
  readonly info: ExecutorInfo;
  readonly resources: readonly Resource[];
}

export interface Agent {
  readonly id: string;
  info: AgentInfo;
  version: string;
  pid: string;
  capabilities: readonly AgentInfoCapability[];
  connected: boolean;
  /** By the operator: no offers. */
  deactivated: boolean;
  drain: { readonly info: DrainInfo; readonly since: number } | undefined;
  readonly registeredAt: number;
  reregisteredAt: number | undefined;
  /** Not used and not offered; without allocation. */
  available: ResourcePool;
  readonly offers: Set<string>;
  /** By framework. */
  readonly tasks: Map<string, Map<string, TaskRecord>>;
  readonly executors: Map<string, Map<string, ExecutorRecord>>;
  /** When the last record came from it, ms since the epoch. */
  heardAt: number;
}

export interface OfferRecord {
  readonly offer: Offer;
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  /** In the newer reservation format, allocated to `role`. */
  readonly resources: readonly Resource[];
  readonly expiresAt: number;
}

/** An agent that the registry knows and that has not come back to this master yet. */
export interface RecoveredAgent {
  readonly info: AgentInfo;
}

export interface MaintenanceWindow {
  readonly machines: readonly MachineID[];
  readonly unavailability: Unavailability;
}

export interface MasterState {
  readonly masterInfo: MasterInfo;
  readonly startedAt: number;
  readonly frameworks: Map<string, Framework>;
  readonly completedFrameworks: Framework[];
  readonly agents: Map<string, Agent>;
  readonly recoveredAgents: Map<string, RecoveredAgent>;
  /** Agent id -> when contact was lost, ms since the epoch. */
  readonly unreachable: Map<string, number>;
  readonly gone: Map<string, number>;
  readonly offers: Map<string, OfferRecord>;
  readonly weights: Map<string, number>;
  maintenance: readonly MaintenanceWindow[];
  /** Machines taken down by START_MAINTENANCE. */
  downMachines: readonly MachineID[];
}

const TERMINAL: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

export function isTerminal(state: TaskState): boolean {
  return TERMINAL.has(state);
}
