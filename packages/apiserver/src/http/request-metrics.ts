import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Exchange } from './exchange';
import { isLongRunning, type RequestInfo } from './request-info';

/** Seconds. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Counts and times of requests, under the names that Kubernetes dashboards know. */
export class RequestMetrics {
  readonly #requests: Counter<'verb' | 'group' | 'version' | 'resource' | 'subresource' | 'code'>;
  readonly #latency: Histogram<'verb' | 'resource'>;
  readonly #watches: Gauge<'resource'>;
  /** Label sets resolved once: a lookup by labels costs more than the request's own bookkeeping. */
  readonly #latencies = new Map<string, { observe(seconds: number): void }>();
  readonly #counts = new Map<string, { inc(): void }>();

  constructor(registry: Registry) {
    this.#requests = new Counter({
      name: 'apiserver_request_total',
      help: 'Requests by verb, resource and answer.',
      labelNames: ['verb', 'group', 'version', 'resource', 'subresource', 'code'],
      registers: [registry],
    });
    this.#latency = new Histogram({
      name: 'apiserver_request_duration_seconds',
      help: 'Time from request to answer, but for watches and streams.',
      labelNames: ['verb', 'resource'],
      buckets: LATENCY_BUCKETS,
      registers: [registry],
    });
    this.#watches = new Gauge({
      name: 'apiserver_registered_watchers',
      help: 'Watches that are open.',
      labelNames: ['resource'],
      registers: [registry],
    });
  }

  /** A watch has begun; call the result at its end. */
  watchOpened(resource: string): () => void {
    const gauge = this.#watches.labels(resource);
    gauge.inc();
    return () => gauge.dec();
  }

  /** @param info absent when the request had no route */
  observe(info: RequestInfo | undefined, exchange: Exchange, durationMs: number): void {
    const verb = info === undefined ? 'OTHER' : info.verb.toUpperCase();
    const resource = info?.resource ?? '';
    const code = exchange.response.statusCode;
    const id = `${verb} ${info?.group ?? ''}/${info?.version ?? ''}/${resource}/${info?.subresource ?? ''} ${code}`;
    let count = this.#counts.get(id);
    if (count === undefined) {
      count = this.#requests.labels({
        verb,
        group: info?.group ?? '',
        version: info?.version ?? '',
        resource,
        subresource: info?.subresource ?? '',
        code: String(code),
      });
      this.#counts.set(id, count);
    }
    count.inc();
    if (info === undefined || isLongRunning(info)) return;
    const latencyId = `${verb} ${resource}`;
    let latency = this.#latencies.get(latencyId);
    if (latency === undefined) {
      latency = this.#latency.labels(verb, resource);
      this.#latencies.set(latencyId, latency);
    }
    latency.observe(durationMs / 1000);
  }
}
