import { StatusError, type KubeObject, type Status } from '@kubernetes-mesos/api-types';
import {
  Backoff,
  errorMessage,
  silentLogger,
  systemClock,
  type Clock,
  type Logger,
} from '@kubernetes-mesos/component-base';
import type { Informer, InformerHandler, Lister } from './informer';
import { ObjectStore, type Indexer, type StoreChange } from './object-store';
import type { ClientWatchEvent, KubeClient, ResourceRef } from './rest-client';

export interface InformerOptions<T extends KubeObject> {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Indexes for `lister.byIndex`. */
  readonly indexers?: Readonly<Record<string, Indexer<T>>>;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** In [0, 1). Default Math.random. */
  readonly random?: () => number;
}

/** A local copy of `resource`, kept up for as long as it is not closed, however long the server is away. */
export function createInformer<T extends KubeObject>(
  client: Pick<KubeClient, 'list' | 'watch'>,
  resource: ResourceRef<T>,
  options: InformerOptions<T> = {},
): Informer<T> {
  return new WatchInformer(client, resource, options);
}

/** Where the copy stands: it has to be listed, or may be watched from a version on. */
type Position = { readonly kind: 'list' } | { readonly kind: 'watch'; readonly resourceVersion: string };

/** A watch is renewed after this long plus up to as long again, s; spreads the load of many informers. */
const MIN_WATCH_SECONDS = 300;
/** A watch that ends sooner than this without an event counts as a failure, ms. */
const SHORT_WATCH_MS = 1000;
const RELIST: Position = { kind: 'list' };

class WatchInformer<T extends KubeObject> implements Informer<T> {
  readonly lister: Lister<T>;
  readonly #store: ObjectStore<T>;
  readonly #client: Pick<KubeClient, 'list' | 'watch'>;
  readonly #resource: ResourceRef<T>;
  readonly #selection: { namespace?: string; labelSelector?: string; fieldSelector?: string };
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #random: () => number;
  readonly #backoff: Backoff;
  /** Replaced, never changed: a change is told to those that were subscribed when it came. */
  #handlers: readonly InformerHandler<T>[] = [];
  readonly #abort = new AbortController();
  readonly #firstList: Promise<void>;
  #settleFirstList: { resolve(): void; reject(error: Error): void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };
  #running: Promise<void> | undefined;
  #synced = false;

