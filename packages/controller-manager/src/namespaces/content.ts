import { StatusError, type KubeList, type KubeObject } from '@kubernetes-mesos/api-types';
import { ApiServerUnavailableError, type KubeClient, type ResourceRef } from '@kubernetes-mesos/client';
import { errorMessage } from '@kubernetes-mesos/component-base';
import { discoverResources, type DiscoveredResource } from '../objects/discovery';
import { unlessGone } from '../objects/failures';
import { timeMs } from '../objects/pods';
import type { Emptying } from './conditions';

export interface Emptied extends Emptying {
  /** When the last of what is left is due to have ended, ms since the epoch; `undefined` when nothing is left. */
  readonly dueMs: number | undefined;
}

/** Objects looked at in one list: enough to know who holds them, whatever their number. */
const PAGE = 500;

/**
 * Deletes everything in a namespace that the server lets be listed and deleted, and tells what is left. What fails
 * does not keep the rest from going.
 * @throws ApiServerUnavailableError
 */
export async function deleteContent(
  client: KubeClient,
  namespace: string,
  nowMs: number,
  signal: AbortSignal,
): Promise<Emptied> {
  const failures: string[] = [];
  const remaining = new Map<string, number>();
  const finalizers = new Map<string, number>();
  let dueMs: number | undefined;
  let resources: readonly DiscoveredResource[];
  try {
    resources = await discoverResources(client, signal);
  } catch (error) {
    if (signal.aborted || error instanceof ApiServerUnavailableError) throw error;
    // A part is not taken for the whole: nothing is known to be empty.
    return { discoveryFailure: errorMessage(error), failures, remaining, finalizers, dueMs: nowMs };
  }
  for (const resource of resources) {
    const { ref, verbs } = resource;
    if (!ref.namespaced || !verbs.includes('list') || !verbs.includes('delete')) continue;
    try {
      const left = await deleteAll(client, resource, namespace);
      if (left === undefined || left.items.length === 0) continue;
      remaining.set(`${ref.plural}.${ref.group}`, left.items.length + (left.metadata.remainingItemCount ?? 0));
      for (const { metadata } of left.items) {
        dueMs = Math.max(dueMs ?? 0, timeMs(metadata.deletionTimestamp) ?? nowMs);
        for (const name of metadata.finalizers ?? []) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
      }
    } catch (error) {
      if (signal.aborted || error instanceof ApiServerUnavailableError) throw error;
      failures.push(`${ref.plural}.${ref.group}: ${errorMessage(error)}`);
    }
  }
  return { failures, remaining, finalizers, dueMs };
}

/** What is left of the resource in the namespace, its first page. */
async function deleteAll(
  client: KubeClient,
  { ref, verbs }: DiscoveredResource,
  namespace: string,
): Promise<KubeList<KubeObject> | undefined> {
  const before = await contentOf(client, ref, namespace);
  if (before === undefined || before.items.length === 0) return before;
  const more = (before.metadata.continue ?? '') !== '';
  // All of it ends already: there is nothing to ask for again.
  if (!more && before.items.every(({ metadata }) => metadata.deletionTimestamp !== undefined)) return before;
  if (verbs.includes('deletecollection')) await client.deleteCollection(ref, { namespace });
  else for (const object of before.items) await deleteOne(client, ref, namespace, object);
  return contentOf(client, ref, namespace);
}

async function contentOf(
  client: KubeClient,
  ref: ResourceRef,
  namespace: string,
): Promise<KubeList<KubeObject> | undefined> {
  try {
    return await client.list(ref, { namespace, limit: PAGE });
  } catch (error) {
    // Listed by discovery and not served: nothing can be stored there.
    if (error instanceof StatusError && (error.code === 404 || error.code === 405)) return undefined;
    throw error;
  }
}

async function deleteOne(client: KubeClient, ref: ResourceRef, namespace: string, object: KubeObject): Promise<void> {
  const { name = '', uid } = object.metadata;
  await unlessGone(client.delete(ref, { namespace, name }, uid === undefined ? {} : { uid }));
}
