/** Scheduler API: `POST /api/v1/scheduler`. */
import type {
  AgentID,
  ExecutorID,
  Filters,
  FrameworkID,
  OfferID,
  OperationID,
  ResourceProviderID,
  TaskID,
} from './common';
import type { FrameworkInfo, MasterInfo } from './framework';
import type { InverseOffer, Offer, OfferOperation, OperationStatus } from './offer';
import type { Request } from './resources';
import type { KillPolicy, TaskStatus } from './task';

export type AttributeConstraintSelectorPseudoattributeType = 'UNKNOWN' | 'HOSTNAME' | 'REGION' | 'ZONE';

export interface AttributeConstraintSelector {
  readonly pseudoattribute_type?: AttributeConstraintSelectorPseudoattributeType;
  readonly attribute_name?: string;
}

export type AttributeConstraintPredicateExists = Readonly<Record<string, never>>;

export type AttributeConstraintPredicateNotExists = Readonly<Record<string, never>>;

export interface AttributeConstraintPredicateTextEquals {
  readonly value?: string;
}

export interface AttributeConstraintPredicateTextNotEquals {
  readonly value?: string;
}

export interface AttributeConstraintPredicateTextMatches {
  readonly regex?: string;
}

export interface AttributeConstraintPredicateTextNotMatches {
  readonly regex?: string;
}

export interface AttributeConstraintPredicate {
  readonly exists?: AttributeConstraintPredicateExists;
  readonly not_exists?: AttributeConstraintPredicateNotExists;
  readonly text_equals?: AttributeConstraintPredicateTextEquals;
  readonly text_not_equals?: AttributeConstraintPredicateTextNotEquals;
  readonly text_matches?: AttributeConstraintPredicateTextMatches;
  readonly text_not_matches?: AttributeConstraintPredicateTextNotMatches;
}

export interface AttributeConstraint {
  readonly selector: AttributeConstraintSelector;
  readonly predicate: AttributeConstraintPredicate;
}

export interface OfferConstraintsRoleConstraintsGroup {
  readonly attribute_constraints?: readonly AttributeConstraint[];
}

export interface OfferConstraintsRoleConstraints {
  readonly groups?: readonly OfferConstraintsRoleConstraintsGroup[];
}

export interface OfferConstraints {
  readonly role_constraints?: Readonly<Record<string, OfferConstraintsRoleConstraints>>;
}

export type SchedulerCallType =
  | 'UNKNOWN'
  | 'SUBSCRIBE'
  | 'TEARDOWN'
  | 'ACCEPT'
  | 'DECLINE'
  | 'REVIVE'
  | 'KILL'
  | 'SHUTDOWN'
  | 'ACKNOWLEDGE'
  | 'RECONCILE'
  | 'MESSAGE'
  | 'REQUEST'
  | 'SUPPRESS'
  | 'ACCEPT_INVERSE_OFFERS'
  | 'DECLINE_INVERSE_OFFERS'
  | 'ACKNOWLEDGE_OPERATION_STATUS'
  | 'RECONCILE_OPERATIONS'
  | 'UPDATE_FRAMEWORK';

export interface SchedulerCallSubscribe {
  readonly framework_info: FrameworkInfo;
  readonly suppressed_roles?: readonly string[];
  readonly offer_constraints?: OfferConstraints;
}

export interface SchedulerCallAccept {
  readonly offer_ids?: readonly OfferID[];
  readonly operations?: readonly OfferOperation[];
  readonly filters?: Filters;
}

export interface SchedulerCallDecline {
  readonly offer_ids?: readonly OfferID[];
  readonly filters?: Filters;
}

export interface SchedulerCallAcceptInverseOffers {
  readonly inverse_offer_ids?: readonly OfferID[];
  readonly filters?: Filters;
}

export interface SchedulerCallDeclineInverseOffers {
  readonly inverse_offer_ids?: readonly OfferID[];
  readonly filters?: Filters;
}

export interface SchedulerCallRevive {
  readonly roles?: readonly string[];
}

export interface SchedulerCallSuppress {
  readonly roles?: readonly string[];
}

export interface SchedulerCallKill {
  readonly task_id: TaskID;
  readonly agent_id?: AgentID;
  readonly kill_policy?: KillPolicy;
}

export interface SchedulerCallShutdown {
  readonly executor_id: ExecutorID;
  readonly agent_id: AgentID;
}

