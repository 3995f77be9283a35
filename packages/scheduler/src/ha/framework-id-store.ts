/** Where the framework's id outlives the scheduler, so that the next one takes over its tasks. */
export interface FrameworkIdStore {
  /** `undefined` when there is none, or none any more. */
  load(): Promise<string | undefined>;
  /** Keeps the id for the failover timeout from now on. */
  save(id: string): Promise<void>;
  clear(): Promise<void>;
}
