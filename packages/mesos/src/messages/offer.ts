/** Offers and what may be done with them. */
import type {
  AgentID,
  DomainInfo,
  ExecutorID,
  FrameworkID,
  OfferID,
  OperationID,
  ResourceProviderID,
  URL,
  UUID,
  Unavailability,
} from './common';
import type { Attribute, Resource, ResourceAllocationInfo, ResourceDiskInfoSourceType, ValueScalar } from './resources';
import type { ExecutorInfo, TaskGroupInfo, TaskInfo } from './task';

export type OfferOperationType =
  | 'UNKNOWN'
  | 'LAUNCH'
  | 'RESERVE'
  | 'UNRESERVE'
  | 'CREATE'
  | 'DESTROY'
  | 'LAUNCH_GROUP'
  | 'GROW_VOLUME'
  | 'SHRINK_VOLUME'
  | 'CREATE_DISK'
  | 'DESTROY_DISK';

export interface OfferOperationLaunch {
  readonly task_infos?: readonly TaskInfo[];
}

export interface OfferOperationLaunchGroup {
  readonly executor: ExecutorInfo;
  readonly task_group: TaskGroupInfo;
}

export interface OfferOperationReserve {
  readonly resources?: readonly Resource[];
  readonly source?: readonly Resource[];
}

export interface OfferOperationUnreserve {
  readonly resources?: readonly Resource[];
}

export interface OfferOperationCreate {
  readonly volumes?: readonly Resource[];
}

export interface OfferOperationDestroy {
  readonly volumes?: readonly Resource[];
}

export interface OfferOperationGrowVolume {
  readonly volume: Resource;
  readonly addition: Resource;
}

export interface OfferOperationShrinkVolume {
  readonly volume: Resource;
  readonly subtract: ValueScalar;
}

export interface OfferOperationCreateDisk {
  readonly source: Resource;
  readonly target_type: ResourceDiskInfoSourceType;
  readonly target_profile?: string;
}

export interface OfferOperationDestroyDisk {
  readonly source: Resource;
}

export interface OfferOperation {
  readonly type?: OfferOperationType;
  readonly launch?: OfferOperationLaunch;
  readonly reserve?: OfferOperationReserve;
  readonly unreserve?: OfferOperationUnreserve;
  readonly create?: OfferOperationCreate;
  readonly destroy?: OfferOperationDestroy;
  readonly launch_group?: OfferOperationLaunchGroup;
  readonly id?: OperationID;
  readonly grow_volume?: OfferOperationGrowVolume;
  readonly shrink_volume?: OfferOperationShrinkVolume;
  readonly create_disk?: OfferOperationCreateDisk;
  readonly destroy_disk?: OfferOperationDestroyDisk;
}

export interface Offer {
  readonly id: OfferID;
  readonly framework_id: FrameworkID;
  readonly agent_id: AgentID;
  readonly hostname: string;
  readonly resources?: readonly Resource[];
  readonly executor_ids?: readonly ExecutorID[];
  readonly attributes?: readonly Attribute[];
  readonly url?: URL;
  readonly unavailability?: Unavailability;
  readonly allocation_info?: ResourceAllocationInfo;
  readonly domain?: DomainInfo;
}

export interface InverseOffer {
  readonly id: OfferID;
  readonly url?: URL;
  readonly framework_id: FrameworkID;
  readonly agent_id?: AgentID;
  readonly unavailability: Unavailability;
  readonly resources?: readonly Resource[];
}

export type OperationState =
  | 'OPERATION_UNSUPPORTED'
  | 'OPERATION_PENDING'
  | 'OPERATION_FINISHED'
  | 'OPERATION_FAILED'
  | 'OPERATION_ERROR'
  | 'OPERATION_DROPPED'
  | 'OPERATION_UNREACHABLE'
  | 'OPERATION_GONE_BY_OPERATOR'
  | 'OPERATION_RECOVERING'
  | 'OPERATION_UNKNOWN';

export interface OperationStatus {
  readonly operation_id?: OperationID;
  readonly state: OperationState;
  readonly message?: string;
  readonly converted_resources?: readonly Resource[];
  readonly uuid?: UUID;
  readonly agent_id?: AgentID;
  readonly resource_provider_id?: ResourceProviderID;
}

export interface Operation {
  readonly framework_id?: FrameworkID;
  readonly agent_id?: AgentID;
  readonly info: OfferOperation;
  readonly latest_status: OperationStatus;
  readonly statuses?: readonly OperationStatus[];
  readonly uuid: UUID;
}
