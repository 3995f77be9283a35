/** Where the framework's id outlives the scheduler, so that the next one takes over its tasks. */
export interface FrameworkIdStore {
  /** Waits for the store. `undefined` when there is none, or none any more. @throws the signal's reason */
  load(signal: AbortSignal): Promise<string | undefined>;
  /** Keeps the id for the failover timeout from now on. */
  save(id: string): Promise<void>;
  /** Waits for the store. @throws the signal's reason */
  clear(signal: AbortSignal): Promise<void>;
}
