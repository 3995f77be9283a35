import {
  deepCopy,
  deepEqual,
  objectKey,
  StatusError,
  type KubeList,
  type KubeObject,
  type Status,
} from '@kubernetes-mesos/api-types';
import type {
  ClientWatchEvent,
  DeleteOptions,
  KubeClient,
  ListOptions,
  NamespacedName,
  Patch,
  ResourceRef,
  WatchOptions,
} from '@kubernetes-mesos/client';
import type { Clock } from '@kubernetes-mesos/component-base';

interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

interface Table {
  readonly objects: Map<string, KubeObject>;
  readonly history: Change[];
  readonly wakers: Set<() => void>;
}

/** What was asked of the server, for tests that count. */
export interface Call {
  readonly verb: string;
  readonly resource: string;
  readonly key: string;
}

/**
 * An API server in memory, as far as controllers can tell: versions, uids, generated names, conflicts, graceful deletion
 * of pods, finalizers, watches. It knows no schema, no validation and no admission; those are tested on the real one.
 */
export class MemoryApi implements KubeClient {
  readonly calls: Call[] = [];
  /** Refuses or breaks calls that the test picks. */
  interceptor: ((call: Call) => Error | undefined) | undefined;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #tables = new Map<string, Table>();
  /** Plurals whose watches deliver nothing. */
  readonly #paused = new Set<string>();
  #version = 0;
  #uid = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  pauseWatches(resource: ResourceRef, paused: boolean): void {
    if (paused) this.#paused.add(resource.plural);
    else this.#paused.delete(resource.plural);
    for (const wake of [...this.#table(resource).wakers]) wake();
  }

  /** All objects of a resource, as stored. */
  all<T extends KubeObject>(resource: ResourceRef<T>): T[] {
    return [...this.#table(resource).objects.values()].map((object) => deepCopy(object) as T);
  }

  async get<T extends KubeObject>(resource: ResourceRef<T>, key: NamespacedName): Promise<T> {
    this.#begin('get', resource, keyText(resource, key));
    await Promise.resolve();
    return deepCopy(this.#read(resource, keyText(resource, key))) as T;
  }

  async list<T extends KubeObject>(resource: ResourceRef<T>, options: ListOptions = {}): Promise<KubeList<T>> {
    this.#begin('list', resource, options.namespace ?? '');
    await Promise.resolve();
    const items = this.all(resource).filter(
      (object) => options.namespace === undefined || object.metadata.namespace === options.namespace,
    );
    return { metadata: { resourceVersion: String(this.#version) }, items };
  }

  async create<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T> {
    const created = deepCopy(object);
    created.apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
    created.kind = resource.kind;
    const { metadata } = created;
    this.#uid += 1;
    metadata.name ??= `${metadata.generateName ?? ''}${String(this.#uid).padStart(5, 'x')}`;
    metadata.uid = `uid-${this.#uid}`;
    metadata.creationTimestamp = this.#timestamp();
    this.#begin('create', resource, objectKey(created));
    await Promise.resolve();
    if (this.#table(resource).objects.has(objectKey(created))) {
      throw failure(409, 'AlreadyExists', `${resource.plural} "${metadata.name}" already exists`);
    }
    return deepCopy(this.#write(resource, 'ADDED', created)) as T;
  }

  async update<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T> {
    return this.#replace('update', resource, object, (current) => {
      const next = deepCopy(object) as KubeObject & { status?: unknown };
      const { status } = current as KubeObject & { status?: unknown };
      if (status === undefined) delete next.status;
      else next.status = status;
      return next;
    });
  }

  async updateStatus<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T> {
    const { status } = object as KubeObject & { status?: unknown };
    return this.#replace(
      'updateStatus',
      resource,
      object,
      (current) => ({ ...current, status: deepCopy(status) }) as KubeObject,
    );
  }

  async patch<T extends KubeObject>(resource: ResourceRef<T>, key: NamespacedName, patch: Patch): Promise<T> {
    this.#begin('patch', resource, keyText(resource, key));
    await Promise.resolve();
    const current = this.#read(resource, keyText(resource, key));
    const body = patch.body as KubeObject;
    checkPreconditions(resource, current, body.metadata);
    const next = merged(current, body, patch.kind === 'strategic') as KubeObject;
    return deepCopy(this.#store(resource, current, next)) as T;
  }

  async delete<T extends KubeObject>(
    resource: ResourceRef<T>,
    key: NamespacedName,
    options: DeleteOptions = {},
  ): Promise<T | Status> {
    this.#begin('delete', resource, keyText(resource, key));
    await Promise.resolve();
    const current = this.#read(resource, keyText(resource, key));
    if (options.uid !== undefined && options.uid !== current.metadata.uid) throw conflict(resource, current);
    const finalizers = (current.metadata.finalizers ?? []).filter(
      (one) => one !== 'orphan' && one !== 'foregroundDeletion',
    );
    if (options.propagationPolicy === 'Orphan') finalizers.push('orphan');
    if (options.propagationPolicy === 'Foreground') finalizers.push('foregroundDeletion');
    const isBoundPod = resource.plural === 'pods' && isBound(current);
    const graceful = isBoundPod && options.gracePeriodSeconds !== 0;
    const held =
      resource.plural === 'namespaces' &&
      ((current as { spec?: { finalizers?: string[] } }).spec?.finalizers ?? []).length > 0;
    if (!graceful && !held && finalizers.length === 0) {
      this.#write(resource, 'DELETED', current);
      return success;
    }
    const next = deepCopy(current);
    next.metadata.deletionTimestamp ??= this.#timestamp();
    if (finalizers.length > 0) next.metadata.finalizers = finalizers;
    this.#write(resource, 'MODIFIED', next);
    return success;
  }

  async deleteCollection(
    resource: ResourceRef,
    selection: Pick<ListOptions, 'namespace'>,
    options: DeleteOptions = {},
  ): Promise<void> {
    for (const object of this.all(resource)) {
      if (selection.namespace !== undefined && object.metadata.namespace !== selection.namespace) continue;
      const { namespace = '', name = '' } = object.metadata;
      await this.delete(resource, { namespace, name }, options);
    }
  }

  async subresource(
    _method: 'POST' | 'PUT',
    resource: ResourceRef,
    key: NamespacedName,
    subresource: string,
    body: unknown,
  ): Promise<unknown> {
    this.#begin(subresource, resource, keyText(resource, key));
    await Promise.resolve();
    const current = this.#read(resource, keyText(resource, key));
    return deepCopy(this.#store(resource, current, body as KubeObject));
  }

  async *watch<T extends KubeObject>(
    resource: ResourceRef<T>,
    options: WatchOptions,
  ): AsyncGenerator<ClientWatchEvent<T>> {
    const table = this.#table(resource);
    let version = Number(options.resourceVersion);
    for (;;) {
      if (options.signal?.aborted === true) return;
      const next = this.#paused.has(resource.plural)
        ? undefined
        : table.history.find((change) => change.version > version);
      if (next !== undefined) {
        version = next.version;
        yield { type: next.type, object: deepCopy(next.object) as T };
        continue;
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          table.wakers.delete(wake);
          options.signal?.removeEventListener('abort', wake);
          resolve();
        };
        table.wakers.add(wake);
        options.signal?.addEventListener('abort', wake);
      });
    }
  }

  async raw(path: string): Promise<{ readonly status: number; readonly body: string }> {
    await Promise.resolve();
    if (path === '/apis') return { status: 200, body: JSON.stringify({ groups: [] }) };
    if (path !== '/api/v1') return { status: 404, body: '' };
    const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
    const resources = [
      { name: 'pods', kind: 'Pod', namespaced: true, verbs },
      { name: 'pods/status', kind: 'Pod', namespaced: true, verbs: ['get'] },
      { name: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs },
      { name: 'namespaces', kind: 'Namespace', namespaced: false, verbs },
    ];
    return { status: 200, body: JSON.stringify({ resources }) };
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  async #replace<T extends KubeObject>(
    verb: string,
    resource: ResourceRef<T>,
    object: T,
    next: (current: KubeObject) => KubeObject,
  ): Promise<T> {
    this.#begin(verb, resource, objectKey(object));
    await Promise.resolve();
    const current = this.#read(resource, objectKey(object));
    checkPreconditions(resource, current, object.metadata);
    return deepCopy(this.#store(resource, current, next(current))) as T;
  }

  /** Removes what is ending and held by nothing any more. */
  #store(resource: ResourceRef, current: KubeObject, next: KubeObject): KubeObject {
    next.metadata = { ...next.metadata, uid: current.metadata.uid ?? '' };
    if (current.metadata.deletionTimestamp !== undefined) {
      next.metadata.deletionTimestamp = current.metadata.deletionTimestamp;
      const { spec } = next as KubeObject & { spec?: { finalizers?: string[] } };
      const wasHeld = (current.metadata.finalizers ?? []).length > 0 || resource.plural === 'namespaces';
      // A pod that its kubelet has to confirm stays for its grace.
      const graceful = resource.plural === 'pods' && isBound(current);
      if (
        wasHeld &&
        !graceful &&
        (next.metadata.finalizers ?? []).length === 0 &&
        (spec?.finalizers ?? []).length === 0
      ) {
        return this.#write(resource, 'DELETED', next);
      }
    }
    const before = { ...current.metadata, resourceVersion: '' };
    const after = { ...next.metadata, resourceVersion: '' };
    if (deepEqual({ ...current, metadata: before }, { ...next, metadata: after })) return current;
    return this.#write(resource, 'MODIFIED', next);
  }

  #write(resource: ResourceRef, type: Change['type'], object: KubeObject): KubeObject {
    const table = this.#table(resource);
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    if (type === 'DELETED') table.objects.delete(objectKey(stored));
    else table.objects.set(objectKey(stored), stored);
    table.history.push({ version: this.#version, type, object: stored });
    for (const wake of [...table.wakers]) wake();
    return stored;
  }

  #read(resource: ResourceRef, key: string): KubeObject {
    const object = this.#table(resource).objects.get(key);
    if (object === undefined) throw failure(404, 'NotFound', `${resource.plural} "${key}" not found`);
    return object;
  }

  #table(resource: ResourceRef): Table {
    let table = this.#tables.get(resource.plural);
    if (table === undefined) {
      table = { objects: new Map(), history: [], wakers: new Set() };
      this.#tables.set(resource.plural, table);
    }
    return table;
  }

  #begin(verb: string, resource: ResourceRef, key: string): void {
    const call = { verb, resource: resource.plural, key };
    this.calls.push(call);
    const error = this.interceptor?.(call);
    if (error !== undefined) throw error;
  }

  #timestamp(): string {
    return `${new Date(this.#clock.now()).toISOString().slice(0, 19)}Z`;
  }
}

export function failure(code: number, reason: string, message: string, causes: { reason: string }[] = []): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details: { causes },
    code,
  });
}

