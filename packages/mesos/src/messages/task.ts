/** Tasks, executors, commands and their checks. */
import type { AgentID, DurationInfo, ExecutorID, FrameworkID, Labels, Secret, TaskID, TimeInfo } from './common';
import type { ContainerInfo, ContainerStatus, NetworkInfoProtocol } from './container';
import type { Resource, TaskResourceLimitation, ValueScalar } from './resources';

export interface KillPolicy {
  readonly grace_period?: DurationInfo;
}

export type EnvironmentVariableType = 'UNKNOWN' | 'VALUE' | 'SECRET';

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly type?: EnvironmentVariableType;
  readonly secret?: Secret;
}

export interface Environment {
  readonly variables?: readonly EnvironmentVariable[];
}

export interface CommandInfoURI {
  readonly value: string;
  readonly executable?: boolean;
  /** Absent = true. */
  readonly extract?: boolean;
  readonly cache?: boolean;
  readonly output_file?: string;
}

export interface CommandInfo {
  readonly uris?: readonly CommandInfoURI[];
  readonly environment?: Environment;
  readonly value?: string;
  readonly user?: string;
  /** Absent = true: `/bin/sh -c value`. */
  readonly shell?: boolean;
  /** Whole argv, with argv[0]; only when `shell` is false. */
  readonly arguments?: readonly string[];
}

export type ExecutorInfoType = 'UNKNOWN' | 'DEFAULT' | 'CUSTOM';

export interface ExecutorInfo {
  readonly executor_id: ExecutorID;
  readonly data?: Buffer;
  readonly resources?: readonly Resource[];
  readonly command?: CommandInfo;
  readonly framework_id?: FrameworkID;
  readonly name?: string;
  readonly source?: string;
  readonly container?: ContainerInfo;
  readonly discovery?: DiscoveryInfo;
  readonly shutdown_grace_period?: DurationInfo;
  readonly labels?: Labels;
  readonly type?: ExecutorInfoType;
}

export interface TaskInfo {
  readonly name: string;
  readonly task_id: TaskID;
  readonly agent_id: AgentID;
  readonly resources?: readonly Resource[];
  readonly executor?: ExecutorInfo;
  readonly data?: Buffer;
  readonly command?: CommandInfo;
  readonly health_check?: HealthCheck;
  readonly container?: ContainerInfo;
  readonly labels?: Labels;
  readonly discovery?: DiscoveryInfo;
  readonly kill_policy?: KillPolicy;
  readonly check?: CheckInfo;
  readonly max_completion_time?: DurationInfo;
  readonly limits?: Readonly<Record<string, ValueScalar>>;
}

export interface TaskGroupInfo {
  readonly tasks?: readonly TaskInfo[];
}

export interface Task {
  readonly name: string;
  readonly task_id: TaskID;
  readonly framework_id: FrameworkID;
  readonly executor_id?: ExecutorID;
  readonly agent_id: AgentID;
  readonly state: TaskState;
  readonly resources?: readonly Resource[];
  readonly statuses?: readonly TaskStatus[];
  readonly status_update_state?: TaskState;
  readonly status_update_uuid?: Buffer;
  readonly labels?: Labels;
  readonly discovery?: DiscoveryInfo;
  readonly container?: ContainerInfo;
  readonly user?: string;
  readonly health_check?: HealthCheck;
  readonly kill_policy?: KillPolicy;
  readonly limits?: Readonly<Record<string, ValueScalar>>;
}

export type TaskState =
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_KILLED'
  | 'TASK_LOST'
  | 'TASK_STAGING'
  | 'TASK_ERROR'
  | 'TASK_KILLING'
  | 'TASK_DROPPED'
  | 'TASK_UNREACHABLE'
  | 'TASK_GONE'
  | 'TASK_GONE_BY_OPERATOR'
  | 'TASK_UNKNOWN';

export type CheckInfoType = 'UNKNOWN' | 'COMMAND' | 'HTTP' | 'TCP';

export interface CheckInfoCommand {
  readonly command: CommandInfo;
}

export interface CheckInfoHttp {
  readonly port: number;
  readonly path?: string;
}

export interface CheckInfoTcp {
  readonly port: number;
}

export interface CheckInfo {
  readonly type?: CheckInfoType;
  readonly command?: CheckInfoCommand;
  readonly http?: CheckInfoHttp;
  readonly delay_seconds?: number;
  readonly interval_seconds?: number;
  readonly timeout_seconds?: number;
  readonly tcp?: CheckInfoTcp;
}

export interface CheckStatusInfoCommand {
  readonly exit_code?: number;
}

export interface CheckStatusInfoHttp {
  readonly status_code?: number;
}

export interface CheckStatusInfoTcp {
  readonly succeeded?: boolean;
}

