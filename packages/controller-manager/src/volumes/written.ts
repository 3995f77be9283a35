import { objectKey, type KubeObject } from '@kubernetes-mesos/api-types';

/**
 * Objects as this process wrote them last, until the watch shows them: without it the next decision is made on what
 * was before, and its write refused. Versions of the server only grow.
 */
export class Written<T extends KubeObject> {
  readonly #objects = new Map<string, T>();

  put(object: T): void {
    this.#objects.set(objectKey(object), object);
  }

  /** The newer of what was written and what is seen. */
  latest(seen: T): T {
    const written = this.#objects.get(objectKey(seen));
    if (written === undefined) return seen;
    if (versionOf(written) > versionOf(seen) && written.metadata.uid === seen.metadata.uid) return written;
    this.#objects.delete(objectKey(seen));
    return seen;
  }

  forget(key: string): void {
    this.#objects.delete(key);
  }
}

function versionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion ?? '0');
}
