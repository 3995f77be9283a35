/** Resources, attributes and reservations. */
import type { AgentID, Labels, ResourceProviderID } from './common';
import type { Volume } from './container';

export type ValueType = 'SCALAR' | 'RANGES' | 'SET' | 'TEXT';

export interface ValueScalar {
  readonly value: number;
}

export interface ValueRange {
  readonly begin: number;
  readonly end: number;
}

export interface ValueRanges {
  readonly range?: readonly ValueRange[];
}

export interface ValueSet {
  readonly item?: readonly string[];
}

export interface ValueText {
  readonly value: string;
}

export type Value = Readonly<Record<string, never>>;

export interface Attribute {
  readonly name: string;
  readonly type: ValueType;
  readonly scalar?: ValueScalar;
  readonly ranges?: ValueRanges;
  readonly text?: ValueText;
  readonly set?: ValueSet;
}

export interface ResourceAllocationInfo {
  readonly role?: string;
}

export type ResourceReservationInfoType = 'UNKNOWN' | 'STATIC' | 'DYNAMIC';

export interface ResourceReservationInfo {
  readonly principal?: string;
  readonly labels?: Labels;
  readonly role?: string;
  readonly type?: ResourceReservationInfoType;
}

export interface ResourceDiskInfoPersistence {
  readonly id: string;
  readonly principal?: string;
}

export type ResourceDiskInfoSourceType = 'UNKNOWN' | 'PATH' | 'MOUNT' | 'BLOCK' | 'RAW';

export interface ResourceDiskInfoSourcePath {
  readonly root?: string;
}

export interface ResourceDiskInfoSourceMount {
  readonly root?: string;
}

export interface ResourceDiskInfoSource {
  readonly type: ResourceDiskInfoSourceType;
  readonly path?: ResourceDiskInfoSourcePath;
  readonly mount?: ResourceDiskInfoSourceMount;
  readonly id?: string;
  readonly metadata?: Labels;
  readonly profile?: string;
  readonly vendor?: string;
}

export interface ResourceDiskInfo {
  readonly persistence?: ResourceDiskInfoPersistence;
  readonly volume?: Volume;
  readonly source?: ResourceDiskInfoSource;
}

export type ResourceRevocableInfo = Readonly<Record<string, never>>;

export type ResourceSharedInfo = Readonly<Record<string, never>>;

export interface Resource {
  readonly name: string;
  readonly type: ValueType;
  readonly scalar?: ValueScalar;
  readonly ranges?: ValueRanges;
  readonly set?: ValueSet;
  /** Legacy owner ("*" = unreserved); never together with `reservations`. */
  readonly role?: string;
  readonly disk?: ResourceDiskInfo;
  readonly reservation?: ResourceReservationInfo;
  readonly revocable?: ResourceRevocableInfo;
  readonly shared?: ResourceSharedInfo;
  readonly allocation_info?: ResourceAllocationInfo;
  readonly provider_id?: ResourceProviderID;
  /** Stack, the last is the most refined; absent = unreserved. */
  readonly reservations?: readonly ResourceReservationInfo[];
}

export interface Request {
  readonly agent_id?: AgentID;
  readonly resources?: readonly Resource[];
}

export interface TaskResourceLimitation {
  readonly resources?: readonly Resource[];
}

export interface ResourceStatistics {
  readonly timestamp: number;
  readonly cpus_user_time_secs?: number;
  readonly cpus_system_time_secs?: number;
  readonly cpus_limit?: number;
  readonly mem_rss_bytes?: number;
  readonly mem_limit_bytes?: number;
  readonly disk_limit_bytes?: number;
  readonly disk_used_bytes?: number;
  readonly processes?: number;
  readonly threads?: number;
  readonly mem_total_bytes?: number;
}