function isBound(object: KubeObject): boolean {
  return (object as { spec?: { nodeName?: string } }).spec?.nodeName !== undefined;
}

const success: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };

function keyText(resource: ResourceRef, key: NamespacedName): string {
  return resource.namespaced ? `${key.namespace ?? 'default'}/${key.name}` : key.name;
}

function conflict(resource: ResourceRef, current: KubeObject): StatusError {
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${resource.plural} "${current.metadata.name}"`);
}

function checkPreconditions(
  resource: ResourceRef,
  current: KubeObject,
  metadata: KubeObject['metadata'] | undefined,
): void {
  const { uid, resourceVersion } = metadata ?? {};
  if (uid !== undefined && uid !== current.metadata.uid) throw conflict(resource, current);
  if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion)
    throw conflict(resource, current);
}

/** Merge patch; with `strategic`, lists whose elements have a uid merge by it. */
function merged(target: unknown, patch: unknown, strategic: boolean): unknown {
  if (strategic && Array.isArray(patch) && patch.every((item) => typeof (item as { uid?: unknown }).uid === 'string')) {
    const list = [...((target as { uid: string }[] | undefined) ?? [])];
    for (const item of patch as ({ uid: string } & { $patch?: string })[]) {
      const at = list.findIndex((other) => other.uid === item.uid);
      if (item.$patch === 'delete') {
        if (at !== -1) list.splice(at, 1);
      } else if (at === -1) list.push(item);
      else list[at] = item;
    }
    return list;
  }
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return deepCopy(patch);
  const result: Record<string, unknown> = { ...(target as Record<string, unknown> | undefined) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = merged(result[key], value, strategic);
  }
  return result;
}
