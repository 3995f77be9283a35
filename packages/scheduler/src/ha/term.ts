import { NODES, PODS, createEventRecorder, createInformer, type KubeClient } from '@kubernetes-mesos/client';
import { FatalError, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import {
  createMasterDetector,
  createSchedulerClient,
  FrameworkRefusedError,
  JSON_MEDIA_TYPE,
  PROTOBUF_MEDIA_TYPE,
} from '@kubernetes-mesos/mesos';
import type { SchedulerConfig } from '../config/resolve';
import { PodScheduler } from '../driver/pod-scheduler';
import type { SchedulerMetrics } from '../http/metrics';
import { publishService } from '../service/service-publisher';
import { ExecutorCatalog } from '../tasks/executor-catalog';
import type { ExecutorRecordStore } from './executor-record-store';
import type { FrameworkIdStore } from './framework-id-store';

/** What a term of office needs of the process. */
export interface TermOptions {
  readonly config: SchedulerConfig;
  readonly kube: KubeClient;
  readonly frameworkIds: FrameworkIdStore;
  readonly executorRecords: ExecutorRecordStore;
  /** Other schedulers of the framework stand by: one that has taken over is no error. */
  readonly elected: boolean;
  readonly metrics: SchedulerMetrics;
  /** Read Mesos' messages as JSON. */
  readonly json: boolean;
  readonly serviceAddress: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The scheduler that is in office; `undefined` at the end. */
  readonly onScheduler: (scheduler: PodScheduler | undefined) => void;
}

/** How Mesos words that the framework id is of no use any more. */
const REMOVED = /Framework has been removed/;
const TAKEN_OVER = /Framework failed over/;

/**
 * One term of office as the scheduler that leads: until `signal` aborts.
 * @throws FatalError when Mesos refuses the framework
 */
export async function runTerm(options: TermOptions, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await runFramework(options, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof FrameworkRefusedError)) throw error;
      if (options.elected && TAKEN_OVER.test(error.message)) {
        options.logger.warn('another scheduler has taken over the framework');
        return;
      }
      if (!REMOVED.test(error.message)) throw fatal(error);
      // Its failover timeout has run out, or somebody tore it down: its pods have ended with it.
      options.logger.warn('mesos has removed the framework, registering a new one', { reason: error.message });
      await options.frameworkIds.clear(signal);
    }
  }
}

async function runFramework(options: TermOptions, signal: AbortSignal): Promise<void> {
  const { config, kube, clock, logger } = options;
  const pods = createInformer(kube, PODS, { clock, logger });
  const nodes = createInformer(kube, NODES, { clock, logger });
  const recorder = createEventRecorder({ client: kube, component: 'scheduler', clock, logger });
  const detector = createMasterDetector(config.masterAddress, { clock, logger });
  const publishing = new AbortController();
  const closeInformers = (): void => void Promise.all([pods.close(), nodes.close()]);
  signal.addEventListener('abort', closeInformers, { once: true });
  let publisher: Promise<void> = Promise.resolve();
  try {
    signal.throwIfAborted();
    logger.info('waiting for the API server');
    await Promise.all([pods.start(), nodes.start()]);
    const id = await storedId(options, signal);
    if (id !== undefined) logger.info('taking over a framework', { framework: id });
    const { allocationRole } = config.options;
    const catalog = await openCatalog(options, id !== undefined, signal);
    const mesos = createSchedulerClient({
      detector,
      framework: { ...config.framework, ...(id === undefined ? {} : { id: { value: id } }) },
      suppressedRoles: () => [allocationRole],
      ...(config.credentials === undefined ? {} : { credentials: config.credentials }),
      mediaType: options.json ? JSON_MEDIA_TYPE : PROTOBUF_MEDIA_TYPE,
      clock,
      logger,
    });
    const scheduler = new PodScheduler(
      {
        mesos,
        kube,
        pods,
        nodes,
        recorder,
        frameworkIds: options.frameworkIds,
        metrics: options.metrics,
        clock,
        random: Math.random,
        logger,
      },
      config.options,
      catalog,
    );
    options.onScheduler(scheduler);
    publisher = publishService(
      {
        kube,
        address: config.advertised,
        mesosMaster: config.masterAddress,
        serviceAddress: options.serviceAddress,
        clock,
        logger,
      },
      AbortSignal.any([signal, publishing.signal]),
    );
    await scheduler.run(signal);
  } finally {
    options.onScheduler(undefined);
    signal.removeEventListener('abort', closeInformers);
    publishing.abort();
    await Promise.all([publisher, pods.close(), nodes.close(), recorder.close(), detector.close()]);
  }
}

/** A framework that Mesos has never seen has no executors. */
async function openCatalog(options: TermOptions, known: boolean, signal: AbortSignal): Promise<ExecutorCatalog> {
  const { config, executorRecords, logger } = options;
  const save = (): void => {
    executorRecords.save(catalog.records()).catch((error: unknown) => {
      logger.warn('executor records not stored: another scheduler could not use the executors', { error });
    });
  };
  const records = known ? await executorRecords.load(signal) : [];
  const catalog = new ExecutorCatalog(config.executor, records, save);
  save();
  return catalog;
}

/** Without a failover timeout Mesos forgets the framework together with the connection. */
async function storedId(options: TermOptions, signal: AbortSignal): Promise<string | undefined> {
  if ((options.config.framework.failover_timeout ?? 0) > 0) return options.frameworkIds.load(signal);
  await options.frameworkIds.clear(signal);
  return undefined;
}

function fatal(error: FrameworkRefusedError): FatalError {
  const text = TAKEN_OVER.test(error.message)
    ? 'another scheduler has taken over the framework; run them with --ha, or give each its --framework_name and etcd'
    : `Mesos refuses the framework: ${error.message}`;
  return new FatalError(text, { cause: error });
}