export interface SchedulerCallAcknowledge {
  readonly agent_id: AgentID;
  readonly task_id: TaskID;
  readonly uuid: Buffer;
}

export interface SchedulerCallAcknowledgeOperationStatus {
  readonly agent_id?: AgentID;
  readonly resource_provider_id?: ResourceProviderID;
  readonly uuid: Buffer;
  readonly operation_id: OperationID;
}

export interface SchedulerCallReconcileTask {
  readonly task_id: TaskID;
  readonly agent_id?: AgentID;
}

export interface SchedulerCallReconcile {
  readonly tasks?: readonly SchedulerCallReconcileTask[];
}

export interface SchedulerCallReconcileOperationsOperation {
  readonly operation_id: OperationID;
  readonly agent_id?: AgentID;
  readonly resource_provider_id?: ResourceProviderID;
}

export interface SchedulerCallReconcileOperations {
  readonly operations?: readonly SchedulerCallReconcileOperationsOperation[];
}

export interface SchedulerCallMessage {
  readonly agent_id: AgentID;
  readonly executor_id: ExecutorID;
  readonly data: Buffer;
}

export interface SchedulerCallRequest {
  readonly requests?: readonly Request[];
}

export interface SchedulerCallUpdateFramework {
  readonly framework_info: FrameworkInfo;
  readonly suppressed_roles?: readonly string[];
  readonly offer_constraints?: OfferConstraints;
}

/** As it arrives: nothing says that the body fits the type. */
export interface SchedulerCallEnvelope {
  readonly type: SchedulerCallType;
  readonly framework_id?: FrameworkID;
  readonly subscribe?: SchedulerCallSubscribe;
  readonly accept?: SchedulerCallAccept;
  readonly decline?: SchedulerCallDecline;
  readonly kill?: SchedulerCallKill;
  readonly shutdown?: SchedulerCallShutdown;
  readonly acknowledge?: SchedulerCallAcknowledge;
  readonly reconcile?: SchedulerCallReconcile;
  readonly message?: SchedulerCallMessage;
  readonly request?: SchedulerCallRequest;
  readonly accept_inverse_offers?: SchedulerCallAcceptInverseOffers;
  readonly decline_inverse_offers?: SchedulerCallDeclineInverseOffers;
  readonly revive?: SchedulerCallRevive;
  readonly suppress?: SchedulerCallSuppress;
  readonly acknowledge_operation_status?: SchedulerCallAcknowledgeOperationStatus;
  readonly reconcile_operations?: SchedulerCallReconcileOperations;
  readonly update_framework?: SchedulerCallUpdateFramework;
}

/** Checked: the body that the type asks for is there. */
export type SchedulerCall =
  | { readonly type: 'SUBSCRIBE'; readonly framework_id?: FrameworkID; readonly subscribe: SchedulerCallSubscribe }
  | { readonly type: 'TEARDOWN'; readonly framework_id?: FrameworkID }
  | { readonly type: 'ACCEPT'; readonly framework_id?: FrameworkID; readonly accept: SchedulerCallAccept }
  | { readonly type: 'DECLINE'; readonly framework_id?: FrameworkID; readonly decline: SchedulerCallDecline }
  | { readonly type: 'REVIVE'; readonly framework_id?: FrameworkID; readonly revive?: SchedulerCallRevive }
  | { readonly type: 'KILL'; readonly framework_id?: FrameworkID; readonly kill: SchedulerCallKill }
  | { readonly type: 'SHUTDOWN'; readonly framework_id?: FrameworkID; readonly shutdown: SchedulerCallShutdown }
  | {
      readonly type: 'ACKNOWLEDGE';
      readonly framework_id?: FrameworkID;
      readonly acknowledge: SchedulerCallAcknowledge;
    }
  | { readonly type: 'RECONCILE'; readonly framework_id?: FrameworkID; readonly reconcile: SchedulerCallReconcile }
  | { readonly type: 'MESSAGE'; readonly framework_id?: FrameworkID; readonly message: SchedulerCallMessage }
  | { readonly type: 'REQUEST'; readonly framework_id?: FrameworkID; readonly request: SchedulerCallRequest }
  | { readonly type: 'SUPPRESS'; readonly framework_id?: FrameworkID; readonly suppress?: SchedulerCallSuppress }
  | {
      readonly type: 'ACCEPT_INVERSE_OFFERS';
      readonly framework_id?: FrameworkID;
      readonly accept_inverse_offers: SchedulerCallAcceptInverseOffers;
    }
  | {
      readonly type: 'DECLINE_INVERSE_OFFERS';
      readonly framework_id?: FrameworkID;
      readonly decline_inverse_offers: SchedulerCallDeclineInverseOffers;
    }
  | {
      readonly type: 'ACKNOWLEDGE_OPERATION_STATUS';
      readonly framework_id?: FrameworkID;
      readonly acknowledge_operation_status: SchedulerCallAcknowledgeOperationStatus;
    }
  | {
      readonly type: 'RECONCILE_OPERATIONS';
      readonly framework_id?: FrameworkID;
      readonly reconcile_operations: SchedulerCallReconcileOperations;
    }
  | {
      readonly type: 'UPDATE_FRAMEWORK';
      readonly framework_id?: FrameworkID;
      readonly update_framework: SchedulerCallUpdateFramework;
    };

