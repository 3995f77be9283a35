import type { KubeObject } from '@kubernetes-mesos/api-types';

/**
 * A local, always catching-up copy of one resource: list, then watch, then resume; relist on 410. Handlers are called
 * in order, one at a time, synchronously after the copy has changed; they enqueue and return.
 */
export interface Informer<T extends KubeObject> {
  /** Begins to list and watch; resolves when the first list is in the copy. Rejects when closed before that. */
  start(): Promise<void>;
  readonly synced: boolean;
  readonly lister: Lister<T>;
  /** Present objects are replayed as `added`. Returns how to unsubscribe. */
  subscribe(handler: InformerHandler<T>): () => void;
  /** Idempotent; waits for the watch to end. */
  close(): Promise<void>;
}

/** An object that is replaced by another of the same name (another uid) is first `deleted`, then `added`. */
export interface InformerHandler<T extends KubeObject> {
  added?(object: T): void;
  updated?(object: T, previous: T): void;
  deleted?(object: T): void;
}

/** Reads of the local copy. Objects and arrays are shared: copy before changing. */
export interface Lister<T extends KubeObject> {
  /** Key as of `objectKey`: `namespace/name`, or `name`. */
  get(key: string): T | undefined;
  list(namespace?: string): readonly T[];
  /** The objects that the index `name` (declared with `createInformer`) files under `value`. */
  byIndex(name: string, value: string): readonly T[];
}
