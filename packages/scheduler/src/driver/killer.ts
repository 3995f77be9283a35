import { errorMessage, type Timer } from '@kubernetes-mesos/component-base';
import type { KillPolicy } from '@kubernetes-mesos/mesos';
import { agentOf } from '../tasks/task-phase';
import type { TaskEntry } from '../tasks/task-registry';
import type { SchedulerContext } from './context';

const FIRST_RETRY_MS = 5000;
const MAX_RETRY_MS = 60_000;
const NANOS_PER_SECOND = 1e9;

/** Kills tasks, again and again until Mesos says that they have ended: a KILL may be lost on its way. */
export class Killer {
  readonly #context: SchedulerContext;
  readonly #doomed = new Set<TaskEntry>();
  #timer: Timer | undefined;

  constructor(context: SchedulerContext) {
    this.#context = context;
  }

  kill(entry: TaskEntry): void {
    if (this.#doomed.has(entry)) return;
    this.#doomed.add(entry);
    entry.kills = 0;
    this.#send(entry);
    this.#arm(entry.nextKillAt);
  }

  /** Its task has ended. */
  spare(entry: TaskEntry): void {
    this.#doomed.delete(entry);
  }

  /** A new master, or a new connection, may not have got the last ones. */
  resend(): void {
    for (const entry of this.#doomed) entry.nextKillAt = 0;
    this.#sendDue();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#doomed.clear();
  }

  #sendDue(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const now = this.#context.ports.clock.monotonic();
    let next = Infinity;
    for (const entry of this.#doomed) {
      if (entry.nextKillAt <= now) this.#send(entry);
      next = Math.min(next, entry.nextKillAt);
    }
    if (next !== Infinity) this.#arm(next);
  }

  /** The timer may ring too early for some, never too late for one. */
  #arm(at: number): void {
    const { clock } = this.#context.ports;
    this.#timer ??= clock.setTimer(() => this.#sendDue(), at - clock.monotonic());
  }

  #send(entry: TaskEntry): void {
    const { mesos, clock, logger } = this.#context.ports;
    entry.nextKillAt = clock.monotonic() + Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** entry.kills);
    entry.kills += 1;
    const agent = agentOf(entry.phase);
    const policy = killPolicyOf(entry);
    mesos
      .call({
        type: 'KILL',
        kill: {
          task_id: { value: entry.taskId },
          ...(agent === undefined ? {} : { agent_id: { value: agent } }),
          ...(policy === undefined ? {} : { kill_policy: policy }),
        },
      })
      .catch((error: unknown) => {
        logger.debug('kill not sent, will be repeated', { task: entry.taskId, error: errorMessage(error) });
      });
  }
}

/** The pod's own grace period. */
function killPolicyOf(entry: TaskEntry): KillPolicy | undefined {
  const seconds = entry.pod?.metadata.deletionGracePeriodSeconds;
  return seconds === undefined ? undefined : { grace_period: { nanoseconds: seconds * NANOS_PER_SECOND } };
}
