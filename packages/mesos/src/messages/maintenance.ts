/** Maintenance, quota and inverse offer messages of the operator API. */
import type { FrameworkID, MachineID, TimeInfo, Unavailability } from './common';
import type { Resource, ValueScalar } from './resources';

export interface MaintenanceWindow {
  readonly machine_ids?: readonly MachineID[];
  readonly unavailability: Unavailability;
}

export interface MaintenanceSchedule {
  readonly windows?: readonly MaintenanceWindow[];
}

export interface MaintenanceClusterStatusDrainingMachine {
  readonly id: MachineID;
  readonly statuses?: readonly InverseOfferStatus[];
}

export interface MaintenanceClusterStatus {
  readonly draining_machines?: readonly MaintenanceClusterStatusDrainingMachine[];
  readonly down_machines?: readonly MachineID[];
}

export interface QuotaInfo {
  readonly role?: string;
  readonly principal?: string;
  readonly guarantee?: readonly Resource[];
}

export interface QuotaRequest {
  readonly force?: boolean;
  readonly role?: string;
  readonly guarantee?: readonly Resource[];
}

export interface QuotaConfig {
  readonly role: string;
  readonly guarantees?: Readonly<Record<string, ValueScalar>>;
  readonly limits?: Readonly<Record<string, ValueScalar>>;
}

export interface QuotaStatus {
  readonly infos?: readonly QuotaInfo[];
  readonly configs?: readonly QuotaConfig[];
}

export type InverseOfferStatusStatus = 'UNKNOWN' | 'ACCEPT' | 'DECLINE';

export interface InverseOfferStatus {
  readonly status: InverseOfferStatusStatus;
  readonly framework_id: FrameworkID;
  readonly timestamp: TimeInfo;
}

/** google.protobuf.Duration. */
export interface ProtoDuration {
  readonly seconds?: number;
  readonly nanos?: number;
}
