/** What the master answers to operator calls, and its event stream. */
import type { AgentID, FileInfo, Flag, FrameworkID, Metric, TimeInfo, VersionInfo } from './common';
import type {
  AgentInfo,
  AgentInfoCapability,
  DrainInfo,
  FrameworkInfo,
  MasterInfo,
  Role,
  WeightInfo,
} from './framework';
import type { MaintenanceClusterStatus, MaintenanceSchedule, QuotaStatus } from './maintenance';
import type { InverseOffer, Offer, Operation } from './offer';
import type { Resource } from './resources';
import type { OfferConstraints } from './scheduler';
import type { ExecutorInfo, Task, TaskState, TaskStatus } from './task';

export type MasterResponseType =
  | 'UNKNOWN'
  | 'GET_HEALTH'
  | 'GET_FLAGS'
  | 'GET_VERSION'
  | 'GET_METRICS'
  | 'GET_LOGGING_LEVEL'
  | 'LIST_FILES'
  | 'READ_FILE'
  | 'GET_STATE'
  | 'GET_AGENTS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_TASKS'
  | 'GET_ROLES'
  | 'GET_WEIGHTS'
  | 'GET_MASTER'
  | 'GET_MAINTENANCE_STATUS'
  | 'GET_MAINTENANCE_SCHEDULE'
  | 'GET_QUOTA'
  | 'GET_OPERATIONS';

export interface MasterResponseGetHealth {
  readonly healthy: boolean;
}

export interface MasterResponseGetFlags {
  readonly flags?: readonly Flag[];
}

export interface MasterResponseGetVersion {
  readonly version_info: VersionInfo;
}

export interface MasterResponseGetMetrics {
  readonly metrics?: readonly Metric[];
}

export interface MasterResponseGetLoggingLevel {
  readonly level: number;
}

export interface MasterResponseListFiles {
  readonly file_infos?: readonly FileInfo[];
}

export interface MasterResponseReadFile {
  readonly size: number;
  readonly data: Buffer;
}

export interface MasterResponseGetState {
  readonly get_tasks?: MasterResponseGetTasks;
  readonly get_executors?: MasterResponseGetExecutors;
  readonly get_frameworks?: MasterResponseGetFrameworks;
  readonly get_agents?: MasterResponseGetAgents;
}

export interface MasterResponseGetAgentsAgent {
  readonly agent_info: AgentInfo;
  readonly active: boolean;
  readonly version: string;
  readonly pid?: string;
  readonly registered_time?: TimeInfo;
  readonly reregistered_time?: TimeInfo;
  readonly total_resources?: readonly Resource[];
  readonly allocated_resources?: readonly Resource[];
  readonly offered_resources?: readonly Resource[];
  readonly capabilities?: readonly AgentInfoCapability[];
  readonly deactivated?: boolean;
  readonly drain_info?: DrainInfo;
  readonly estimated_drain_start_time?: TimeInfo;
}

export interface MasterResponseGetAgents {
  readonly agents?: readonly MasterResponseGetAgentsAgent[];
  readonly recovered_agents?: readonly AgentInfo[];
}

export interface MasterResponseGetFrameworksFramework {
  readonly framework_info: FrameworkInfo;
  readonly active: boolean;
  readonly connected: boolean;
  readonly registered_time?: TimeInfo;
  readonly reregistered_time?: TimeInfo;
  readonly unregistered_time?: TimeInfo;
  readonly offers?: readonly Offer[];
  readonly inverse_offers?: readonly InverseOffer[];
  readonly allocated_resources?: readonly Resource[];
  readonly offered_resources?: readonly Resource[];
  readonly recovered: boolean;
  readonly offer_constraints?: OfferConstraints;
}

export interface MasterResponseGetFrameworks {
  readonly frameworks?: readonly MasterResponseGetFrameworksFramework[];
  readonly completed_frameworks?: readonly MasterResponseGetFrameworksFramework[];
  readonly recovered_frameworks?: readonly FrameworkInfo[];
}

export interface MasterResponseGetExecutorsExecutor {
  readonly executor_info: ExecutorInfo;
  readonly agent_id: AgentID;
}

export interface MasterResponseGetExecutors {
  readonly executors?: readonly MasterResponseGetExecutorsExecutor[];
  readonly orphan_executors?: readonly MasterResponseGetExecutorsExecutor[];
}

