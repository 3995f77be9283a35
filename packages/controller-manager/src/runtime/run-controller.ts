import { StatusError } from '@kubernetes-mesos/api-types';
import { ApiServerUnavailableError, createWorkQueue, type WorkQueue } from '@kubernetes-mesos/client';
import { errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import type { Controller } from './controller';
import type { ControllerMetrics } from './metrics';
import type { Result } from './result';

export interface LoopOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
  /** Aborts: the loop finishes what is in hand and ends. */
  readonly signal: AbortSignal;
  /** For tests: a queue of their own. */
  readonly queue?: WorkQueue;
}

/**
 * The one loop of every controller: queue, workers, back-off per key, panic fence, metrics, shutdown. Resolves when
 * the signal has aborted and the last worker has returned; never rejects for what a controller throws.
 */
export async function runController(controller: Controller, options: LoopOptions): Promise<void> {
  const { clock, metrics, signal } = options;
  const logger = options.logger.child({ controller: controller.name });
  const queue = options.queue ?? createWorkQueue({ clock });
  metrics.announce(controller.name);
  const stop = controller.start(queue);
  const onAbort = (): void => {
    stop();
    queue.close();
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  const work = async (): Promise<void> => {
    for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
      // What is still queued at shutdown is left to the next start: the state is read anew then.
      if (!signal.aborted) await reconcileOnce(controller, key, queue, { ...options, logger });
      queue.done(key);
      metrics.queueLength(controller.name, queue.length);
    }
  };
  await Promise.all(Array.from({ length: controller.concurrency }, work));
  signal.removeEventListener('abort', onAbort);
}

async function reconcileOnce(
  controller: Controller,
  key: string,
  queue: WorkQueue,
  { clock, logger, metrics, signal }: LoopOptions,
): Promise<void> {
  const startedMs = clock.monotonic();
  let result: Result;
  let panicked = false;
  try {
    result = await controller.reconcile(key, signal);
  } catch (error) {
    if (signal.aborted) return;
    panicked = !isExpected(error);
    if (panicked) logger.error('reconciliation failed', { key, error });
    result = { kind: 'retry', reason: errorMessage(error) };
  }
  metrics.record(controller.name, panicked ? 'panic' : result.kind, (clock.monotonic() - startedMs) / 1000);
  settle(key, result, queue, logger);
}

function settle(key: string, result: Result, queue: WorkQueue, logger: Logger): void {
  switch (result.kind) {
    case 'done':
      queue.forget(key);
      break;
    case 'requeueAfter':
      queue.forget(key);
      queue.addAfter(key, result.delayMs);
      break;
    case 'retry':
      if (logger.isDebugEnabled) logger.debug('tried again later', { key, reason: result.reason });
      queue.addRateLimited(key);
      break;
    case 'terminal':
      logger.warn('given up until something changes', { key, reason: result.reason });
      queue.forget(key);
      break;
  }
}

/** Conflicts, vanished objects and servers that are away are part of life; anything else is a defect. */
function isExpected(error: unknown): boolean {
  return error instanceof StatusError || error instanceof ApiServerUnavailableError;
}
