import type {
  AgentInfo,
  DrainConfig,
  ExecutorInfo,
  FrameworkInfo,
  KillPolicy,
  TaskInfo,
  TaskState,
  TaskStatus,
  TaskStatusReason,
} from '@kubernetes-mesos/mesos';
import type { TaskUpdates } from './update-stream';

/** What the agent knows. Only `AgentCore` and the handlers beside it change it; nothing here does I/O. */

export interface AgentState {
  /** `id` once a master has given one. */
  info: AgentInfo;
  /** `recovering`: executors of the time before a restart may come back; the agent has not registered yet. */
  phase: 'recovering' | 'running' | 'terminating';
  readonly frameworks: Map<string, AgentFramework>;
  drain: DrainConfig | undefined;
}

export interface AgentFramework {
  readonly id: string;
  info: FrameworkInfo;
  terminating: boolean;
  readonly executors: Map<string, Executor>;
  /** By task; kept until the last update is acknowledged. */
  readonly updates: Map<string, TaskUpdates>;
  /** Under which executor's checkpoint a task's updates are; for as long as there are some. */
  readonly owners: Map<string, Executor>;
  readonly completedExecutors: CompletedExecutor[];
}

/** How far an executor is. */
export type ExecutorPhase =
  /** Being fetched and started, or started and not subscribed; `deadline` in ms since the epoch. */
  | { readonly name: 'registering'; readonly deadline: number }
  /** Survived a restart of the agent and has not subscribed again. */
  | { readonly name: 'recovering'; readonly deadline: number }
  | { readonly name: 'running' }
  /** Told to end; killed at `deadline`. */
  | { readonly name: 'terminating'; readonly deadline: number };

/** What becomes of an executor's tasks that have not ended when it does. */
export interface Termination {
  readonly state: TaskState;
  readonly reason: TaskStatusReason;
  readonly message: string;
}

export interface Executor {
  readonly frameworkId: string;
  readonly id: string;
  readonly info: ExecutorInfo;
  readonly containerId: string;
  /** Sandbox on the host. */
  readonly directory: string;
  readonly commandTask: boolean;
  phase: ExecutorPhase;
  pid: number | undefined;
  /** The open stream, if any. */
  streamId: string | undefined;
  /** Not sent yet. */
  queued: QueuedLaunch[];
  /** Sent, and not ended-and-acknowledged. */
  readonly tasks: Map<string, AgentTask>;
  readonly completedTasks: AgentTask[];
  /** Set by whoever ends it. */
  termination: Termination | undefined;
}

export interface QueuedLaunch {
  readonly tasks: readonly TaskInfo[];
  /** One LAUNCH_GROUP for all. */
  readonly group: boolean;
}

export interface AgentTask {
  readonly info: TaskInfo;
  state: TaskState;
  statuses: TaskStatus[];
  /** uuids of updates taken, hex: what comes twice is acknowledged and dropped. */
  readonly seen: Set<string>;
}

export interface CompletedExecutor {
  readonly info: ExecutorInfo;
  readonly containerId: string;
  readonly directory: string;
  readonly completedTasks: readonly AgentTask[];
}

export interface KillRequest {
  readonly frameworkId: string;
  readonly taskId: string;
  readonly killPolicy: KillPolicy | undefined;
}

export function newFramework(id: string, info: FrameworkInfo): AgentFramework {
  return {
    id,
    info,
    terminating: false,
    executors: new Map(),
    updates: new Map(),
    owners: new Map(),
    completedExecutors: [],
  };
}

export function newTask(info: TaskInfo): AgentTask {
  return { info, state: 'TASK_STAGING', statuses: [], seen: new Set() };
}
