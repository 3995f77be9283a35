/** Finds the leading master: a fixed `host:port`, or ZooKeeper (`zk://[user:pass@]h1:p1,h2:p2/path`). */
export interface MasterDetector {
  /** The leader as `host:port`; again at every change; `undefined` while there is none. Ends when `signal` aborts. */
  leaders(options: { readonly signal: AbortSignal }): AsyncIterable<string | undefined>;
  /** The leader now, waiting for one if need be. */
  current(options: { readonly signal: AbortSignal }): Promise<string>;
  close(): Promise<void>;
}
