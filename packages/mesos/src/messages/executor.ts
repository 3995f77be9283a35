/** Executor API: `POST /api/v1/executor` on the agent. */
import type { ContainerID, ExecutorID, FrameworkID, TaskID } from './common';
import type { AgentInfo, FrameworkInfo } from './framework';
import type { ExecutorInfo, KillPolicy, TaskGroupInfo, TaskInfo, TaskStatus } from './task';

export type ExecutorCallType = 'UNKNOWN' | 'SUBSCRIBE' | 'UPDATE' | 'MESSAGE' | 'HEARTBEAT';

export interface ExecutorCallSubscribe {
  readonly unacknowledged_tasks?: readonly TaskInfo[];
  readonly unacknowledged_updates?: readonly ExecutorCallUpdate[];
}

export interface ExecutorCallUpdate {
  readonly status: TaskStatus;
}

export interface ExecutorCallMessage {
  readonly data: Buffer;
}

/** As it arrives: nothing says that the body fits the type. */
export interface ExecutorCallEnvelope {
  readonly type: ExecutorCallType;
  readonly executor_id: ExecutorID;
  readonly framework_id: FrameworkID;
  readonly subscribe?: ExecutorCallSubscribe;
  readonly update?: ExecutorCallUpdate;
  readonly message?: ExecutorCallMessage;
}

/** Checked: the body that the type asks for is there. */
export type ExecutorCall =
  | {
      readonly type: 'SUBSCRIBE';
      readonly executor_id?: ExecutorID;
      readonly framework_id?: FrameworkID;
      readonly subscribe: ExecutorCallSubscribe;
    }
  | {
      readonly type: 'UPDATE';
      readonly executor_id?: ExecutorID;
      readonly framework_id?: FrameworkID;
      readonly update: ExecutorCallUpdate;
    }
  | {
      readonly type: 'MESSAGE';
      readonly executor_id?: ExecutorID;
      readonly framework_id?: FrameworkID;
      readonly message: ExecutorCallMessage;
    }
  | { readonly type: 'HEARTBEAT'; readonly executor_id?: ExecutorID; readonly framework_id?: FrameworkID };

export type ExecutorEventType =
  | 'UNKNOWN'
  | 'SUBSCRIBED'
  | 'LAUNCH'
  | 'KILL'
  | 'ACKNOWLEDGED'
  | 'MESSAGE'
  | 'ERROR'
  | 'SHUTDOWN'
  | 'LAUNCH_GROUP'
  | 'HEARTBEAT';

export interface ExecutorEventSubscribed {
  readonly executor_info: ExecutorInfo;
  readonly framework_info: FrameworkInfo;
  readonly agent_info: AgentInfo;
  readonly container_id?: ContainerID;
}

export interface ExecutorEventLaunch {
  readonly task: TaskInfo;
}

export interface ExecutorEventLaunchGroup {
  readonly task_group: TaskGroupInfo;
}

export interface ExecutorEventKill {
  readonly task_id: TaskID;
  readonly kill_policy?: KillPolicy;
}

export interface ExecutorEventAcknowledged {
  readonly task_id: TaskID;
  readonly uuid: Buffer;
}

export interface ExecutorEventMessage {
  readonly data: Buffer;
}

export interface ExecutorEventError {
  readonly message: string;
}

/** As it arrives: nothing says that the body fits the type. */
export interface ExecutorEventEnvelope {
  readonly type: ExecutorEventType;
  readonly subscribed?: ExecutorEventSubscribed;
  readonly acknowledged?: ExecutorEventAcknowledged;
  readonly launch?: ExecutorEventLaunch;
  readonly kill?: ExecutorEventKill;
  readonly message?: ExecutorEventMessage;
  readonly error?: ExecutorEventError;
  readonly launch_group?: ExecutorEventLaunchGroup;
}

/** Checked: the body that the type asks for is there. */
export type ExecutorEvent =
  | { readonly type: 'SUBSCRIBED'; readonly subscribed: ExecutorEventSubscribed }
  | { readonly type: 'LAUNCH'; readonly launch: ExecutorEventLaunch }
  | { readonly type: 'KILL'; readonly kill: ExecutorEventKill }
  | { readonly type: 'ACKNOWLEDGED'; readonly acknowledged: ExecutorEventAcknowledged }
  | { readonly type: 'MESSAGE'; readonly message: ExecutorEventMessage }
  | { readonly type: 'ERROR'; readonly error: ExecutorEventError }
  | { readonly type: 'SHUTDOWN' }
  | { readonly type: 'LAUNCH_GROUP'; readonly launch_group: ExecutorEventLaunchGroup }
  | { readonly type: 'HEARTBEAT' }
  | { readonly type: 'UNKNOWN' };
