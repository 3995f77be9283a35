import { notFoundError } from '@kubernetes-mesos/api-types';
import type { ObjectKey, StoredObject } from '@kubernetes-mesos/storage';
import { parseRevision } from './list-options';
import type { ServedResource } from './served-resource';

/**
 * The stored object. `resourceVersion`: `''` the newest, `0` whatever is at hand, N not older than N.
 * @throws StatusError
 */
export async function get(resource: ServedResource, key: ObjectKey, resourceVersion: string): Promise<StoredObject> {
  const revision = parseRevision(resourceVersion);
  const stored = await (revision === undefined
    ? resource.store.get(key)
    : resource.store.get(key, revision === 0 ? { kind: 'any' } : { kind: 'atLeast', revision }));
  if (stored === undefined) throw notFoundError(resource.resourceName, key.name);
  return stored;
}
