/**
 * The protocol between this package's master and agents. It is internal: a real Mesos agent cannot join this master, nor
 * this agent a real master (those speak libprocess to each other).
 *
 * The agent opens one HTTP request `POST /internal/agent` to the master; both bodies stay open and carry RecordIO records,
 * each one message of this file as JSON (Buffers as `{"$bytes":base64}`). The agent's first record is REGISTER, the
 * master's first answer REGISTERED or REFUSED. Both directions are ordered. When the connection breaks, the master takes
 * the agent as disconnected at once; the agent connects again, with back-off, to whatever master then leads, and its
 * REGISTER then tells everything it still runs. The master pings; a silent agent becomes unreachable.
 */
import type {
  AgentInfo,
  AgentInfoCapability,
  DrainConfig,
  ExecutorInfo,
  FrameworkInfo,
  KillPolicy,
  MasterInfo,
  Task,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '@kubernetes-mesos/mesos';

export const AGENT_LINK_PATH = '/internal/agent';

/** What an agent runs, told when it registers. */
export interface AgentInventory {
  readonly frameworks: readonly FrameworkInfo[];
  readonly executors: readonly { readonly framework_id: string; readonly executor: ExecutorInfo }[];
  /** Tasks not yet acknowledged as terminal. */
  readonly tasks: readonly Task[];
}

export type AgentMessage =
  | {
      readonly type: 'REGISTER';
      /** `id` is absent on the first registration ever. */
      readonly agent_info: AgentInfo;
      readonly version: string;
      /** `slave(1)@ip:port` */
      readonly pid: string;
      readonly capabilities: readonly AgentInfoCapability[];
      readonly inventory: AgentInventory;
    }
  | {
      readonly type: 'STATUS_UPDATE';
      readonly framework_id: string;
      readonly status: TaskStatus;
      /** Newest state the agent knows of the task; may be ahead of `status`. */
      readonly latest_state: TaskState;
    }
  | {
      readonly type: 'EXECUTOR_EXITED';
      readonly framework_id: string;
      readonly executor_id: string;
      /** Raw wait(2) status, -1 = unknown. */
      readonly status: number;
    }
  | {
      readonly type: 'EXECUTOR_MESSAGE';
      readonly framework_id: string;
      readonly executor_id: string;
      readonly data: Buffer;
    }
  | { readonly type: 'PONG' }
  /** The agent leaves for good (clean shutdown). */
  | { readonly type: 'UNREGISTER'; readonly message: string };

export type MasterMessage =
  | {
      readonly type: 'REGISTERED';
      readonly agent_id: string;
      readonly master_info: MasterInfo;
      /** ms after which an agent that hears nothing takes the master as gone. */
      readonly silence_ms: number;
      /** Tasks the master knows there and the agent did not name: it answers LOST or DROPPED for those it lacks. */
      readonly reconcile: readonly { readonly framework: FrameworkInfo; readonly task_id: string }[];
      /** Frameworks that ended while the agent was away. */
      readonly removed_frameworks: readonly string[];
    }
  /** The agent may not join; it kills its executors and ends. */
  | { readonly type: 'REFUSED'; readonly reason: string }
  | {
      readonly type: 'RUN_TASKS';
      readonly framework: FrameworkInfo;
      readonly executor: ExecutorInfo;
      /** Without their `executor`: it is the one above. */
      readonly tasks: readonly TaskInfo[];
      /** The executor gets all tasks in one LAUNCH_GROUP. */
      readonly group: boolean;
      /** Whether the master has charged a new executor for it. */
      readonly launch_executor: boolean;
      /** The executor is generated for a command task. */
      readonly command_task: boolean;
    }
  | {
      readonly type: 'KILL_TASK';
      readonly framework_id: string;
      readonly task_id: string;
      readonly kill_policy?: KillPolicy;
    }
  | { readonly type: 'SHUTDOWN_EXECUTOR'; readonly framework_id: string; readonly executor_id: string }
  | { readonly type: 'SHUTDOWN_FRAMEWORK'; readonly framework_id: string }
  | { readonly type: 'UPDATE_FRAMEWORK'; readonly framework: FrameworkInfo }
  | {
      readonly type: 'ACKNOWLEDGE';
      readonly framework_id: string;
      readonly task_id: string;
      readonly uuid: Buffer;
    }
  | {
      readonly type: 'SCHEDULER_MESSAGE';
      readonly framework_id: string;
      readonly executor_id: string;
      readonly data: Buffer;
    }
  | { readonly type: 'DRAIN'; readonly config: DrainConfig }
  | { readonly type: 'PING' }
  /** The agent kills everything and ends: marked gone, removed, machine down. */
  | { readonly type: 'SHUTDOWN'; readonly message: string };
