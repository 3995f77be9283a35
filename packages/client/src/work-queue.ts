/**
 * Keys to reconcile. A key queued many times is handed out once; a key being worked on is not handed out again until
 * `done`, and then again if it was queued meanwhile.
 */
export interface WorkQueue {
  add(key: string): void;
  /** After `delayMs`; the earliest of several wins. */
  addAfter(key: string, delayMs: number): void;
  /** After this key's own exponential back-off. */
  addRateLimited(key: string): void;
  /** Resets the key's back-off. */
  forget(key: string): void;
  /** The next key, or `undefined` when the queue is closed and empty. */
  next(): Promise<string | undefined>;
  done(key: string): void;
  readonly length: number;
  close(): void;
}
