/** Frameworks, masters and agents. */
import type { Address, AgentID, DomainInfo, DurationInfo, FrameworkID, Labels } from './common';
import type { Attribute, Resource, ValueScalar } from './resources';

export interface OfferFiltersResourceQuantities {
  readonly quantities?: Readonly<Record<string, ValueScalar>>;
}

export interface OfferFiltersMinAllocatableResources {
  readonly quantities?: readonly OfferFiltersResourceQuantities[];
}

export interface OfferFilters {
  readonly min_allocatable_resources?: OfferFiltersMinAllocatableResources;
}

export type FrameworkInfoCapabilityType =
  | 'UNKNOWN'
  | 'REVOCABLE_RESOURCES'
  | 'TASK_KILLING_STATE'
  | 'GPU_RESOURCES'
  | 'SHARED_RESOURCES'
  | 'PARTITION_AWARE'
  | 'MULTI_ROLE'
  | 'RESERVATION_REFINEMENT'
  | 'REGION_AWARE';

export interface FrameworkInfoCapability {
  readonly type?: FrameworkInfoCapabilityType;
}

export interface FrameworkInfo {
  readonly user: string;
  readonly name: string;
  readonly id?: FrameworkID;
  /** Seconds; absent = 0: removed as soon as the stream breaks. */
  readonly failover_timeout?: number;
  readonly checkpoint?: boolean;
  readonly role?: string;
  readonly hostname?: string;
  readonly principal?: string;
  readonly webui_url?: string;
  readonly capabilities?: readonly FrameworkInfoCapability[];
  readonly labels?: Labels;
  readonly roles?: readonly string[];
  readonly offer_filters?: Readonly<Record<string, OfferFilters>>;
}

export type MasterInfoCapabilityType = 'UNKNOWN' | 'AGENT_UPDATE' | 'AGENT_DRAINING' | 'QUOTA_V2';

export interface MasterInfoCapability {
  readonly type?: MasterInfoCapabilityType;
}

export interface MasterInfo {
  readonly id: string;
  /** IPv4 in network byte order, read little-endian. */
  readonly ip: number;
  readonly port: number;
  readonly pid?: string;
  readonly hostname?: string;
  readonly version?: string;
  readonly address?: Address;
  readonly domain?: DomainInfo;
  readonly capabilities?: readonly MasterInfoCapability[];
}

export type AgentInfoCapabilityType =
  | 'UNKNOWN'
  | 'MULTI_ROLE'
  | 'HIERARCHICAL_ROLE'
  | 'RESERVATION_REFINEMENT'
  | 'RESOURCE_PROVIDER'
  | 'RESIZE_VOLUME'
  | 'AGENT_OPERATION_FEEDBACK'
  | 'AGENT_DRAINING'
  | 'TASK_RESOURCE_LIMITS';

export interface AgentInfoCapability {
  readonly type?: AgentInfoCapabilityType;
}

export interface AgentInfo {
  readonly hostname: string;
  readonly resources?: readonly Resource[];
  readonly attributes?: readonly Attribute[];
  readonly id?: AgentID;
  readonly port?: number;
  readonly domain?: DomainInfo;
}

export type DrainState = 'UNKNOWN' | 'DRAINING' | 'DRAINED';

export interface DrainConfig {
  readonly max_grace_period?: DurationInfo;
  readonly mark_gone?: boolean;
}

export interface DrainInfo {
  readonly state: DrainState;
  readonly config: DrainConfig;
}

export interface Role {
  readonly name: string;
  readonly weight: number;
  readonly frameworks?: readonly FrameworkID[];
  readonly resources?: readonly Resource[];
}

export interface WeightInfo {
  readonly weight: number;
  readonly role?: string;
}
