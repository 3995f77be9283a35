/** Identifiers and small messages that all APIs share. */

export interface FrameworkID {
  readonly value: string;
}

export interface OfferID {
  readonly value: string;
}

export interface AgentID {
  readonly value: string;
}

export interface TaskID {
  readonly value: string;
}

export interface ExecutorID {
  readonly value: string;
}

export interface ContainerID {
  readonly value: string;
  readonly parent?: ContainerID;
}

export interface ResourceProviderID {
  readonly value: string;
}

export interface OperationID {
  readonly value: string;
}

export interface UUID {
  readonly value: Buffer;
}

export interface TimeInfo {
  /** Since the epoch; beyond 2^53 the last digits are lost. */
  readonly nanoseconds: number;
}

export interface DurationInfo {
  readonly nanoseconds: number;
}

export interface Address {
  readonly hostname?: string;
  readonly ip?: string;
  readonly port: number;
}

export interface Parameter {
  readonly key: string;
  readonly value: string;
}

export interface Parameters {
  readonly parameter?: readonly Parameter[];
}

export interface URL {
  readonly scheme: string;
  readonly address: Address;
  readonly path?: string;
  readonly query?: readonly Parameter[];
  readonly fragment?: string;
}

export interface Unavailability {
  readonly start: TimeInfo;
  /** Absent = without end. */
  readonly duration?: DurationInfo;
}

export interface MachineID {
  readonly hostname?: string;
  readonly ip?: string;
}

export interface Label {
  readonly key: string;
  readonly value?: string;
}

export interface Labels {
  readonly labels?: readonly Label[];
}

export interface Filters {
  /** Seconds; absent = 5. */
  readonly refuse_seconds?: number;
}

export interface Credential {
  readonly principal: string;
  readonly secret?: string;
}

export type SecretType = 'UNKNOWN' | 'REFERENCE' | 'VALUE';

export interface SecretReference {
  readonly name: string;
  readonly key?: string;
}

export interface SecretValue {
  readonly data: Buffer;
}

export interface Secret {
  readonly type?: SecretType;
  readonly reference?: SecretReference;
  readonly value?: SecretValue;
}

export interface DomainInfoFaultDomainRegionInfo {
  readonly name: string;
}

export interface DomainInfoFaultDomainZoneInfo {
  readonly name: string;
}

export interface DomainInfoFaultDomain {
  readonly region: DomainInfoFaultDomainRegionInfo;
  readonly zone: DomainInfoFaultDomainZoneInfo;
}

export interface DomainInfo {
  readonly fault_domain?: DomainInfoFaultDomain;
}

export interface VersionInfo {
  readonly version: string;
  readonly build_date?: string;
  readonly build_time?: number;
  readonly build_user?: string;
  readonly git_sha?: string;
  readonly git_branch?: string;
  readonly git_tag?: string;
}

export interface Flag {
  readonly name: string;
  readonly value?: string;
}

export interface Metric {
  readonly name: string;
  readonly value?: number;
}

export interface FileInfo {
  readonly path: string;
  readonly nlink?: number;
  readonly size?: number;
  readonly mtime?: TimeInfo;
  readonly mode?: number;
  readonly uid?: string;
  readonly gid?: string;
}
