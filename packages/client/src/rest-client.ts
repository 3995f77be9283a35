import type { KubeList, KubeObject, Status } from '@kubernetes-mesos/api-types';

/** Which resource a call is about. `PODS`, `NODES`, ... are ready made in `resources.ts`. */
export interface ResourceRef<T extends KubeObject = KubeObject> {
  /** `''` is the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Carries the type only; never set. */
  readonly type?: T;
}

/**
 * Typed access to an API server. Every method throws `StatusError` for an answer that is a failure and
 * `ApiServerUnavailableError` when no server answers (retryable).
 */
export interface KubeClient {
  get<T extends KubeObject>(resource: ResourceRef<T>, key: NamespacedName): Promise<T>;
  list<T extends KubeObject>(resource: ResourceRef<T>, options?: ListOptions): Promise<KubeList<T>>;
  create<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T>;
  update<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T>;
  updateStatus<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T>;
  patch<T extends KubeObject>(resource: ResourceRef<T>, key: NamespacedName, patch: Patch): Promise<T>;
  delete<T extends KubeObject>(
    resource: ResourceRef<T>,
    key: NamespacedName,
    options?: DeleteOptions,
  ): Promise<T | Status>;
  /** Deletes every object of a selection; those that are deleted gracefully go later. `namespace` absent: of all. */
  deleteCollection(
    resource: ResourceRef,
    selection: Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>,
    options?: DeleteOptions,
  ): Promise<void>;
  /** POSTs or PUTs a subresource whose body is another kind: `binding`, `finalize`, `eviction`. */
  subresource(
    method: 'POST' | 'PUT',
    resource: ResourceRef,
    key: NamespacedName,
    subresource: string,
    body: unknown,
  ): Promise<unknown>;
  /** Ends when the server ends the stream or `signal` aborts. */
  watch<T extends KubeObject>(resource: ResourceRef<T>, options: WatchOptions): AsyncIterable<ClientWatchEvent<T>>;
  /** Any other path, as text; for `/healthz`, `/version`. */
  raw(path: string, options?: { signal?: AbortSignal }): Promise<{ readonly status: number; readonly body: string }>;
  close(): Promise<void>;
}

export interface NamespacedName {
  /** Absent or `''` for what has no namespace. */
  readonly namespace?: string;
  readonly name: string;
}

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly signal?: AbortSignal;
}

export interface WatchOptions extends ListOptions {
  /** Exclusive. */
  readonly resourceVersion: string;
  readonly allowBookmarks?: boolean;
  readonly timeoutSeconds?: number;
}

export type ClientWatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly status: Status };

export type Patch = (
  | { readonly kind: 'merge' | 'strategic'; readonly body: unknown }
  | { readonly kind: 'json'; readonly body: readonly JsonPatchOperation[] }
) & {
  /** `status`, `scale`; absent: the object itself. */
  readonly subresource?: string;
};

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test' | 'move' | 'copy';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}
