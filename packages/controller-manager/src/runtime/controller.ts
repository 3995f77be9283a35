import type { WorkQueue } from '@kubernetes-mesos/client';
import type { Result } from './result';

/** Where a controller puts the keys that somebody should look at. */
export type KeySink = Pick<WorkQueue, 'add' | 'addAfter'>;

/**
 * One level-based control loop: a key in, what it came to out. It reads the state anew each time and never trusts the
 * event that queued the key; it may die at any line and be run again.
 */
export interface Controller {
  /** `replication`; names its metrics and log lines. */
  readonly name: string;
  /** Keys worked on at once; one key is never worked on twice at the same time. */
  readonly concurrency: number;
  /** Subscribes to what it watches and queues the keys concerned. Returns how to stop. */
  start(keys: KeySink): () => void;
  reconcile(key: string, signal: AbortSignal): Promise<Result>;
}
