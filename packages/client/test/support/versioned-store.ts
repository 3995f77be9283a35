import { StatusError, type ConfigMap, type KubeList, type Status } from '@kubernetes-mesos/api-types';
import type { ClientWatchEvent, KubeClient, WatchOptions } from '../../src';

interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ConfigMap;
}

/**
 * A server's history of one resource, in memory: lists and watches as an API server gives them, with connections that
 * break and a history that is compacted when the test says so.
 */
export class VersionedStore implements Pick<KubeClient, 'list' | 'watch'> {
  readonly objects = new Map<string, ConfigMap>();
  /** Calls of `list` that will fail. */
  failLists = 0;
  lists = 0;
  watches = 0;
  #version = 1;
  #uids = 0;
  #compacted = 0;
  readonly #history: Change[] = [];
  readonly #connections = new Set<{ wake: () => void; broken: boolean; ended: boolean }>();

  put(name: string, value: string): void {
    this.#version += 1;
    const present = this.objects.get(name);
    const uid = present?.metadata.uid ?? `uid-${(this.#uids += 1)}`;
    const object: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default', uid, resourceVersion: String(this.#version) },
      data: { value },
    };
    this.objects.set(name, object);
    this.#record({ version: this.#version, type: present === undefined ? 'ADDED' : 'MODIFIED', object });
  }

  remove(name: string): void {
    const present = this.objects.get(name);
    if (present === undefined) return;
    this.#version += 1;
    this.objects.delete(name);
    const object = { ...present, metadata: { ...present.metadata, resourceVersion: String(this.#version) } };
    this.#record({ version: this.#version, type: 'DELETED', object });
  }

  /** Forgets the history: a watch from before now answers 410. */
  compact(): void {
    this.#compacted = this.#version;
    this.#history.length = 0;
  }

  /** Breaks (an error) or ends (quietly) every open watch; what they have not delivered yet is lost to them. */
  dropConnections(how: 'broken' | 'ended'): void {
    for (const connection of this.#connections) {
      connection[how] = true;
      connection.wake();
    }
  }

  async list(): Promise<KubeList<never>> {
    await Promise.resolve();
    this.lists += 1;
    if (this.failLists > 0) {
      this.failLists -= 1;
      throw new Error('no route to host');
    }
    const items = [...this.objects.values()].map((object) => structuredClone(object));
    return { metadata: { resourceVersion: String(this.#version) }, items: items as never[] };
  }

  async *watch(_resource: unknown, options: WatchOptions): AsyncGenerator<ClientWatchEvent<never>> {
    await Promise.resolve();
    this.watches += 1;
    let version = Number(options.resourceVersion);
    if (version < this.#compacted) {
      yield { type: 'ERROR', status: expired };
      return;
    }
    const connection = { wake: () => undefined as void, broken: false, ended: false };
    this.#connections.add(connection);
    const onAbort = (): void => connection.wake();
    options.signal?.addEventListener('abort', onAbort);
    try {
      for (;;) {
        if (options.signal?.aborted === true || connection.ended) return;
        if (connection.broken) throw new Error('socket hang up');
        if (version < this.#compacted) {
          yield { type: 'ERROR', status: expired };
          return;
        }
        const next = this.#history.find((change) => change.version > version);
        if (next !== undefined) {
          version = next.version;
          yield { type: next.type, object: structuredClone(next.object) as never };
          continue;
        }
        await new Promise<void>((resolve) => {
          connection.wake = resolve;
        });
      }
    } finally {
      this.#connections.delete(connection);
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  #record(change: Change): void {
    this.#history.push(change);
    for (const connection of this.#connections) connection.wake();
  }
}

export const expired: Status = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'too old resource version',
  reason: 'Expired',
  code: 410,
};

export function notFound(message: string): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'NotFound',
    code: 404,
  });
}
