import { formatTime, StatusError, type Pod } from '@kubernetes-mesos/api-types';
import { PODS } from '@kubernetes-mesos/client';
import { assertNever, Backoff, errorMessage } from '@kubernetes-mesos/component-base';
import type { TaskStatus } from '@kubernetes-mesos/mesos';
import { wantsPlace } from '../tasks/pod-view';
import { failedStatus } from '../tasks/failed-status';
import { settle, type Settlement } from '../tasks/settlement';
import type { TaskEntry } from '../tasks/task-registry';
import type { SchedulerContext } from './context';

/** What the settler has others do. */
export interface SettlerCalls {
  /** The entry waits again; place it (after its back-off when its launch has failed). */
  requeue(entry: TaskEntry, failed: boolean): void;
  /** The entry is being checked: ask Mesos. */
  ask(entry: TaskEntry): void;
  /** Nothing is left to do about the entry. */
  forget(entry: TaskEntry): void;
}

/**
 * Writes to the API what the end of a task means for its pod. The API is read afresh first: the watch may lag behind the
 * executor. An API that is away is waited for; the update that brought the news stays unacknowledged meanwhile.
 */
export class Settler {
  readonly #context: SchedulerContext;
  readonly #calls: SettlerCalls;
  readonly #running = new Map<TaskEntry, Promise<void>>();
  readonly #verifying = new Set<Promise<void>>();

  constructor(context: SchedulerContext, calls: SettlerCalls) {
    this.#context = context;
    this.#calls = calls;
  }

  /** Resolves when what the update implies is stored; rejects only when the scheduler ends first. */
  settle(entry: TaskEntry, status: TaskStatus): Promise<void> {
    const running = this.#running.get(entry);
    if (running !== undefined) return running;
    if (isUnstarted(entry, status)) {
      this.#context.state.registry.setPhase(entry, { kind: 'waiting' });
      const { refused } = entry;
      entry.refused = false;
      this.#calls.requeue(entry, refused);
      return Promise.resolve();
    }
    const settling = this.#settle(entry, status, false).finally(() => this.#running.delete(entry));
    this.#running.set(entry, settling);
    return settling;
  }