  constructor(client: Pick<KubeClient, 'list' | 'watch'>, resource: ResourceRef<T>, options: InformerOptions<T>) {
    const { namespace, labelSelector, fieldSelector, clock = systemClock, random = Math.random } = options;
    this.#client = client;
    this.#resource = resource;
    this.#selection = {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
    this.#clock = clock;
    this.#random = random;
    this.#logger = (options.logger ?? silentLogger).child({ resource: resource.plural });
    this.#backoff = new Backoff({ initialMs: 200, maxMs: 30_000, random });
    this.#store = new ObjectStore(options.indexers);
    this.lister = this.#store;
    this.#firstList = new Promise<void>((resolve, reject) => {
      this.#settleFirstList = { resolve, reject };
    });
    // Whoever called `start` is told; nobody else has to listen.
    this.#firstList.catch(() => undefined);
  }

  get synced(): boolean {
    return this.#synced;
  }

  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#firstList;
  }

  subscribe(handler: InformerHandler<T>): () => void {
    this.#handlers = [...this.#handlers, handler];
    for (const object of this.#store.list()) this.#notify(handler, { type: 'added', object });
    return () => {
      this.#handlers = this.#handlers.filter((other) => other !== handler);
    };
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    let position = RELIST;
    while (!signal.aborted) {
      const next = await this.#step(position);
      position = next.position;
      if (!next.failed) {
        this.#backoff.reset();
        continue;
      }
      // Ends early, without harm, when closed.
      await this.#clock.sleep(this.#backoff.next(), { signal }).catch(() => undefined);
    }
    if (!this.#synced) {
      this.#settleFirstList.reject(new Error(`closed before the first list of ${this.#resource.plural}`));
    }
  }

  /** Lists once, or watches until the watch ends. */
  async #step(position: Position): Promise<{ readonly position: Position; readonly failed: boolean }> {
    switch (position.kind) {
      case 'list':
        try {
          return { position: await this.#list(), failed: false };
        } catch (error) {
          this.#warn('cannot list', error);
          return { position, failed: true };
        }
      case 'watch': {
        const progress: WatchProgress = { resourceVersion: position.resourceVersion, events: 0 };
        const startedMs = this.#clock.monotonic();
        try {
          const ended = await this.#watch(progress);
          const failed = progress.events === 0 && this.#clock.monotonic() - startedMs < SHORT_WATCH_MS;
          if (ended === 'expired') return { position: RELIST, failed };
          return { position: { kind: 'watch', resourceVersion: progress.resourceVersion }, failed };
        } catch (error) {
          this.#warn('watch failed', error);
          if (progress.events > 0) this.#backoff.reset();
          const mustRelist = error instanceof StatusError && isHopeless(error.status);
          return {
            position: mustRelist ? RELIST : { kind: 'watch', resourceVersion: progress.resourceVersion },
            failed: true,
          };
        }
      }
    }
  }

  async #list(): Promise<Position> {
    const list = await this.#client.list(this.#resource, { ...this.#selection, signal: this.#abort.signal });
    this.#publish(this.#store.replace(list.items));
    this.#synced = true;
    this.#settleFirstList.resolve();
    return { kind: 'watch', resourceVersion: list.metadata.resourceVersion ?? '0' };
  }

  /** Follows one watch; `progress` is always what the copy holds. */
  async #watch(progress: WatchProgress): Promise<'ended' | 'expired'> {
    const { signal } = this.#abort;
    const events = this.#client.watch(this.#resource, {
      ...this.#selection,
      resourceVersion: progress.resourceVersion,
      allowBookmarks: true,
      timeoutSeconds: Math.round(MIN_WATCH_SECONDS * (1 + this.#random())),
      signal,
    });
    for await (const event of events) {
      if (signal.aborted) break;
      if (event.type === 'ERROR') {
        if (isExpired(event.status)) return 'expired';
        throw new StatusError(event.status);
      }
      this.#apply(event);
      progress.events += 1;
      progress.resourceVersion = event.object.metadata.resourceVersion ?? progress.resourceVersion;
    }
    return 'ended';
  }

  #apply(event: Exclude<ClientWatchEvent<T>, { readonly type: 'ERROR' }>): void {
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        this.#publish(this.#store.put(event.object));
        break;
      case 'DELETED':
        this.#publish(this.#store.remove(event.object));
        break;
      case 'BOOKMARK':
        break;
    }
  }

  #publish(changes: readonly StoreChange<T>[]): void {
    const handlers = this.#handlers;
    for (const change of changes) {
      for (const handler of handlers) this.#notify(handler, change);
    }
  }

  #notify(handler: InformerHandler<T>, change: StoreChange<T>): void {
    try {
      switch (change.type) {
        case 'added':
          handler.added?.(change.object);
          break;
        case 'updated':
          handler.updated?.(change.object, change.previous);
          break;
        case 'deleted':
          handler.deleted?.(change.object);
          break;
      }
    } catch (error) {
      this.#logger.error('an informer handler failed', { change: change.type, error });
    }
  }

  #warn(message: string, error: unknown): void {
    if (this.#abort.signal.aborted) return;
    // The first failure is told, the repetitions of a long outage only in debug logs.
    if (this.#backoff.attempts === 0) this.#logger.warn(message, { error: errorMessage(error) });
    else if (this.#logger.isDebugEnabled) this.#logger.debug(message, { error: errorMessage(error) });
  }
}

interface WatchProgress {
  resourceVersion: string;
  events: number;
}

/** The version to watch from is no longer, or not yet, known to the server. */
function isExpired(status: Status): boolean {
  if (status.code === 410 || status.reason === 'Expired' || status.reason === 'Gone') return true;
  return status.details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') === true;
}

/** Asking for the same watch again would fail again: the version is refused, not the moment. */
function isHopeless(status: Status): boolean {
  return isExpired(status) || status.code === 400 || status.code === 422;
}
