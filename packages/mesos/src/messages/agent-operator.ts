/** Operator calls to an agent: `POST /api/v1`. */
import type {
  ContainerID,
  DurationInfo,
  ExecutorID,
  FileInfo,
  Flag,
  FrameworkID,
  Metric,
  TimeInfo,
  VersionInfo,
} from './common';
import type { ContainerInfo, ContainerStatus, TTYInfo } from './container';
import type { AgentInfo, DrainConfig, FrameworkInfo } from './framework';
import type { Resource, ResourceStatistics, TaskResourceLimitation, ValueScalar } from './resources';
import type { CommandInfo, ExecutorInfo, Task, TaskState, TaskStatusReason } from './task';

export type AgentCallType =
  | 'UNKNOWN'
  | 'GET_HEALTH'
  | 'GET_FLAGS'
  | 'GET_VERSION'
  | 'GET_METRICS'
  | 'GET_LOGGING_LEVEL'
  | 'SET_LOGGING_LEVEL'
  | 'LIST_FILES'
  | 'READ_FILE'
  | 'GET_STATE'
  | 'GET_CONTAINERS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_TASKS'
  | 'LAUNCH_NESTED_CONTAINER'
  | 'WAIT_NESTED_CONTAINER'
  | 'KILL_NESTED_CONTAINER'
  | 'LAUNCH_NESTED_CONTAINER_SESSION'
  | 'ATTACH_CONTAINER_INPUT'
  | 'ATTACH_CONTAINER_OUTPUT'
  | 'GET_AGENT'
  | 'REMOVE_NESTED_CONTAINER'
  | 'LAUNCH_CONTAINER'
  | 'WAIT_CONTAINER'
  | 'KILL_CONTAINER'
  | 'REMOVE_CONTAINER'
  | 'GET_RESOURCE_PROVIDERS'
  | 'ADD_RESOURCE_PROVIDER_CONFIG'
  | 'UPDATE_RESOURCE_PROVIDER_CONFIG'
  | 'REMOVE_RESOURCE_PROVIDER_CONFIG'
  | 'PRUNE_IMAGES'
  | 'GET_OPERATIONS'
  | 'MARK_RESOURCE_PROVIDER_GONE';

export interface AgentCallGetMetrics {
  readonly timeout?: DurationInfo;
}

export interface AgentCallSetLoggingLevel {
  readonly level: number;
  readonly duration: DurationInfo;
}

export interface AgentCallListFiles {
  readonly path: string;
}

export interface AgentCallReadFile {
  readonly path: string;
  readonly offset: number;
  readonly length?: number;
}

export interface AgentCallGetContainers {
  readonly show_nested?: boolean;
  readonly show_standalone?: boolean;
}

export interface AgentCallLaunchNestedContainerSession {
  readonly container_id: ContainerID;
  readonly command?: CommandInfo;
  readonly container?: ContainerInfo;
}

export type AgentCallAttachContainerInputType = 'UNKNOWN' | 'CONTAINER_ID' | 'PROCESS_IO';

export interface AgentCallAttachContainerInput {
  readonly type?: AgentCallAttachContainerInputType;
  readonly container_id?: ContainerID;
  readonly process_io?: ProcessIo;
}

export interface AgentCallAttachContainerOutput {
  readonly container_id: ContainerID;
}

export interface AgentCallLaunchContainer {
  readonly container_id: ContainerID;
  readonly command?: CommandInfo;
  readonly resources?: readonly Resource[];
  readonly container?: ContainerInfo;
  readonly limits?: Readonly<Record<string, ValueScalar>>;
}

export interface AgentCallWaitContainer {
  readonly container_id: ContainerID;
}

export interface AgentCallKillContainer {
  readonly container_id: ContainerID;
  readonly signal?: number;
}

export interface AgentCallRemoveContainer {
  readonly container_id: ContainerID;
}

export interface AgentCall {
  readonly type?: AgentCallType;
  readonly get_metrics?: AgentCallGetMetrics;
  readonly set_logging_level?: AgentCallSetLoggingLevel;
  readonly list_files?: AgentCallListFiles;
  readonly read_file?: AgentCallReadFile;
  readonly launch_nested_container_session?: AgentCallLaunchNestedContainerSession;
  readonly attach_container_input?: AgentCallAttachContainerInput;
  readonly attach_container_output?: AgentCallAttachContainerOutput;
  readonly launch_container?: AgentCallLaunchContainer;
  readonly wait_container?: AgentCallWaitContainer;
  readonly kill_container?: AgentCallKillContainer;
  readonly remove_container?: AgentCallRemoveContainer;
  readonly get_containers?: AgentCallGetContainers;
}

