import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Result } from './result';

/** What every control loop counts, labelled by controller. */
export class ControllerMetrics {
  readonly #results: Counter<'controller' | 'result'>;
  readonly #seconds: Histogram<'controller'>;
  readonly #depth: Gauge<'controller'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#results = new Counter({
      name: 'controller_reconcile_total',
      help: 'Reconciliations by controller and result.',
      labelNames: ['controller', 'result'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'controller_reconcile_seconds',
      help: 'Duration of reconciliations.',
      labelNames: ['controller'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers,
    });
    this.#depth = new Gauge({
      name: 'controller_queue_length',
      help: 'Keys that wait to be reconciled.',
      labelNames: ['controller'],
      registers,
    });
  }

  /** Makes the series of a controller visible before anything has happened. */
  announce(controller: string): void {
    const kinds: readonly (Result['kind'] | 'panic')[] = ['done', 'requeueAfter', 'retry', 'terminal', 'panic'];
    for (const result of kinds) this.#results.inc({ controller, result }, 0);
    this.#depth.set({ controller }, 0);
  }

  record(controller: string, result: Result['kind'] | 'panic', seconds: number): void {
    this.#results.inc({ controller, result });
    this.#seconds.observe({ controller }, seconds);
  }

  queueLength(controller: string, length: number): void {
    this.#depth.set({ controller }, length);
  }
}
