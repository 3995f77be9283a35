import type { Pod } from '@kubernetes-mesos/api-types';
import { NODES, PODS, type KubeClient } from '@kubernetes-mesos/client';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import { unlessGone } from '../objects/failures';
import { nodeOf } from '../objects/pods';
import type { Controller, KeySink } from '../runtime/controller';
import { requeueAfter, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import { excessTerminatedPods, missingNodes, unboundEndingPods } from './decide-pods';

export interface PodCollectorOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Finished pods that are kept. */
  readonly threshold: number;
}

const PERIOD_MS = 20_000;
/** A node has to be missing for this long before its pods are lost, ms; as upstream. */
const QUARANTINE_MS = 40_000;
const KEY = 'pods';

/** Removes finished pods above a threshold, pods of nodes that are gone, and pods deleted before they got a node. */
export class PodCollector implements Controller {
  readonly name = 'pod-garbage';
  readonly concurrency = 1;
  readonly #options: PodCollectorOptions;
  /** Since when a node has been missing, monotonic ms. */
  readonly #missingSince = new Map<string, number>();

  constructor(options: PodCollectorOptions) {
    this.#options = options;
    options.informers.of(PODS);
    options.informers.of(NODES);
  }

  start(keys: KeySink): () => void {
    keys.add(KEY);
    return () => undefined;
  }

  async reconcile(): Promise<Result> {
    const { informers, logger, threshold } = this.#options;
    const pods = informers.lister(PODS).list();
    const excess = excessTerminatedPods(pods, threshold);
    if (excess.length > 0)
      logger.info('deleting finished pods above the threshold', { pods: excess.length, threshold });
    for (const pod of excess) await this.#delete(pod);
    for (const pod of unboundEndingPods(pods)) await this.#delete(pod);
    const lost = await this.#lostNodes(pods);
    for (const pod of pods) {
      if (!lost.has(nodeOf(pod))) continue;
      logger.info('deleting a pod of a node that is gone', { pod: pod.metadata.name, node: nodeOf(pod) });
      await this.#delete(pod);
    }
    return requeueAfter(PERIOD_MS);
  }

  /** Missing for the whole quarantine, and missing on the server itself. */
  async #lostNodes(pods: readonly Pod[]): Promise<ReadonlySet<string>> {
    const { client, informers, clock } = this.#options;
    const nodes = informers.lister(NODES);
    const missing = missingNodes(pods, (node) => nodes.get(node) !== undefined);
    for (const node of this.#missingSince.keys()) if (!missing.has(node)) this.#missingSince.delete(node);
    const lost = new Set<string>();
    for (const node of missing) {
      const since = this.#missingSince.get(node) ?? clock.monotonic();
      this.#missingSince.set(node, since);
      if (clock.monotonic() - since < QUARANTINE_MS) continue;
      if ((await unlessGone(client.get(NODES, { name: node }))) === undefined) lost.add(node);
    }
    return lost;
  }

  async #delete(pod: Pod): Promise<void> {
    const { namespace = '', name = '', uid } = pod.metadata;
    const options = { gracePeriodSeconds: 0, ...(uid === undefined ? {} : { uid }) };
    await unlessGone(this.#options.client.delete(PODS, { namespace, name }, options));
  }
}
