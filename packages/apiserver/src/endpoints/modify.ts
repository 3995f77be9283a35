import { conflict, type KubeObject, notFoundError } from '@kubernetes-mesos/api-types';
import { StatusError } from '@kubernetes-mesos/api-types';
import {
  GuardMovedError,
  KeyNotFoundError,
  RevisionConflictError,
  type ObjectKey,
  type StoredObject,
  type WriteOptions,
} from '@kubernetes-mesos/storage';
import type { ServedResource } from './served-resource';

/** What a change makes of the stored object. */
export type Change =
  | { readonly kind: 'write'; readonly object: KubeObject; readonly options?: WriteOptions }
  /** Nothing changes, nothing is written. */
  | { readonly kind: 'keep' }
  /** Remove it, answering `answer`. */
  | { readonly kind: 'remove'; readonly answer: KubeObject };

export interface Modified {
  readonly object: StoredObject;
  readonly outcome: 'written' | 'kept' | 'removed';
}

/** Attempts against writers that are always faster. Upstream gives patches five and PUTs no end. */
const MAX_ATTEMPTS = 64;

/**
 * Applies `change` to the newest state of an object and stores the result if nobody was faster; else starts again from
 * what is there now. It begins with the cached state, which a successful write proves to be the newest; a refusal or
 * a "nothing to do" found on it is checked against the store first.
 * @throws StatusError NotFound, Conflict, and whatever `change` throws
 */
export async function modify(
  resource: ServedResource,
  key: ObjectKey,
  change: (current: StoredObject) => Change | Promise<Change>,
): Promise<Modified> {
  let current = await readForWrite(resource, key);
  let isNewest = false;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    let next: Change;
    try {
      next = await change(current);
    } catch (error) {
      if (isNewest || !(error instanceof StatusError)) throw error;
      const newest = await readNewest(resource, key);
      if (newest.revision === current.revision) throw error;
      current = newest;
      isNewest = true;
      continue;
    }
    if (next.kind === 'keep' && !isNewest) {
      const newest = await readNewest(resource, key);
      if (newest.revision === current.revision) return { object: newest, outcome: 'kept' };
      current = newest;
      isNewest = true;
      continue;
    }
    try {
      return await perform(resource, key, current, next);
    } catch (error) {
      if (error instanceof RevisionConflictError) {
        current = error.current;
        isNewest = true;
      } else if (error instanceof GuardMovedError) {
        current = await readNewest(resource, key);
        isNewest = true;
      } else {
        throw storeFailure(resource, key, error);
      }
    }
  }
  throw conflict(resource.resourceName, key.name);
}

/** The cached state, or the newest where the cache has none. */
export async function readForWrite(resource: ServedResource, key: ObjectKey): Promise<StoredObject> {
  return (await resource.store.get(key, { kind: 'any' })) ?? (await readNewest(resource, key));
}

/** @throws StatusError NotFound */
export async function readNewest(resource: ServedResource, key: ObjectKey): Promise<StoredObject> {
  const stored = await resource.store.get(key);
  if (stored === undefined) throw notFoundError(resource.resourceName, key.name);
  return stored;
}

/** What the store throws on a write, as what the client is told. */
export function storeFailure(resource: ServedResource, key: ObjectKey, error: unknown): unknown {
  if (error instanceof KeyNotFoundError) return notFoundError(resource.resourceName, key.name);
  if (error instanceof RevisionConflictError) return conflict(resource.resourceName, key.name);
  return error;
}

async function perform(
  resource: ServedResource,
  key: ObjectKey,
  current: StoredObject,
  next: Change,
): Promise<Modified> {
  switch (next.kind) {
    case 'keep':
      return { object: current, outcome: 'kept' };
    case 'write':
      return {
        object: await resource.store.update(key, current.revision, next.object, next.options),
        outcome: 'written',
      };
    case 'remove':
      return { object: (await resource.store.delete(key, current.revision)).object, outcome: 'removed' };
  }
}
