import type { Node, Pod } from '@kubernetes-mesos/api-types';
import type { EventRecorder, Informer, KubeClient } from '@kubernetes-mesos/client';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import type { SchedulerClient } from '@kubernetes-mesos/mesos';
import type { FrameworkIdStore } from '../ha/framework-id-store';
import type { SchedulerMetrics } from '../http/metrics';
import type { OfferBook } from '../offers/offer-book';
import type { PlacementMemory } from '../placement/place';
import type { PodQueue } from '../queue/pod-queue';
import type { ExecutorCatalog } from '../tasks/executor-catalog';
import type { TaskRegistry } from '../tasks/task-registry';
import type { SchedulerOptions } from './options';

/** What the parts of the running scheduler use of the outside world. */
export interface SchedulerPorts {
  readonly mesos: Pick<SchedulerClient, 'call' | 'events' | 'framework' | 'close'>;
  readonly kube: Pick<KubeClient, 'get' | 'delete' | 'patch'>;
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly recorder: Pick<EventRecorder, 'event'>;
  readonly frameworkIds: FrameworkIdStore;
  readonly metrics: SchedulerMetrics;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** What is known, shared by the parts; each change is made by one part, synchronously. */
export interface SchedulerState {
  readonly registry: TaskRegistry;
  readonly queue: PodQueue;
  readonly book: OfferBook;
  readonly memory: PlacementMemory;
  readonly catalog: ExecutorCatalog;
}

export interface SchedulerContext {
  readonly ports: SchedulerPorts;
  readonly state: SchedulerState;
  readonly options: SchedulerOptions;
  /** Aborts when the scheduler ends. */
  readonly signal: AbortSignal;
}