export type AgentResponseType =
  | 'UNKNOWN'
  | 'GET_HEALTH'
  | 'GET_FLAGS'
  | 'GET_VERSION'
  | 'GET_METRICS'
  | 'GET_LOGGING_LEVEL'
  | 'LIST_FILES'
  | 'READ_FILE'
  | 'GET_STATE'
  | 'GET_CONTAINERS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_TASKS'
  | 'WAIT_NESTED_CONTAINER'
  | 'GET_AGENT'
  | 'WAIT_CONTAINER';

export interface AgentResponseGetHealth {
  readonly healthy: boolean;
}

export interface AgentResponseGetFlags {
  readonly flags?: readonly Flag[];
}

export interface AgentResponseGetVersion {
  readonly version_info: VersionInfo;
}

export interface AgentResponseGetMetrics {
  readonly metrics?: readonly Metric[];
}

export interface AgentResponseGetLoggingLevel {
  readonly level: number;
}

export interface AgentResponseListFiles {
  readonly file_infos?: readonly FileInfo[];
}

export interface AgentResponseReadFile {
  readonly size: number;
  readonly data: Buffer;
}

export interface AgentResponseGetState {
  readonly get_tasks?: AgentResponseGetTasks;
  readonly get_executors?: AgentResponseGetExecutors;
  readonly get_frameworks?: AgentResponseGetFrameworks;
}

export interface AgentResponseGetContainersContainer {
  readonly framework_id?: FrameworkID;
  readonly executor_id?: ExecutorID;
  readonly executor_name?: string;
  readonly container_id: ContainerID;
  readonly container_status?: ContainerStatus;
  readonly resource_statistics?: ResourceStatistics;
}

export interface AgentResponseGetContainers {
  readonly containers?: readonly AgentResponseGetContainersContainer[];
}

export interface AgentResponseGetFrameworksFramework {
  readonly framework_info: FrameworkInfo;
}

export interface AgentResponseGetFrameworks {
  readonly frameworks?: readonly AgentResponseGetFrameworksFramework[];
  readonly completed_frameworks?: readonly AgentResponseGetFrameworksFramework[];
}

export interface AgentResponseGetExecutorsExecutor {
  readonly executor_info: ExecutorInfo;
}

export interface AgentResponseGetExecutors {
  readonly executors?: readonly AgentResponseGetExecutorsExecutor[];
  readonly completed_executors?: readonly AgentResponseGetExecutorsExecutor[];
}

export interface AgentResponseGetTasks {
  readonly pending_tasks?: readonly Task[];
  readonly queued_tasks?: readonly Task[];
  readonly launched_tasks?: readonly Task[];
  readonly terminated_tasks?: readonly Task[];
  readonly completed_tasks?: readonly Task[];
}

export interface AgentResponseGetAgent {
  readonly agent_info?: AgentInfo;
  readonly drain_config?: DrainConfig;
  readonly estimated_drain_start_time?: TimeInfo;
}

export interface AgentResponseWaitContainer {
  readonly exit_status?: number;
  readonly state?: TaskState;
  readonly reason?: TaskStatusReason;
  readonly limitation?: TaskResourceLimitation;
  readonly message?: string;
}

export interface AgentResponse {
  readonly type?: AgentResponseType;
  readonly get_health?: AgentResponseGetHealth;
  readonly get_flags?: AgentResponseGetFlags;
  readonly get_version?: AgentResponseGetVersion;
  readonly get_metrics?: AgentResponseGetMetrics;
  readonly get_logging_level?: AgentResponseGetLoggingLevel;
  readonly list_files?: AgentResponseListFiles;
  readonly read_file?: AgentResponseReadFile;
  readonly get_state?: AgentResponseGetState;
  readonly get_containers?: AgentResponseGetContainers;
  readonly get_frameworks?: AgentResponseGetFrameworks;
  readonly get_executors?: AgentResponseGetExecutors;
  readonly get_tasks?: AgentResponseGetTasks;
  readonly get_agent?: AgentResponseGetAgent;
  readonly wait_container?: AgentResponseWaitContainer;
}

export type ProcessIoType = 'UNKNOWN' | 'DATA' | 'CONTROL';

export type ProcessIoDataType = 'UNKNOWN' | 'STDIN' | 'STDOUT' | 'STDERR';

export interface ProcessIoData {
  readonly type?: ProcessIoDataType;
  readonly data?: Buffer;
}

export type ProcessIoControlType = 'UNKNOWN' | 'TTY_INFO' | 'HEARTBEAT';

export interface ProcessIoControlHeartbeat {
  readonly interval?: DurationInfo;
}

export interface ProcessIoControl {
  readonly type?: ProcessIoControlType;
  readonly tty_info?: TTYInfo;
  readonly heartbeat?: ProcessIoControlHeartbeat;
}

export interface ProcessIo {
  readonly type?: ProcessIoType;
  readonly data?: ProcessIoData;
  readonly control?: ProcessIoControl;
}
