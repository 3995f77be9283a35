import { Counter, Summary, type Registry } from 'prom-client';

/** The scheduler's metrics, under the names of the original. Waiting times are in microseconds. */
export interface SchedulerMetrics {
  readonly queueWait: Summary;
  readonly bindLatency: Summary;
  readonly statusUpdates: Counter<'source' | 'reason' | 'state'>;
  readonly reconciliationRequested: Counter<'kind'>;
  readonly reconciliationExecuted: Counter<'kind'>;
  readonly offersReceived: Counter<'hostname'>;
  readonly offersDeclined: Counter<'hostname' | 'reason'>;
  readonly offersAcquired: Counter<'hostname'>;
  readonly offersReleased: Counter<'hostname'>;
}

const PREFIX = 'mesos_';

export function createSchedulerMetrics(registry: Registry): SchedulerMetrics {
  const registers = [registry];
  const summary = (name: string, help: string): Summary =>
    // Every observation is made in every bucket: two are enough to forget what is old.
    new Summary({ name: `${PREFIX}scheduler_${name}`, help, registers, maxAgeSeconds: 600, ageBuckets: 2 });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> =>
    new Counter({ name: `${PREFIX}${name}`, help, labelNames, registers });
  return {
    queueWait: summary('queue_wait_time_microseconds', 'Time that pods waited for a place.'),
    bindLatency: summary('bind_latency_microseconds', 'Time from launch to the first word of the executor.'),
    statusUpdates: counter('scheduler_status_updates', 'Task status updates received.', ['source', 'reason', 'state']),
    reconciliationRequested: counter('scheduler_reconciliation_requested', 'Reconciliations asked for.', ['kind']),
    reconciliationExecuted: counter('scheduler_reconciliation_executed', 'Reconciliations done.', ['kind']),
    offersReceived: counter('offers_received', 'Offers received.', ['hostname']),
    offersDeclined: counter('offers_declined', 'Offers given back unused.', ['hostname', 'reason']),
    offersAcquired: counter('offers_acquired', 'Offers used.', ['hostname']),
    offersReleased: counter('offers_released', 'Offers that were to be used and were not.', ['hostname']),
  };
}
