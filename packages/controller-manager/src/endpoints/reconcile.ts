import { objectKey, StatusError, type Pod, type Service } from '@kubernetes-mesos/api-types';
import { ENDPOINTS, PODS, SERVICES, type EventRecorder, type KubeClient } from '@kubernetes-mesos/client';
import type { Clock } from '@kubernetes-mesos/component-base';
import { unlessGone } from '../objects/failures';
import { splitKey } from '../objects/keys';
import { isReady, isTerminated } from '../objects/pods';
import { selectedBy, selectorsOf } from '../objects/selection';
import type { Controller, KeySink } from '../runtime/controller';
import { Pace } from '../runtime/pace';
import { DONE, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import { decideEndpoints, hasSelector, type EndpointsMode, type EndpointsPlan } from './decide';

export interface EndpointsOptions extends EndpointsMode {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  readonly concurrency: number;
}

/** Time after the start at which endpoints whose service went away meanwhile are removed, ms; as upstream. */
const ORPHAN_CHECK_MS = 300_000;
/** Marks endpoints that serve as a leader election lock; no service belongs to them. */
const LEADER_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';

/** Writes the addresses behind each service that has a selector. Keys: `namespace/name` of the service. */
export class EndpointsController implements Controller {
  readonly name = 'endpoints';
  readonly concurrency: number;
  readonly #options: EndpointsOptions;
  /** Services that were seen to go: their endpoints go with them. */
  readonly #gone = new Set<string>();
  readonly #pace = new Pace();

  constructor(options: EndpointsOptions) {
    this.#options = options;
    this.concurrency = options.concurrency;
    for (const resource of [PODS, SERVICES, ENDPOINTS]) options.informers.of(resource);
  }

  start(keys: KeySink): () => void {
    const { informers, clock } = this.#options;
    const podChanged = (pod: Pod): void => {
      for (const service of selectorsOf(informers.lister(SERVICES), pod)) {
        if (!hasSelector(service)) continue;
        const key = objectKey(service);
        keys.addAfter(key, this.#pace.delayMs(key));
      }
    };
    const serviceChanged = (service: Service): void => {
      this.#gone.delete(objectKey(service));
      keys.add(objectKey(service));
    };
    const stops = [
      informers.of(SERVICES).subscribe({
        added: serviceChanged,
        updated: serviceChanged,
        deleted: (service) => {
          this.#gone.add(objectKey(service));
          keys.add(objectKey(service));
        },
      }),
      informers.of(PODS).subscribe({
        added: podChanged,
        updated: (pod, previous) => {
          if (!concernsEndpoints(pod, previous)) return;
          podChanged(pod);
          podChanged(previous);
        },
        deleted: podChanged,
      }),
      // Somebody else wrote or removed what is ours.
      informers.of(ENDPOINTS).subscribe({
        updated: (endpoints) => keys.add(objectKey(endpoints)),
        deleted: (endpoints) => keys.add(objectKey(endpoints)),
      }),
    ];
    const orphanCheck = clock.setTimer(() => this.#collectOrphans(keys), ORPHAN_CHECK_MS);
    return () => {
      orphanCheck.cancel();
      for (const stop of stops) stop();
    };
  }

  async reconcile(key: string): Promise<Result> {
    const { client, informers, hostPorts } = this.#options;
    const service = informers.lister(SERVICES).get(key);
    const current = informers.lister(ENDPOINTS).get(key);
    if (service === undefined) {
      this.#pace.forget(key);
      if (this.#gone.has(key)) {
        await unlessGone(client.delete(ENDPOINTS, splitKey(key)));
        this.#gone.delete(key);
      }
      return DONE;
    }
    if (!hasSelector(service)) return DONE;
    const pods = selectedBy(informers.lister(PODS), service.metadata.namespace, service.spec?.selector);
    this.#pace.learn(key, pods.length);
    const plan = decideEndpoints(service, pods, current, { hostPorts });
    try {
      await this.#carryOut(plan);
    } catch (error) {
      this.#tellRefusal(service, plan, error);
      throw error;
    }
    return DONE;
  }

  async #carryOut(plan: EndpointsPlan): Promise<void> {
    const { client } = this.#options;
    switch (plan.kind) {
      case 'keep':
        return;
      case 'create':
        await client.create(ENDPOINTS, plan.endpoints);
        return;
      case 'update':
        await client.update(ENDPOINTS, plan.endpoints);
    }
  }

  /** An address that endpoints may not have (loopback, as on a cluster of one machine) is no use to try again in silence. */
  #tellRefusal(service: Service, plan: EndpointsPlan, error: unknown): void {
    if (!(error instanceof StatusError) || error.reason !== 'Invalid') return;
    const reason = plan.kind === 'create' ? 'FailedToCreateEndpoint' : 'FailedToUpdateEndpoint';
    this.#options.recorder.event(service, 'Warning', reason, error.message);
  }

  #collectOrphans(keys: KeySink): void {
    const services = this.#options.informers.lister(SERVICES);
    for (const endpoints of this.#options.informers.lister(ENDPOINTS).list()) {
      const key = objectKey(endpoints);
      if (services.get(key) !== undefined || endpoints.metadata.annotations?.[LEADER_ANNOTATION] !== undefined)
        continue;
      this.#gone.add(key);
      keys.add(key);
    }
  }
}

/** Most changes of a pod (times, restart counts) leave every endpoint as it is. */
function concernsEndpoints(pod: Pod, previous: Pod): boolean {
  return (
    isReady(pod) !== isReady(previous) ||
    isTerminated(pod) !== isTerminated(previous) ||
    pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    pod.status?.hostIP !== previous.status?.hostIP ||
    pod.status?.podIP !== previous.status?.podIP ||
    pod.spec?.nodeName !== previous.spec?.nodeName ||
    !sameMap(pod.metadata.labels, previous.metadata.labels) ||
    !sameMap(pod.metadata.annotations, previous.metadata.annotations)
  );
}

function sameMap(a: Record<string, string> = {}, b: Record<string, string> = {}): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