export interface MasterResponseGetOperations {
  readonly operations?: readonly Operation[];
}

export interface MasterResponseGetTasks {
  readonly pending_tasks?: readonly Task[];
  readonly tasks?: readonly Task[];
  readonly completed_tasks?: readonly Task[];
  readonly orphan_tasks?: readonly Task[];
  readonly unreachable_tasks?: readonly Task[];
}

export interface MasterResponseGetRoles {
  readonly roles?: readonly Role[];
}

export interface MasterResponseGetWeights {
  readonly weight_infos?: readonly WeightInfo[];
}

export interface MasterResponseGetMaster {
  readonly master_info?: MasterInfo;
  readonly start_time?: number;
  readonly elected_time?: number;
}

export interface MasterResponseGetMaintenanceStatus {
  readonly status: MaintenanceClusterStatus;
}

export interface MasterResponseGetMaintenanceSchedule {
  readonly schedule: MaintenanceSchedule;
}

export interface MasterResponseGetQuota {
  readonly status: QuotaStatus;
}

export interface MasterResponse {
  readonly type?: MasterResponseType;
  readonly get_health?: MasterResponseGetHealth;
  readonly get_flags?: MasterResponseGetFlags;
  readonly get_version?: MasterResponseGetVersion;
  readonly get_metrics?: MasterResponseGetMetrics;
  readonly get_logging_level?: MasterResponseGetLoggingLevel;
  readonly list_files?: MasterResponseListFiles;
  readonly read_file?: MasterResponseReadFile;
  readonly get_state?: MasterResponseGetState;
  readonly get_agents?: MasterResponseGetAgents;
  readonly get_frameworks?: MasterResponseGetFrameworks;
  readonly get_executors?: MasterResponseGetExecutors;
  readonly get_tasks?: MasterResponseGetTasks;
  readonly get_roles?: MasterResponseGetRoles;
  readonly get_weights?: MasterResponseGetWeights;
  readonly get_master?: MasterResponseGetMaster;
  readonly get_maintenance_status?: MasterResponseGetMaintenanceStatus;
  readonly get_maintenance_schedule?: MasterResponseGetMaintenanceSchedule;
  readonly get_quota?: MasterResponseGetQuota;
  readonly get_operations?: MasterResponseGetOperations;
}

export type MasterEventType =
  | 'UNKNOWN'
  | 'SUBSCRIBED'
  | 'TASK_ADDED'
  | 'TASK_UPDATED'
  | 'AGENT_ADDED'
  | 'AGENT_REMOVED'
  | 'FRAMEWORK_ADDED'
  | 'FRAMEWORK_UPDATED'
  | 'FRAMEWORK_REMOVED'
  | 'HEARTBEAT';

export interface MasterEventSubscribed {
  readonly get_state?: MasterResponseGetState;
  readonly heartbeat_interval_seconds?: number;
}

export interface MasterEventTaskAdded {
  readonly task: Task;
}

export interface MasterEventTaskUpdated {
  readonly framework_id: FrameworkID;
  readonly status: TaskStatus;
  readonly state: TaskState;
}

export interface MasterEventAgentAdded {
  readonly agent: MasterResponseGetAgentsAgent;
}

export interface MasterEventAgentRemoved {
  readonly agent_id: AgentID;
}

export interface MasterEventFrameworkAdded {
  readonly framework: MasterResponseGetFrameworksFramework;
}

export interface MasterEventFrameworkUpdated {
  readonly framework: MasterResponseGetFrameworksFramework;
}

export interface MasterEventFrameworkRemoved {
  readonly framework_info: FrameworkInfo;
}

export interface MasterEvent {
  readonly type?: MasterEventType;
  readonly subscribed?: MasterEventSubscribed;
  readonly task_added?: MasterEventTaskAdded;
  readonly task_updated?: MasterEventTaskUpdated;
  readonly agent_added?: MasterEventAgentAdded;
  readonly agent_removed?: MasterEventAgentRemoved;
  readonly framework_added?: MasterEventFrameworkAdded;
  readonly framework_updated?: MasterEventFrameworkUpdated;
  readonly framework_removed?: MasterEventFrameworkRemoved;
}
