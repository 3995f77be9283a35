import type { AgentInfo, ExecutorEvent, TaskState, TaskStatus, TaskStatusReason } from '@kubernetes-mesos/mesos';
import type { AgentMessage } from '../link/protocol';
import { isTerminal } from '../master/state';
import type { AgentEffect, Checkpoint } from './effects';
import type { AgentFramework, AgentState, AgentTask, Executor } from './state';
import { addUpdate, NO_UPDATES, type UpdateStep } from './update-stream';
import { without } from '../without';

/** Settings of the agent's decisions; times in ms. */
export interface AgentSettings {
  readonly executorRegistrationTimeoutMs: number;
  readonly executorReregistrationTimeoutMs: number;
  readonly executorShutdownGracePeriodMs: number;
  readonly workDir: string;
  /** Address under which executors and the network of a task reach this machine. */
  readonly ip: string;
}

const KEPT_STATUSES = 20;
const KEPT_COMPLETED_TASKS = 200;
const KEPT_COMPLETED_EXECUTORS = 150;

/** Of the agent itself about a task. */
export interface OwnStatus {
  readonly state: TaskState;
  readonly reason: TaskStatusReason;
  readonly message: string;
}

/**
 * The agent's state with the small steps that its decisions are made of. No I/O, no clock, no random: decisions get `now`
 * and new ids, and what has to be done outside is collected as effects.
 */
export class AgentCore {
  readonly state: AgentState;
  readonly settings: AgentSettings;
  readonly newUuid: () => Buffer;
  readonly newContainerId: () => string;
  #effects: AgentEffect[] = [];

  constructor(
    info: AgentInfo,
    settings: AgentSettings,
    ids: { readonly newUuid: () => Buffer; readonly newContainerId: () => string },
  ) {
    this.settings = settings;
    this.newUuid = ids.newUuid;
    this.newContainerId = ids.newContainerId;
    this.state = { info, phase: 'recovering', frameworks: new Map(), drain: undefined };
  }

  takeEffects(): AgentEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  effect(effect: AgentEffect): void {
    this.#effects.push(effect);
  }
  checkpoint(checkpoint: Checkpoint): void {
    this.#effects.push({ kind: 'checkpoint', checkpoint });
  }
  toMaster(message: AgentMessage): void {
    this.#effects.push({ kind: 'to-master', message });
  }
  /** Lost when the executor's stream is down: the sender has to repeat it. */
  toExecutor(executor: Executor, event: ExecutorEvent): void {
    if (executor.streamId !== undefined) {
      this.#effects.push({ kind: 'executor-event', streamId: executor.streamId, event });
    }
  }

  /** `TASK_LOST` for frameworks that do not know partitions. */
  lostState(framework: AgentFramework, exact: TaskState): TaskState {
    const aware = (framework.info.capabilities ?? []).some(({ type }) => type === 'PARTITION_AWARE');
    return aware ? exact : 'TASK_LOST';
  }

  /** A status that the agent makes itself; acknowledged by the framework like any other. */
  ownUpdate(
    framework: AgentFramework,
    executor: Executor | undefined,
    taskId: string,
    own: OwnStatus,
    now: number,
  ): void {
    const status: TaskStatus = {
      task_id: { value: taskId },
      state: own.state,
      source: 'SOURCE_AGENT',
      reason: own.reason,
      message: own.message,
      uuid: this.newUuid(),
      timestamp: now / 1000,
      ...(this.state.info.id === undefined ? {} : { agent_id: this.state.info.id }),
      ...(executor === undefined || executor.commandTask ? {} : { executor_id: { value: executor.id } }),
    };
    const task = executor?.tasks.get(taskId);
    if (task !== undefined) recordStatus(task, status);
    this.enqueue(framework, executor, status, now);
  }

  /** Stores an update and sends it when it is the first that waits. */
  enqueue(framework: AgentFramework, executor: Executor | undefined, status: TaskStatus, now: number): void {
    const taskId = status.task_id.value;
    if (executor !== undefined) {
      this.checkpoint({ what: 'update', executor, status });
      framework.owners.set(taskId, executor);
    }
    this.applyStep(framework, taskId, addUpdate(framework.updates.get(taskId) ?? NO_UPDATES, status, now));
  }

  applyStep(framework: AgentFramework, taskId: string, step: UpdateStep): void {
    if (step.updates.pending.length === 0) this.#allAcknowledged(framework, taskId);
    else framework.updates.set(taskId, step.updates);
    if (step.send === undefined) return;
    const latest = step.updates.pending.at(-1)?.state ?? step.send.state;
    this.toMaster({
      type: 'STATUS_UPDATE',
      framework_id: framework.id,
      status: step.send,
      latest_state: latest,
    });
  }

  /** An executor that has ended is kept on disk until the last update of its tasks is acknowledged. */
  #allAcknowledged(framework: AgentFramework, taskId: string): void {
    framework.updates.delete(taskId);
    const owner = framework.owners.get(taskId);
    framework.owners.delete(taskId);
    if (owner === undefined || framework.executors.get(owner.id) === owner) return;
    if (![...framework.owners.values()].includes(owner)) this.checkpoint({ what: 'executor-removed', executor: owner });
  }

  executorOf(frameworkId: string, executorId: string): Executor | undefined {
    return this.state.frameworks.get(frameworkId)?.executors.get(executorId);
  }

  /** The executor that runs a task, or has it queued. */
  findTask(framework: AgentFramework, taskId: string): Executor | undefined {
    for (const executor of framework.executors.values()) {
      if (executor.tasks.has(taskId)) return executor;
      if (executor.queued.some(({ tasks }) => tasks.some(({ task_id }) => task_id.value === taskId))) return executor;
    }
    return undefined;
  }

  /** A task whose end is acknowledged. */
  completeTask(executor: Executor, task: AgentTask): void {
    executor.tasks.delete(task.info.task_id.value);
    executor.completedTasks.push(task);
    if (executor.completedTasks.length > KEPT_COMPLETED_TASKS) executor.completedTasks.shift();
  }

  forgetExecutor(framework: AgentFramework, executor: Executor): void {
    framework.executors.delete(executor.id);
    const { info, containerId, directory } = executor;
    const completedTasks = [...executor.completedTasks, ...executor.tasks.values()];
    framework.completedExecutors.push({ info, containerId, directory, completedTasks });
    if (framework.completedExecutors.length > KEPT_COMPLETED_EXECUTORS) framework.completedExecutors.shift();
  }

  /** A framework with nothing left is forgotten. */
  settleFramework(framework: AgentFramework): void {
    if (framework.executors.size > 0 || framework.updates.size > 0) return;
    this.state.frameworks.delete(framework.id);
    this.checkpoint({ what: 'framework-ended', frameworkId: framework.id });
  }
}

/** Enters a status into a task's history; a task that has ended stays ended. */
export function recordStatus(task: AgentTask, status: TaskStatus): void {
  if (status.uuid !== undefined) task.seen.add(status.uuid.toString('hex'));
  if (!isTerminal(task.state)) task.state = status.state;
  task.statuses = [...task.statuses.slice(1 - KEPT_STATUSES), without(status, 'data')];
}
