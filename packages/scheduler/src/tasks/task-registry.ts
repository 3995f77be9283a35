import type { Pod } from '@kubernetes-mesos/api-types';
import { taskIdOf, type PodUid, type TaskId } from '../ids';
import { isBeingDeleted } from './pod-view';
import type { TaskPhase, TaskPhaseKind } from './task-phase';

/** A pod and its task. An entry outlives its pod for as long as a task of it may run. */
export interface TaskEntry {
  readonly uid: PodUid;
  readonly taskId: TaskId;
  /** As the watch last showed it; `undefined` once it is gone from the API, or for a task of a pod never seen. */
  pod: Pod | undefined;
  phase: TaskPhase;
  /** Mesos has refused its last launch: the next one waits for the back-off. */
  refused: boolean;
  /** Kills sent so far, and when to send the next, ms of the monotonic clock. */
  kills: number;
  nextKillAt: number;
}

/** Whether the pod exists and is to run. */
export function isWanted(entry: TaskEntry): boolean {
  return entry.pod !== undefined && !isBeingDeleted(entry.pod);
}

/** Everything known about pods and tasks, by pod uid, and by phase without a search. */
export class TaskRegistry {
  readonly #entries = new Map<PodUid, TaskEntry>();
  readonly #byPhase: Readonly<Record<TaskPhaseKind, Set<TaskEntry>>> = {
    waiting: new Set(),
    checking: new Set(),
    launching: new Set(),
    live: new Set(),
    unreachable: new Set(),
    settling: new Set(),
  };

  get(uid: PodUid): TaskEntry | undefined {
    return this.#entries.get(uid);
  }

  add(uid: PodUid, pod: Pod | undefined, phase: TaskPhase): TaskEntry {
    const entry: TaskEntry = { uid, taskId: taskIdOf(uid), pod, phase, refused: false, kills: 0, nextKillAt: 0 };
    this.#entries.set(uid, entry);
    this.#byPhase[phase.kind].add(entry);
    return entry;
  }

  setPhase(entry: TaskEntry, phase: TaskPhase): void {
    if (phase.kind !== entry.phase.kind) {
      this.#byPhase[entry.phase.kind].delete(entry);
      this.#byPhase[phase.kind].add(entry);
    }
    entry.phase = phase;
  }

  remove(entry: TaskEntry): void {
    this.#entries.delete(entry.uid);
    this.#byPhase[entry.phase.kind].delete(entry);
  }

  /** Shared: do not change phases while iterating over it. */
  inPhase(kind: TaskPhaseKind): ReadonlySet<TaskEntry> {
    return this.#byPhase[kind];
  }

  all(): IterableIterator<TaskEntry> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }
}
