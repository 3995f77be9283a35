import type { ExecutorCallSubscribe, ExecutorCallUpdate, TaskInfo } from './messages';

/**
 * What the agent has not acknowledged to an executor yet, and must be told again at the next subscription: every update,
 * and every task until its first update is acknowledged.
 */
export class Unacknowledged {
  readonly #tasks = new Map<string, TaskInfo>();
  /** By task and uuid; insertion order is the order in which they were made. */
  readonly #updates = new Map<string, ExecutorCallUpdate>();

  launched(task: TaskInfo): void {
    this.#tasks.set(task.task_id.value, task);
  }

  updated(update: ExecutorCallUpdate): void {
    this.#updates.set(keyOf(update.status.task_id.value, update.status.uuid), update);
  }

  /** An acknowledgement of an update that is not known (any more) changes nothing. */
  acknowledged(taskId: string, uuid: Buffer): void {
    if (this.#updates.delete(keyOf(taskId, uuid))) this.#tasks.delete(taskId);
  }

  toSubscribe(): ExecutorCallSubscribe {
    return {
      ...(this.#tasks.size === 0 ? {} : { unacknowledged_tasks: [...this.#tasks.values()] }),
      ...(this.#updates.size === 0 ? {} : { unacknowledged_updates: [...this.#updates.values()] }),
    };
  }

  get updates(): number {
    return this.#updates.size;
  }
}

function keyOf(taskId: string, uuid: Buffer | undefined): string {
  return `${uuid?.toString('hex') ?? ''} ${taskId}`;
}
