import type { AgentInfo, ExecutorEvent, FrameworkInfo, TaskInfo, TaskStatus } from '@kubernetes-mesos/mesos';
import type { AgentMessage } from '../link/protocol';
import type { Executor } from './state';

/** What goes to the agent's disk, so that a restart finds its executors, tasks and unacknowledged updates. */
export type Checkpoint =
  | { readonly what: 'agent'; readonly info: AgentInfo }
  | { readonly what: 'framework'; readonly info: FrameworkInfo }
  | { readonly what: 'executor'; readonly executor: Executor }
  | {
      readonly what: 'tasks';
      readonly executor: Executor;
      readonly tasks: readonly TaskInfo[];
    }
  | { readonly what: 'update'; readonly executor: Executor; readonly status: TaskStatus }
  | { readonly what: 'acknowledged'; readonly executor: Executor; readonly taskId: string; readonly uuid: Buffer }
  /** The executor has ended, and updates of its tasks are still to be acknowledged. */
  | { readonly what: 'executor-ended'; readonly executor: Executor }
  /** Nothing but the sandbox is left of it. */
  | { readonly what: 'executor-removed'; readonly executor: Executor }
  | { readonly what: 'framework-ended'; readonly frameworkId: string };

/** What a decision of the agent asks its runner to do, in this order. */
export type AgentEffect =
  | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'to-master'; readonly message: AgentMessage }
  | { readonly kind: 'executor-event'; readonly streamId: string; readonly event: ExecutorEvent }
  | { readonly kind: 'close-executor'; readonly streamId: string }
  /** Make the sandbox, fetch, start; answered by `executorStarted` or `executorFailed`. */
  | {
      readonly kind: 'launch';
      readonly executor: Executor;
      readonly framework: FrameworkInfo;
      readonly task: TaskInfo | undefined;
    }
  /** Kill every process of it; answered by `executorExited` when it has a process, at once by `executorFailed` when not. */
  | { readonly kind: 'destroy'; readonly executor: Executor }
  /** The agent ends: the master does not want it. */
  | { readonly kind: 'stop'; readonly reason: string; readonly forgetId: boolean };