export type SchedulerEventType =
  | 'UNKNOWN'
  | 'SUBSCRIBED'
  | 'OFFERS'
  | 'RESCIND'
  | 'UPDATE'
  | 'MESSAGE'
  | 'FAILURE'
  | 'ERROR'
  | 'HEARTBEAT'
  | 'INVERSE_OFFERS'
  | 'RESCIND_INVERSE_OFFER'
  | 'UPDATE_OPERATION_STATUS';

export interface SchedulerEventSubscribed {
  readonly framework_id: FrameworkID;
  readonly heartbeat_interval_seconds?: number;
  readonly master_info?: MasterInfo;
}

export interface SchedulerEventOffers {
  readonly offers?: readonly Offer[];
}

export interface SchedulerEventInverseOffers {
  readonly inverse_offers?: readonly InverseOffer[];
}

export interface SchedulerEventRescind {
  readonly offer_id: OfferID;
}

export interface SchedulerEventRescindInverseOffer {
  readonly inverse_offer_id: OfferID;
}

export interface SchedulerEventUpdate {
  readonly status: TaskStatus;
}

export interface SchedulerEventUpdateOperationStatus {
  readonly status: OperationStatus;
}

export interface SchedulerEventMessage {
  readonly agent_id: AgentID;
  readonly executor_id: ExecutorID;
  readonly data: Buffer;
}

export interface SchedulerEventFailure {
  readonly agent_id?: AgentID;
  readonly executor_id?: ExecutorID;
  readonly status?: number;
}

export interface SchedulerEventError {
  readonly message: string;
}

/** As it arrives: nothing says that the body fits the type. */
export interface SchedulerEventEnvelope {
  readonly type: SchedulerEventType;
  readonly subscribed?: SchedulerEventSubscribed;
  readonly offers?: SchedulerEventOffers;
  readonly rescind?: SchedulerEventRescind;
  readonly update?: SchedulerEventUpdate;
  readonly message?: SchedulerEventMessage;
  readonly failure?: SchedulerEventFailure;
  readonly error?: SchedulerEventError;
  readonly inverse_offers?: SchedulerEventInverseOffers;
  readonly rescind_inverse_offer?: SchedulerEventRescindInverseOffer;
  readonly update_operation_status?: SchedulerEventUpdateOperationStatus;
}

/** Checked: the body that the type asks for is there. */
export type SchedulerEvent =
  | { readonly type: 'SUBSCRIBED'; readonly subscribed: SchedulerEventSubscribed }
  | { readonly type: 'OFFERS'; readonly offers: SchedulerEventOffers }
  | { readonly type: 'RESCIND'; readonly rescind: SchedulerEventRescind }
  | { readonly type: 'UPDATE'; readonly update: SchedulerEventUpdate }
  | { readonly type: 'MESSAGE'; readonly message: SchedulerEventMessage }
  | { readonly type: 'FAILURE'; readonly failure: SchedulerEventFailure }
  | { readonly type: 'ERROR'; readonly error: SchedulerEventError }
  | { readonly type: 'HEARTBEAT' }
  | { readonly type: 'INVERSE_OFFERS'; readonly inverse_offers: SchedulerEventInverseOffers }
  | { readonly type: 'RESCIND_INVERSE_OFFER'; readonly rescind_inverse_offer: SchedulerEventRescindInverseOffer }
  | { readonly type: 'UPDATE_OPERATION_STATUS'; readonly update_operation_status: SchedulerEventUpdateOperationStatus }
  | { readonly type: 'UNKNOWN' };