  /** Waits for what is under way; it ends at once when the context's signal has aborted. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#running.values(), ...this.#verifying]);
  }

  async #settle(entry: TaskEntry, status: TaskStatus, verified: boolean): Promise<void> {
    const { ports, signal } = this.#context;
    const backoff = new Backoff({ initialMs: 200, maxMs: 15_000, random: ports.random });
    for (;;) {
      signal.throwIfAborted();
      try {
        const pod = await this.#read(entry);
        signal.throwIfAborted();
        await this.#perform(entry, pod, status, settle(pod, entry.uid, status, verified));
        return;
      } catch (error) {
        signal.throwIfAborted();
        const delayMs = Math.round(backoff.next());
        ports.logger.warn('the end of a task is not settled yet', {
          task: entry.taskId,
          delayMs,
          error: errorMessage(error),
        });
        await ports.clock.sleep(delayMs, { signal });
      }
    }
  }

  async #read(entry: TaskEntry): Promise<Pod | undefined> {
    const key = keyOf(entry);
    if (key === undefined) return undefined;
    try {
      return await this.#context.ports.kube.get(PODS, key);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #perform(entry: TaskEntry, pod: Pod | undefined, status: TaskStatus, settlement: Settlement): Promise<void> {
    const { ports, state } = this.#context;
    // Thousands of pods that end as they were meant to are nothing to tell one by one.
    if (settlement.kind !== 'forget' || ports.logger.isDebugEnabled) {
      const level = settlement.kind === 'forget' ? 'debug' : 'info';
      ports.logger[level]('task ended', {
        task: entry.taskId,
        state: status.state,
        ...(status.reason === undefined ? {} : { reason: status.reason }),
        outcome: settlement.kind,
      });
    }
    if (pod !== undefined && pod.metadata.uid === entry.uid) entry.pod = pod;
    switch (settlement.kind) {
      case 'forget':
        this.#calls.forget(entry);
        return;
      case 'requeue':
        if (entry.pod !== undefined) this.#tellFailedLaunch(entry.pod, settlement.message);
        state.registry.setPhase(entry, { kind: 'waiting' });
        this.#calls.requeue(entry, settlement.failed);
        return;
      case 'check':
        if (settlement.refusal !== undefined) {
          entry.refused = true;
          if (pod !== undefined) this.#tellFailedLaunch(pod, settlement.refusal);
        }
        state.registry.setPhase(entry, {
          kind: 'checking',
          since: ports.clock.monotonic(),
          ...(settlement.agentId === undefined ? {} : { agentId: settlement.agentId }),
        });
        this.#calls.ask(entry);
        return;
      case 'verify':
        this.#verifyLater(entry, status);
        return;
      case 'delete':
        if (pod !== undefined) {
          ports.recorder.event(pod, 'Warning', 'TaskLost', settlement.message);
          await this.#delete(pod);
        }
        this.#calls.forget(entry);
        return;
      case 'fail':
        if (pod !== undefined) {
          ports.recorder.event(pod, 'Warning', settlement.reason, settlement.message);
          await this.#markFailed(pod, settlement);
        }
        this.#calls.forget(entry);
        return;
      default:
        assertNever(settlement);
    }
  }

  #tellFailedLaunch(pod: Pod, why: string): void {
    this.#context.ports.recorder.event(pod, 'Warning', 'FailedScheduling', `the launch failed: ${why}`);
  }

  /** The update is acknowledged meanwhile: a scheduler that starts anew finds the pod without a task, too. */
  #verifyLater(entry: TaskEntry, status: TaskStatus): void {
    const { ports, signal, options } = this.#context;
    const verifying = ports.clock
      .sleep(options.verifyAfterMs, { signal })
      .then(() => (entry.phase.kind === 'settling' ? this.#settle(entry, status, true) : undefined))
      .catch(() => undefined)
      .finally(() => this.#verifying.delete(verifying));
    this.#verifying.add(verifying);
  }

  async #delete(pod: Pod): Promise<void> {
    const { uid } = pod.metadata;
    try {
      await this.#context.ports.kube.delete(PODS, podKey(pod), {
        gracePeriodSeconds: 0,
        ...(uid === undefined ? {} : { uid }),
      });
    } catch (error) {
      // Gone already, or another pod of this name: either way not the one.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  async #markFailed(pod: Pod, failure: Extract<Settlement, { kind: 'fail' }>): Promise<void> {
    const { reason, message } = failure;
    try {
      await this.#context.ports.kube.patch(PODS, podKey(pod), {
        kind: 'merge',
        subresource: 'status',
        body: {
          metadata: { uid: pod.metadata.uid, resourceVersion: pod.metadata.resourceVersion },
          status: failedStatus(pod, { reason, message, at: formatTime(this.#context.ports.clock.now()) }),
        },
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/**
 * Mesos knows of no task, and the pod is not bound: the common case after a start, with nothing to be written. Should the
 * watch lag behind a binding, then the next executor cannot bind the pod again, and that failure is settled in full.
 */
function isUnstarted(entry: TaskEntry, status: TaskStatus): boolean {
  return status.reason === 'REASON_RECONCILIATION' && entry.pod !== undefined && wantsPlace(entry.pod);
}

function keyOf(entry: TaskEntry): { readonly namespace: string; readonly name: string } | undefined {
  return entry.pod === undefined ? undefined : podKey(entry.pod);
}

function podKey(pod: Pod): { readonly namespace: string; readonly name: string } {
  return { namespace: pod.metadata.namespace ?? 'default', name: pod.metadata.name ?? '' };
}

function isNotFound(error: unknown): boolean {
  return error instanceof StatusError && error.status.code === 404;
}
function isConflict(error: unknown): boolean {
  return error instanceof StatusError && error.status.code === 409;
}
