import { StatusError, type Service } from '@kubernetes-mesos/api-types';
import { SERVICES, type KubeClient } from '@kubernetes-mesos/client';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import { createMasterDetector, MasterAddressError, type MasterDetector } from '@kubernetes-mesos/mesos';

/** The scheduler publishes itself as this service, and its --mesos_master, without credentials, as an annotation of it. */
const SCHEDULER_SERVICE = { namespace: 'default', name: 'k8sm-scheduler' } as const;
const MESOS_MASTER = 'k8s.mesosphere.io/mesosMaster';
/** Between two looks at the service, ms. */
const PERIOD_MS = 5000;

export interface PublishedMasterOptions {
  readonly client: Pick<KubeClient, 'get'>;
  /** `host:port[,host:port...]` to try besides what is published. */
  readonly otherwise: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The master of a cluster whose controller manager was not told of it: the one that the scheduler registers with, and
 * until there is a scheduler the likely ones. Follows the scheduler to another master.
 */
export class PublishedMasterDetector implements MasterDetector {
  readonly #options: PublishedMasterOptions;
  #inner: { readonly address: string; readonly detector: MasterDetector } | undefined;

  constructor(options: PublishedMasterOptions) {
    this.#options = options;
  }

  async *leaders(options: { readonly signal: AbortSignal }): AsyncGenerator<string | undefined, void, undefined> {
    let last: string | undefined;
    while (!options.signal.aborted) {
      const leader = await this.current(options).catch(() => undefined);
      if (leader !== undefined && leader !== last) yield (last = leader);
      await this.#options.clock.sleep(PERIOD_MS, options).catch(() => undefined);
    }
  }

  /** Looks again at what is published for as long as nobody leads there. */
  async current({ signal }: { readonly signal: AbortSignal }): Promise<string> {
    for (;;) {
      const detector = await this.#detector();
      const period = AbortSignal.timeout(PERIOD_MS);
      try {
        return await detector.current({ signal: AbortSignal.any([signal, period]) });
      } catch (error) {
        signal.throwIfAborted();
        if (!period.aborted) throw error;
      }
    }
  }

  async close(): Promise<void> {
    await this.#inner?.detector.close();
    this.#inner = undefined;
  }

  async #detector(): Promise<MasterDetector> {
    const { otherwise, clock, logger } = this.#options;
    const address = mastersToTry(await this.#published(), otherwise);
    if (this.#inner?.address === address) return this.#inner.detector;
    const before = this.#inner;
    const detector = detectorOf(address, otherwise, { clock, logger });
    this.#inner = { address, detector };
    logger.info('looking for the Mesos master', { mesosMaster: address });
    await before?.detector.close();
    return detector;
  }

  async #published(): Promise<string | undefined> {
    try {
      const service: Service = await this.#options.client.get(SERVICES, SCHEDULER_SERVICE);
      return service.metadata.annotations?.[MESOS_MASTER];
    } catch (error) {
      if (!(error instanceof StatusError)) this.#options.logger.debug('scheduler service not read', { error });
      return undefined;
    }
  }
}

/** ZooKeeper knows the leader by itself; hosts are tried in order, the published ones first. */
export function mastersToTry(published: string | undefined, otherwise: string): string {
  if (published === undefined || published === '') return otherwise;
  if (published.includes('://')) return published;
  return [...new Set([...published.split(','), ...otherwise.split(',')])].join(',');
}

/** What is published may be anybody's text. */
function detectorOf(
  address: string,
  otherwise: string,
  options: { readonly clock: Clock; readonly logger: Logger },
): MasterDetector {
  try {
    return createMasterDetector(address, options);
  } catch (error) {
    if (!(error instanceof MasterAddressError)) throw error;
    options.logger.warn('the scheduler publishes a Mesos master that is no address', { mesosMaster: address });
    return createMasterDetector(otherwise, options);
  }
}
