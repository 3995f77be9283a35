import type { TaskStatus } from '@kubernetes-mesos/mesos';

/** First and longest pause before an unacknowledged update is sent again, ms. */
const FIRST_RETRY_MS = 10_000;
const MAX_RETRY_MS = 600_000;

/**
 * The updates of one task on their way to the framework: in order, one at a time, each repeated until it is acknowledged.
 * Values only; `TaskUpdates` functions return the next one.
 */
export interface TaskUpdates {
  /** Not acknowledged, oldest first. */
  readonly pending: readonly TaskStatus[];
  /** When the head is sent again, ms since the epoch. */
  readonly retryAt: number;
  readonly retryMs: number;
}

export const NO_UPDATES: TaskUpdates = { pending: [], retryAt: Infinity, retryMs: FIRST_RETRY_MS };

/** What to send now, if anything, with the next value. */
export interface UpdateStep {
  readonly updates: TaskUpdates;
  readonly send: TaskStatus | undefined;
}

/** A new update: sent at once when none is waiting. The caller has dropped duplicates. */
export function addUpdate(updates: TaskUpdates, status: TaskStatus, now: number): UpdateStep {
  const pending = [...updates.pending, status];
  return pending.length === 1 ? sendHead(pending, now) : { updates: { ...updates, pending }, send: undefined };
}

/** `undefined` when this is not the update that waits: a repeated or wrong acknowledgement. */
export function acknowledgeUpdate(
  updates: TaskUpdates,
  uuid: Buffer,
  now: number,
): (UpdateStep & { readonly acknowledged: TaskStatus }) | undefined {
  const [head, ...rest] = updates.pending;
  if (head?.uuid === undefined || !head.uuid.equals(uuid)) return undefined;
  return { ...sendHead(rest, now), acknowledged: head };
}

/** The head again when its time has come, with a longer pause after it. */
export function retryUpdate(updates: TaskUpdates, now: number): UpdateStep | undefined {
  const [head] = updates.pending;
  if (head === undefined || updates.retryAt > now) return undefined;
  const retryMs = Math.min(updates.retryMs * 2, MAX_RETRY_MS);
  return { updates: { ...updates, retryAt: now + retryMs, retryMs }, send: head };
}

/** The head at once: the agent has registered with a master that may not know it. */
export function resendUpdate(updates: TaskUpdates, now: number): UpdateStep {
  return sendHead(updates.pending, now);
}

function sendHead(pending: readonly TaskStatus[], now: number): UpdateStep {
  const [head] = pending;
  return {
    updates: { pending, retryAt: head === undefined ? Infinity : now + FIRST_RETRY_MS, retryMs: FIRST_RETRY_MS },
    send: head,
  };
}
