import type { KubeObject, Pod, ReplicationController } from '@kubernetes-mesos/api-types';
import { type EventRecorder, type ResourceRef } from '@kubernetes-mesos/client';
import { createMetricsRegistry, silentLogger, type Logger } from '@kubernetes-mesos/component-base';
import { FakeClock } from '@kubernetes-mesos/test-support';
import { indexers } from '../../src/objects/indexers';
import type { Controller } from '../../src/runtime/controller';
import { ControllerMetrics } from '../../src/runtime/metrics';
import { runController } from '../../src/runtime/run-controller';
import { SharedInformers } from '../../src/runtime/shared-informers';
import { MemoryApi } from './memory-api';

/** Controllers on an API in memory, under a clock that the test moves. */
export class Harness {
  readonly clock = new FakeClock(Date.UTC(2024, 0, 1));
  readonly api = new MemoryApi(this.clock);
  readonly events: string[] = [];
  /** What controllers logged as errors: defects. */
  readonly errors: unknown[] = [];
  readonly logger: Logger = {
    ...silentLogger,
    error: (_message, fields) => this.errors.push(fields?.['error']),
    child: () => this.logger,
  };
  readonly recorder: EventRecorder = {
    event: (object, type, reason, message) =>
      this.events.push(`${object.metadata.name ?? ''} ${type} ${reason}: ${message}`),
    close: () => Promise.resolve(),
  };
  #abort = new AbortController();
  #informers = this.#newInformers();
  #running: Promise<void>[] = [];

  get informers(): SharedInformers {
    return this.#informers;
  }

  async start(...controllers: Controller[]): Promise<void> {
    await this.#informers.start();
    const metrics = new ControllerMetrics(createMetricsRegistry());
    this.#running = controllers.map((controller) =>
      runController(controller, { clock: this.clock, logger: this.logger, metrics, signal: this.#abort.signal }),
    );
    await this.settle();
  }

  /** Lets everything that is due happen, without moving time. */
  async settle(): Promise<void> {
    for (let round = 0; round < 12; round += 1) await this.clock.advance(0);
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.settle();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.clock.advance(0);
    await Promise.all([...this.#running, this.#informers.close()]);
  }

  /** Forgets the old process' memory, as a restart does. Build the controllers anew, then `start`. */
  async restart(): Promise<void> {
    await this.stop();
    this.#abort = new AbortController();
    this.#informers = this.#newInformers();
  }

  count(verb: string, resource: ResourceRef): number {
    return this.api.calls.filter((call) => call.verb === verb && call.resource === resource.plural).length;
  }

  #newInformers(): SharedInformers {
    return new SharedInformers({
      client: this.api,
      clock: this.clock,
      logger: this.logger,
      indexers,
    });
  }
}

export function pod(name: string, parts: Partial<Pod> & { labels?: Record<string, string> } = {}): Pod {
  const { labels, metadata, ...rest } = parts;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...(labels === undefined ? {} : { labels }), ...metadata },
    spec: { containers: [{ name: 'c' }] },
    ...rest,
  };
}

export function readyStatus(since: string, more: Pod['status'] = {}): NonNullable<Pod['status']> {
  return { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }], ...more };
}

export function controller(name: string, replicas: number, labels: Record<string, string>): ReplicationController {
  return {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name, namespace: 'default', generation: 1 },
    spec: { replicas, selector: labels, template: { metadata: { labels }, spec: { containers: [{ name: 'c' }] } } },
  };
}

export function names(objects: readonly KubeObject[]): string[] {
  return objects.map((object) => object.metadata.name ?? '').sort();
}
