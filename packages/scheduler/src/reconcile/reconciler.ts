import { errorMessage, type Timer } from '@kubernetes-mesos/component-base';
import type { SchedulerCallReconcileTask } from '@kubernetes-mesos/mesos';
import type { SchedulerContext } from '../driver/context';
import { agentOf, type TaskPhaseKind } from '../tasks/task-phase';
import type { TaskEntry } from '../tasks/task-registry';

/** Tasks per RECONCILE call. */
const CHUNK = 1000;
/** First wait for answers; doubles up to `explicitMaxBackoffMs`. */
const FIRST_RETRY_MS = 1000;
/** A launch that nothing was heard of for this long is asked about. */
const SILENT_LAUNCH_MS = 30_000;

/** Phases in which a task may exist. */
const POSSIBLY_ALIVE: readonly TaskPhaseKind[] = ['checking', 'launching', 'live', 'unreachable'];

/**
 * Asks Mesos what became of tasks. Explicitly: every task that may exist, at each subscription, and those whose fate
 * decides over a placement again and again until there is an answer (a master that is still learning gives none).
 * Now and then: everything Mesos knows, which brings up tasks that nobody here knows, and everything known here, which
 * brings up tasks that Mesos has lost.
 */
export class Reconciler {
  readonly #context: SchedulerContext;
  #subscribed = false;
  #asked = new Set<TaskEntry>();
  #askTimer: Timer | undefined;
  #retryTimer: Timer | undefined;
  #retryMs = FIRST_RETRY_MS;
  #periodicTimer: Timer | undefined;
  #firstSubscription = true;
  #lastRequestAt = -Infinity;

  constructor(context: SchedulerContext) {
    this.#context = context;
  }

  /** Asks about everything that may exist. */
  subscribed(): void {
    this.#subscribed = true;
    this.#explicit();
    if (!this.#firstSubscription) return;
    this.#firstSubscription = false;
    const { reconcileIntervalMs, initialImplicitReconciliationMs } = this.#context.options;
    if (reconcileIntervalMs > 0) this.#reconcileIn(initialImplicitReconciliationMs, false);
  }

  disconnected(): void {
    this.#subscribed = false;
    this.#askTimer?.cancel();
    this.#askTimer = undefined;
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
  }

  /** Asks about one task soon; questions of one turn go out together. */
  ask(entry: TaskEntry): void {
    this.#asked.add(entry);
    if (!this.#subscribed || this.#askTimer !== undefined) return;
    this.#askTimer = this.#context.ports.clock.setTimer(() => {
      this.#askTimer = undefined;
      const asked = [...this.#asked].filter((each) => each.phase.kind === 'checking');
      this.#asked = new Set();
      this.#send(asked);
      this.#retryLater();
    }, 0);
  }

  /** For those who ask by hand. @returns false when not subscribed or asked too soon again */
  request(kind: 'explicit' | 'implicit'): boolean {
    const { ports, options } = this.#context;
    ports.metrics.reconciliationRequested.inc({ kind });
    const now = ports.clock.monotonic();
    if (!this.#subscribed || now < this.#lastRequestAt + options.reconcileCooldownMs) return false;
    this.#lastRequestAt = now;
    if (kind === 'explicit') this.#explicit();
    else this.#implicit();
    return true;
  }

  close(): void {
    this.disconnected();
    this.#periodicTimer?.cancel();
    this.#periodicTimer = undefined;
  }

  #explicit(): void {
    const { ports, state } = this.#context;
    this.#asked = new Set();
    const entries = POSSIBLY_ALIVE.flatMap((kind) => [...state.registry.inPhase(kind)]);
    ports.metrics.reconciliationExecuted.inc({ kind: 'explicit' });
    ports.logger.info('reconciling tasks', { tasks: entries.length });
    this.#send(entries);
    this.#retryMs = FIRST_RETRY_MS;
    this.#retryLater();
  }

  #implicit(): void {
    const { ports } = this.#context;
    ports.metrics.reconciliationExecuted.inc({ kind: 'implicit' });
    ports.mesos.call({ type: 'RECONCILE', reconcile: {} }).catch((error: unknown) => {
      ports.logger.debug('implicit reconciliation not sent', { error: errorMessage(error) });
    });
  }

  #reconcileIn(delayMs: number, periodic: boolean): void {
    const { ports, options, state } = this.#context;
    this.#periodicTimer = ports.clock.setTimer(() => {
      if (this.#subscribed) {
        this.#implicit();
        // A loss that was told while nobody listened is not told again, nor is it part of an implicit answer.
        if (periodic) this.#send([...state.registry.inPhase('live'), ...state.registry.inPhase('unreachable')]);
      }
      this.#reconcileIn(options.reconcileIntervalMs, true);
    }, delayMs);
  }

  #retryLater(): void {
    if (this.#retryTimer !== undefined) return;
    const { ports, options } = this.#context;
    const delayMs = this.#retryMs * (0.75 + 0.5 * ports.random());
    this.#retryMs = Math.min(options.explicitMaxBackoffMs, this.#retryMs * 2);
    this.#retryTimer = ports.clock.setTimer(() => {
      this.#retryTimer = undefined;
      const now = ports.clock.monotonic();
      const { registry } = this.#context.state;
      const silent = [...registry.inPhase('launching')].filter(
        ({ phase }) => phase.kind === 'launching' && now - phase.since >= SILENT_LAUNCH_MS,
      );
      this.#send([...registry.inPhase('checking'), ...silent]);
      if (registry.inPhase('checking').size === 0) this.#retryMs = SILENT_LAUNCH_MS;
      this.#retryLater();
    }, delayMs);
  }

  #send(entries: readonly TaskEntry[]): void {
    const { ports } = this.#context;
    for (let at = 0; at < entries.length; at += CHUNK) {
      const tasks = entries.slice(at, at + CHUNK).map(questionOf);
      ports.mesos.call({ type: 'RECONCILE', reconcile: { tasks } }).catch((error: unknown) => {
        ports.logger.debug('reconciliation not sent, will be repeated', { error: errorMessage(error) });
      });
    }
  }
}

function questionOf(entry: TaskEntry): SchedulerCallReconcileTask {
  const agent = agentOf(entry.phase);
  return { task_id: { value: entry.taskId }, ...(agent === undefined ? {} : { agent_id: { value: agent } }) };
}
