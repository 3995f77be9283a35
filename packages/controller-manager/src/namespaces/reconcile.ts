import { StatusError, type KubeObject, type Namespace } from '@kubernetes-mesos/api-types';
import { NAMESPACES, type KubeClient, type ResourceRef } from '@kubernetes-mesos/client';
import { isConflict, isNotFound, unlessGone } from '../objects/failures';
import { discoverResources } from '../objects/discovery';
import { timeMs } from '../objects/pods';
import type { Controller, KeySink } from '../runtime/controller';
import { DONE, requeueAfter, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import { decideNamespace, finalized } from './decide';

export interface NamespaceControllerOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
  readonly now: () => number;
  /** Every namespace is looked at again after this long, ms. */
  readonly resyncMs: number;
}

/** Shortest and longest wait for content that ends gracefully, ms. */
const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;

/** Empties and removes namespaces that are being deleted. Keys: names. */
export class NamespaceController implements Controller {
  readonly name = 'namespaces';
  readonly concurrency = 4;
  readonly #options: NamespaceControllerOptions;

  constructor(options: NamespaceControllerOptions) {
    this.#options = options;
    options.informers.of(NAMESPACES);
  }

  start(keys: KeySink): () => void {
    const changed = (namespace: Namespace): void => {
      if (decideNamespace(namespace).kind !== 'leave') keys.add(namespace.metadata.name ?? '');
    };
    return this.#options.informers.of(NAMESPACES).subscribe({ added: changed, updated: changed });
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Result> {
    const { client, informers, resyncMs } = this.#options;
    const namespace = informers.lister(NAMESPACES).get(name);
    if (namespace === undefined) return DONE;
    switch (decideNamespace(namespace).kind) {
      case 'leave':
        return DONE;
      case 'remove':
        await unlessGone(client.delete(NAMESPACES, { name }, preconditions(namespace)));
        return requeueAfter(resyncMs);
      case 'empty': {
        const left = await this.#deleteContent(name, signal);
        if (left !== undefined) return requeueAfter(left);
        const answer = await unlessGone(
          client.subresource('PUT', NAMESPACES, { name }, 'finalize', finalized(namespace)),
        );
        if (answer === undefined) return DONE;
        // A server that removes it with its last finalizer answers 404 here.
        await this.#remove(namespace);
        return DONE;
      }
    }
  }

  async #remove(namespace: Namespace): Promise<void> {
    try {
      const name = namespace.metadata.name ?? '';
      await this.#options.client.delete(NAMESPACES, { name }, preconditions(namespace));
    } catch (error) {
      // Gone, or somebody else's finalizer holds it still.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** Deletes what is there; how long to wait for what is left, ms, or `undefined` when nothing is. */
  async #deleteContent(namespace: string, signal: AbortSignal): Promise<number | undefined> {
    const { client, now } = this.#options;
    const resources = (await discoverResources(client, signal)).filter(
      ({ ref, verbs }) => ref.namespaced && verbs.includes('list') && verbs.includes('delete'),
    );
    let waitMs: number | undefined;
    for (const { ref, verbs } of resources) {
      const before = await this.#contentOf(ref, namespace);
      if (before.length === 0) continue;
      if (verbs.includes('deletecollection')) await client.deleteCollection(ref, { namespace });
      else for (const object of before) await this.#deleteOne(ref, namespace, object);
      for (const object of await this.#contentOf(ref, namespace)) {
        const leftMs = (timeMs(object.metadata.deletionTimestamp) ?? now()) - now();
        waitMs = Math.max(waitMs ?? MIN_WAIT_MS, Math.min(MAX_WAIT_MS, leftMs));
      }
    }
    // Pods that end early should not hold their namespace for the whole of their grace.
    return waitMs === undefined ? undefined : Math.max(MIN_WAIT_MS, Math.min(waitMs, 2000));
  }

  async #contentOf(ref: ResourceRef, namespace: string): Promise<readonly KubeObject[]> {
    try {
      return (await this.#options.client.list(ref, { namespace })).items;
    } catch (error) {
      // Listed by discovery and not served: nothing can be stored there.
      if (error instanceof StatusError && (error.code === 404 || error.code === 405)) return [];
      throw error;
    }
  }

  async #deleteOne(ref: ResourceRef, namespace: string, object: KubeObject): Promise<void> {
    const { name = '', uid } = object.metadata;
    await unlessGone(this.#options.client.delete(ref, { namespace, name }, uid === undefined ? {} : { uid }));
  }
}

function preconditions(namespace: Namespace): { uid?: string } {
  return namespace.metadata.uid === undefined ? {} : { uid: namespace.metadata.uid };
}