export interface CheckStatusInfo {
  readonly type?: CheckInfoType;
  readonly command?: CheckStatusInfoCommand;
  readonly http?: CheckStatusInfoHttp;
  readonly tcp?: CheckStatusInfoTcp;
}

export type HealthCheckType = 'UNKNOWN' | 'COMMAND' | 'HTTP' | 'TCP';

export interface HealthCheckHTTPCheckInfo {
  readonly port: number;
  readonly path?: string;
  readonly scheme?: string;
  readonly statuses?: readonly number[];
  readonly protocol?: NetworkInfoProtocol;
}

export interface HealthCheckTCPCheckInfo {
  readonly port: number;
  readonly protocol?: NetworkInfoProtocol;
}

export interface HealthCheck {
  readonly http?: HealthCheckHTTPCheckInfo;
  readonly delay_seconds?: number;
  readonly interval_seconds?: number;
  readonly timeout_seconds?: number;
  readonly consecutive_failures?: number;
  readonly grace_period_seconds?: number;
  readonly command?: CommandInfo;
  readonly type?: HealthCheckType;
  readonly tcp?: HealthCheckTCPCheckInfo;
}

export type DiscoveryInfoVisibility = 'FRAMEWORK' | 'CLUSTER' | 'EXTERNAL';

export interface DiscoveryInfo {
  readonly visibility: DiscoveryInfoVisibility;
  readonly name?: string;
  readonly environment?: string;
  readonly location?: string;
  readonly version?: string;
  readonly ports?: Ports;
  readonly labels?: Labels;
}

export interface Port {
  /** Port number. */
  readonly number: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly visibility?: DiscoveryInfoVisibility;
  readonly labels?: Labels;
}

export interface Ports {
  readonly ports?: readonly Port[];
}

export type TaskStatusSource = 'SOURCE_MASTER' | 'SOURCE_AGENT' | 'SOURCE_EXECUTOR';

export type TaskStatusReason =
  | 'REASON_COMMAND_EXECUTOR_FAILED'
  | 'REASON_EXECUTOR_TERMINATED'
  | 'REASON_EXECUTOR_UNREGISTERED'
  | 'REASON_FRAMEWORK_REMOVED'
  | 'REASON_GC_ERROR'
  | 'REASON_INVALID_FRAMEWORKID'
  | 'REASON_INVALID_OFFERS'
  | 'REASON_MASTER_DISCONNECTED'
  | 'REASON_CONTAINER_LIMITATION_MEMORY'
  | 'REASON_RECONCILIATION'
  | 'REASON_AGENT_DISCONNECTED'
  | 'REASON_AGENT_REMOVED'
  | 'REASON_AGENT_RESTARTED'
  | 'REASON_AGENT_UNKNOWN'
  | 'REASON_TASK_INVALID'
  | 'REASON_TASK_UNAUTHORIZED'
  | 'REASON_TASK_UNKNOWN'
  | 'REASON_CONTAINER_PREEMPTED'
  | 'REASON_RESOURCES_UNKNOWN'
  | 'REASON_CONTAINER_LIMITATION'
  | 'REASON_CONTAINER_LIMITATION_DISK'
  | 'REASON_CONTAINER_LAUNCH_FAILED'
  | 'REASON_CONTAINER_UPDATE_FAILED'
  | 'REASON_EXECUTOR_REGISTRATION_TIMEOUT'
  | 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT'
  | 'REASON_TASK_GROUP_INVALID'
  | 'REASON_TASK_GROUP_UNAUTHORIZED'
  | 'REASON_IO_SWITCHBOARD_EXITED'
  | 'REASON_TASK_CHECK_STATUS_UPDATED'
  | 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED'
  | 'REASON_TASK_KILLED_DURING_LAUNCH'
  | 'REASON_AGENT_REMOVED_BY_OPERATOR'
  | 'REASON_AGENT_REREGISTERED'
  | 'REASON_MAX_COMPLETION_TIME_REACHED'
  | 'REASON_AGENT_DRAINING';

export interface TaskStatus {
  readonly task_id: TaskID;
  readonly state: TaskState;
  readonly data?: Buffer;
  readonly message?: string;
  readonly agent_id?: AgentID;
  /** Seconds since the epoch. */
  readonly timestamp?: number;
  readonly executor_id?: ExecutorID;
  readonly healthy?: boolean;
  readonly source?: TaskStatusSource;
  readonly reason?: TaskStatusReason;
  /** 16 bytes; present when the status must be acknowledged. */
  readonly uuid?: Buffer;
  readonly labels?: Labels;
  readonly container_status?: ContainerStatus;
  readonly unreachable_time?: TimeInfo;
  readonly check_status?: CheckStatusInfo;
  readonly limitation?: TaskResourceLimitation;
}
