/** Operator calls to the master: `POST /api/v1`. */
import type { AgentID, DurationInfo, FrameworkID, MachineID } from './common';
import type { WeightInfo } from './framework';
import type { MaintenanceSchedule, ProtoDuration, QuotaConfig, QuotaRequest } from './maintenance';
import type { Resource } from './resources';

export type MasterCallType =
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
  | 'GET_AGENTS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_TASKS'
  | 'GET_ROLES'
  | 'GET_WEIGHTS'
  | 'UPDATE_WEIGHTS'
  | 'GET_MASTER'
  | 'SUBSCRIBE'
  | 'RESERVE_RESOURCES'
  | 'UNRESERVE_RESOURCES'
  | 'CREATE_VOLUMES'
  | 'DESTROY_VOLUMES'
  | 'GET_MAINTENANCE_STATUS'
  | 'GET_MAINTENANCE_SCHEDULE'
  | 'UPDATE_MAINTENANCE_SCHEDULE'
  | 'START_MAINTENANCE'
  | 'STOP_MAINTENANCE'
  | 'GET_QUOTA'
  | 'SET_QUOTA'
  | 'REMOVE_QUOTA'
  | 'TEARDOWN'
  | 'MARK_AGENT_GONE'
  | 'GET_OPERATIONS'
  | 'GROW_VOLUME'
  | 'SHRINK_VOLUME'
  | 'UPDATE_QUOTA'
  | 'DRAIN_AGENT'
  | 'DEACTIVATE_AGENT'
  | 'REACTIVATE_AGENT';

export interface MasterCallGetMetrics {
  readonly timeout?: DurationInfo;
}

export interface MasterCallSetLoggingLevel {
  readonly level: number;
  readonly duration: DurationInfo;
}

export interface MasterCallListFiles {
  readonly path: string;
}

export interface MasterCallReadFile {
  readonly path: string;
  readonly offset: number;
  readonly length?: number;
}

export interface MasterCallUpdateWeights {
  readonly weight_infos?: readonly WeightInfo[];
}

export interface MasterCallReserveResources {
  readonly agent_id: AgentID;
  readonly resources?: readonly Resource[];
  readonly source?: readonly Resource[];
}

export interface MasterCallUnreserveResources {
  readonly agent_id: AgentID;
  readonly resources?: readonly Resource[];
}

export interface MasterCallCreateVolumes {
  readonly agent_id: AgentID;
  readonly volumes?: readonly Resource[];
}

export interface MasterCallDestroyVolumes {
  readonly agent_id: AgentID;
  readonly volumes?: readonly Resource[];
}

export interface MasterCallUpdateMaintenanceSchedule {
  readonly schedule: MaintenanceSchedule;
}

export interface MasterCallStartMaintenance {
  readonly machines?: readonly MachineID[];
}

export interface MasterCallStopMaintenance {
  readonly machines?: readonly MachineID[];
}

export interface MasterCallSetQuota {
  readonly quota_request: QuotaRequest;
}

export interface MasterCallRemoveQuota {
  readonly role: string;
}

export interface MasterCallUpdateQuota {
  readonly force?: boolean;
  readonly quota_configs?: readonly QuotaConfig[];
}

export interface MasterCallTeardown {
  readonly framework_id: FrameworkID;
}

export interface MasterCallMarkAgentGone {
  readonly agent_id: AgentID;
}

export interface MasterCallDrainAgent {
  readonly agent_id: AgentID;
  readonly max_grace_period?: ProtoDuration;
  readonly mark_gone?: boolean;
}

export interface MasterCallDeactivateAgent {
  readonly agent_id: AgentID;
}

export interface MasterCallReactivateAgent {
  readonly agent_id: AgentID;
}

export interface MasterCall {
  readonly type?: MasterCallType;
  readonly get_metrics?: MasterCallGetMetrics;
  readonly set_logging_level?: MasterCallSetLoggingLevel;
  readonly list_files?: MasterCallListFiles;
  readonly read_file?: MasterCallReadFile;
  readonly update_weights?: MasterCallUpdateWeights;
  readonly reserve_resources?: MasterCallReserveResources;
  readonly unreserve_resources?: MasterCallUnreserveResources;
  readonly create_volumes?: MasterCallCreateVolumes;
  readonly destroy_volumes?: MasterCallDestroyVolumes;
  readonly update_maintenance_schedule?: MasterCallUpdateMaintenanceSchedule;
  readonly start_maintenance?: MasterCallStartMaintenance;
  readonly stop_maintenance?: MasterCallStopMaintenance;
  readonly set_quota?: MasterCallSetQuota;
  readonly remove_quota?: MasterCallRemoveQuota;
  readonly teardown?: MasterCallTeardown;
  readonly mark_agent_gone?: MasterCallMarkAgentGone;
  readonly update_quota?: MasterCallUpdateQuota;
  readonly drain_agent?: MasterCallDrainAgent;
  readonly deactivate_agent?: MasterCallDeactivateAgent;
  readonly reactivate_agent?: MasterCallReactivateAgent;
}
