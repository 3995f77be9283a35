import type { KubeObject, Namespace } from '@kubernetes-mesos/api-types';
import { NAMESPACES, PERSISTENT_VOLUME_CLAIMS, PODS, type KubeClient } from '@kubernetes-mesos/client';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import { isConflict, isNotFound, unlessGone } from '../objects/failures';
import type { Controller, KeySink } from '../runtime/controller';
import { DONE, requeueAfter, retry, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import { decideConditions, type Emptying } from './conditions';
import { deleteContent } from './content';
import { decideNamespace, finalized } from './decide';

export interface NamespaceControllerOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  /** Every namespace is looked at again after this long, ms. */
  readonly resyncMs: number;
}

/** Shortest and longest wait for content that ends gracefully, ms. */
const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 2000;

/** Empties and removes namespaces that are being deleted. Keys: names. */
export class NamespaceController implements Controller {
  readonly name = 'namespaces';
  readonly concurrency = 10;
  readonly #options: NamespaceControllerOptions;
  /** Objects that an ending namespace was seen to wait for; it is looked at when the last of them goes. */
  readonly #waiting = new Map<string, number>();

  constructor(options: NamespaceControllerOptions) {
    this.#options = options;
    options.informers.of(NAMESPACES);
    options.informers.of(PODS);
    options.informers.of(PERSISTENT_VOLUME_CLAIMS);
  }

  start(keys: KeySink): () => void {
    const { informers } = this.#options;
    const changed = (namespace: Namespace): void => {
      if (decideNamespace(namespace).kind !== 'leave') keys.add(namespace.metadata.name ?? '');
    };
    const contentGone = ({ metadata: { namespace = '' } }: KubeObject): void => {
      const left = this.#waiting.get(namespace);
      if (left === undefined) return;
      this.#waiting.set(namespace, left - 1);
      if (left <= 1) keys.add(namespace);
    };
    const stops = [
      informers.of(NAMESPACES).subscribe({
        added: changed,
        // Not for the conditions that we write ourselves.
        updated: (namespace, previous) => {
          if (decideNamespace(namespace).kind !== decideNamespace(previous).kind) changed(namespace);
        },
        deleted: (namespace) => this.#waiting.delete(namespace.metadata.name ?? ''),
      }),
      informers.of(PODS).subscribe({ deleted: contentGone }),
      informers.of(PERSISTENT_VOLUME_CLAIMS).subscribe({ deleted: contentGone }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Result> {
    const { informers, resyncMs } = this.#options;
    const namespace = informers.lister(NAMESPACES).get(name);
    if (namespace === undefined) return DONE;
    switch (decideNamespace(namespace).kind) {
      case 'leave':
        return DONE;
      case 'remove':
        await this.#remove(namespace);
        return requeueAfter(resyncMs);
      case 'empty':
        return this.#empty(namespace, signal);
    }
  }

  async #empty(namespace: Namespace, signal: AbortSignal): Promise<Result> {
    const { client, clock } = this.#options;
    const { name = '' } = namespace.metadata;
    const nowMs = clock.now();
    const found = await deleteContent(client, name, nowMs, signal);
    let left = 0;
    for (const count of found.remaining.values()) left += count;
    if (left > 0) this.#waiting.set(name, left);
    else this.#waiting.delete(name);
    const failure = found.discoveryFailure ?? found.failures[0];
    if (failure !== undefined || found.dueMs !== undefined) await this.#report(namespace, found);
    if (failure !== undefined) return retry(failure);
    if (found.dueMs !== undefined) {
      // Pods that end early should not hold their namespace for the whole of their grace.
      return requeueAfter(Math.max(MIN_WAIT_MS, Math.min(found.dueMs - nowMs, MAX_WAIT_MS)));
    }
    const answer = await unlessGone(client.subresource('PUT', NAMESPACES, { name }, 'finalize', finalized(namespace)));
    // A server that removes it with its last finalizer answers 404 to what follows.
    if (answer !== undefined) await this.#remove(namespace);
    return DONE;
  }

  /** Says in conditions and in the log why it is not gone yet. */
  async #report(namespace: Namespace, found: Emptying): Promise<void> {
    const { client, clock, logger } = this.#options;
    const conditions = decideConditions(namespace, found, clock.now());
    if (conditions === namespace.status?.conditions || conditions.length === 0) return;
    for (const { type, status, message } of conditions) {
      const before = namespace.status?.conditions?.find((condition) => condition.type === type);
      if (status !== 'True' || before?.message === message) continue;
      const text = { namespace: namespace.metadata.name, condition: type, message };
      if (type.endsWith('Failure')) logger.warn('namespace cannot be emptied', text);
      else logger.info('namespace waits for its content to end', text);
    }
    const status = { ...namespace.status, conditions: [...conditions] };
    await unlessGone(client.updateStatus(NAMESPACES, { ...namespace, status }));
  }

  async #remove(namespace: Namespace): Promise<void> {
    const { name = '', uid } = namespace.metadata;
    try {
      await this.#options.client.delete(NAMESPACES, { name }, uid === undefined ? {} : { uid });
    } catch (error) {
      // Gone, or somebody else's finalizer holds it still.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }
}
