import type { KubeObject } from '@kubernetes-mesos/api-types';
import {
  createInformer,
  type Indexer,
  type Informer,
  type KubeClient,
  type Lister,
  type ResourceRef,
} from '@kubernetes-mesos/client';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';

export interface SharedInformersOptions {
  readonly client: Pick<KubeClient, 'list' | 'watch'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Indexes by resource (plural), then by name. */
  readonly indexers?: Readonly<Record<string, Readonly<Record<string, Indexer<never>>>>>;
}

/** One informer a resource, shared by all controllers that read it. */
export class SharedInformers {
  readonly #options: SharedInformersOptions;
  readonly #informers = new Map<string, Informer<KubeObject>>();

  constructor(options: SharedInformersOptions) {
    this.#options = options;
  }

  /** The informer of `resource`; made at the first call, started by `start`. */
  of<T extends KubeObject>(resource: ResourceRef<T>): Informer<T> {
    const id = `${resource.group}/${resource.plural}`;
    const { client, clock, logger, indexers } = this.#options;
    let informer = this.#informers.get(id) as Informer<T> | undefined; // the id names the type
    if (informer === undefined) {
      const own = indexers?.[resource.plural] as Readonly<Record<string, Indexer<T>>> | undefined; // as above
      informer = createInformer<T>(client, resource, {
        clock,
        logger,
        ...(own === undefined ? {} : { indexers: own }),
      });
      this.#informers.set(id, informer); // handlers of T are only given T
    }
    return informer;
  }

  lister<T extends KubeObject>(resource: ResourceRef<T>): Lister<T> {
    return this.of(resource).lister;
  }

  get synced(): boolean {
    return [...this.#informers.values()].every((informer) => informer.synced);
  }

  /** Resolves when all that were asked for hold their first list. */
  async start(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.start()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.close()));
  }
}
