import type { SchedulerEventType, TaskState, TaskStatus } from '@kubernetes-mesos/mesos';

/** Numbers since the start of the master, under the names of its metrics. */
export class MasterCounters {
  readonly #counts = new Map<string, number>();

  add(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  call(type: string): void {
    this.add(`messages_${type.toLowerCase()}`);
  }

  event(type: SchedulerEventType): void {
    this.add(`events/${type.toLowerCase()}`);
  }

  taskEnded(state: TaskState): void {
    this.add(`tasks_${stateName(state)}`);
  }

  /** `task_lost/source_master/reason_agent_removed` */
  status(status: TaskStatus): void {
    if (status.source === undefined || status.reason === undefined) return;
    const source = status.source.toLowerCase();
    this.add(`${status.state.toLowerCase()}/${source}/${status.reason.toLowerCase()}`);
  }

  entries(): IterableIterator<[string, number]> {
    return this.#counts.entries();
  }

  value(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}

export function stateName(state: TaskState): string {
  return state.slice('TASK_'.length).toLowerCase();
}
