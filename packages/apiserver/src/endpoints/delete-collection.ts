import { StatusError } from '@kubernetes-mesos/api-types';
import type { StoredObject } from '@kubernetes-mesos/storage';
import type { DeleteOptions } from './delete-options';
import { remove } from './delete';
import { list, type ListResult } from './list';
import type { ListOptions } from './list-options';
import type { ServedResource } from './served-resource';
import type { VerbServices } from './services';
import type { VerbContext } from './verb-context';

/** Deletions under way at a time: enough to fill a batch of the store. */
const CONCURRENCY = 16;

/**
 * Deletes what a list selects and answers that list, as it was. An object that vanishes meanwhile is as good as deleted.
 * @throws StatusError the first failure; what was deleted before it stays deleted
 */
export async function removeCollection(
  services: VerbServices,
  context: VerbContext,
  resource: ServedResource,
  namespace: string,
  selection: ListOptions,
  options: DeleteOptions,
): Promise<ListResult> {
  const listed = await list(resource, namespace, selection);
  const waiting = listed.items[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      await removeOne(services, context, resource, next.value, options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, listed.items.length) }, work));
  return listed;
}

async function removeOne(
  services: VerbServices,
  context: VerbContext,
  resource: ServedResource,
  item: StoredObject,
  options: DeleteOptions,
): Promise<void> {
  try {
    await remove(services, context, resource, item.key, options);
  } catch (error) {
    if (!(error instanceof StatusError && error.code === 404)) throw error;
  }
}
