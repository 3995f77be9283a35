import {
  deepEqual,
  matchesLabelMap,
  objectKey,
  StatusError,
  type Pod,
  type ReplicationController,
} from '@kubernetes-mesos/api-types';
import {
  ApiServerUnavailableError,
  PODS,
  REPLICATION_CONTROLLERS,
  type EventRecorder,
  type KubeClient,
} from '@kubernetes-mesos/client';
import { errorMessage, type Clock } from '@kubernetes-mesos/component-base';
import { unlessGone } from '../objects/failures';
import { controllerOf } from '../objects/owners';
import { isActive, isReady, nodeOf, podsControlledBy } from '../objects/pods';
import { selectedBy, selectorsOf } from '../objects/selection';
import { Pace } from '../runtime/pace';
import type { Controller, KeySink } from '../runtime/controller';
import { DONE, requeueAfter, retry, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import { slowStart } from '../runtime/slow-start';
import { decideReplication, decideStatus, replicasOf } from './decide';
import { ExpectedPods } from './expected-pods';
import { ownerReferenceTo, podFromTemplate } from './pod-from-template';

export interface ReplicationOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  /** Controllers worked on at once. */
  readonly concurrency: number;
}

/** Keeps as many pods of each replication controller as it asks for. Keys: `namespace/name`. */
export class ReplicationManager implements Controller {
  readonly name = 'replication';
  readonly concurrency: number;
  readonly #options: ReplicationOptions;
  readonly #expected = new ExpectedPods();
  /** Keys of controllers for which a create was sent whose answer never came: the copy cannot be trusted yet. */
  readonly #uncertain = new Set<string>();
  readonly #pace = new Pace();

  constructor(options: ReplicationOptions) {
    this.#options = options;
    this.concurrency = options.concurrency;
    options.informers.of(PODS);
    options.informers.of(REPLICATION_CONTROLLERS);
  }

  start(keys: KeySink): () => void {
    const { informers } = this.#options;
    const podChanged = (pod: Pod): void => {
      this.#expected.seen(pod);
      for (const key of this.#controllersOf(pod)) keys.addAfter(key, this.#pace.delayMs(key));
    };
    const stops = [
      informers.of(REPLICATION_CONTROLLERS).subscribe({
        added: (rc) => keys.add(objectKey(rc)),
        updated: (rc, previous) => {
          const key = objectKey(rc);
          // A status that was written (most often by us) asks for nothing at once.
          const ours = rc.metadata.generation !== undefined && rc.metadata.generation === previous.metadata.generation;
          keys.addAfter(key, ours ? this.#pace.delayMs(key) : 0);
        },
        deleted: (rc) => keys.add(objectKey(rc)),
      }),
      informers.of(PODS).subscribe({
        added: podChanged,
        updated: (pod, previous) => {
          if (!concernsReplication(pod, previous)) return;
          podChanged(pod);
          // Whoever it has left or stopped to match.
          podChanged(previous);
        },
        deleted: podChanged,
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  async reconcile(key: string): Promise<Result> {
    const { informers, clock } = this.#options;
    const rc = informers.lister(REPLICATION_CONTROLLERS).get(key);
    if (rc === undefined) {
      this.#expected.forget(key);
      this.#uncertain.delete(key);
      this.#pace.forget(key);
      return DONE;
    }
    const pods = this.#expected.overlay(key, await this.#podsOf(key, rc), clock.now());
    this.#pace.learn(key, pods.length);
    const plan = decideReplication(rc, pods, clock.now());
    await this.#adopt(rc, plan.adopt);
    await this.#release(rc, plan.release);
    const failure = await this.#create(key, rc, plan.create);
    await this.#remove(key, rc, plan.remove);
    const now = this.#expected.overlay(key, this.#visiblePods(rc), clock.now());
    await this.#writeStatus(rc, replicasOf(rc, now), failure);
    if (failure !== undefined) return retry(failure);
    return plan.lookAgainMs === undefined ? DONE : requeueAfter(plan.lookAgainMs);
  }

  #controllersOf(pod: Pod): string[] {
    const owner = controllerOf(pod);
    if (owner !== undefined) {
      return owner.kind === 'ReplicationController' ? [`${pod.metadata.namespace ?? ''}/${owner.name}`] : [];
    }
    return selectorsOf(this.#options.informers.lister(REPLICATION_CONTROLLERS), pod).map(objectKey);
  }

  /** From the copy; from the server itself after a create whose outcome is not known. */
  async #podsOf(key: string, rc: ReplicationController): Promise<readonly Pod[]> {
    if (!this.#uncertain.has(key)) return this.#visiblePods(rc);
    const { namespace } = rc.metadata;
    const list = await this.#options.client.list(PODS, namespace === undefined ? {} : { namespace });
    this.#uncertain.delete(key);
    return concerning(rc, list.items);
  }

  #visiblePods(rc: ReplicationController): readonly Pod[] {
    const pods = this.#options.informers.lister(PODS);
    const { uid = '', namespace } = rc.metadata;
    const ours = podsControlledBy(pods, uid);
    const free = selectedBy(pods, namespace, rc.spec?.selector).filter((pod) => controllerOf(pod) === undefined);
    return free.length === 0 ? ours : [...ours, ...free];
  }

  /** Only after the server has confirmed that this controller is the one it was and stays. */
  async #adopt(rc: ReplicationController, pods: readonly Pod[]): Promise<void> {
    if (pods.length === 0) return;
    const { client } = this.#options;
    const { namespace = '', name = '' } = rc.metadata;
    const fresh = await unlessGone(client.get(REPLICATION_CONTROLLERS, { namespace, name }));
    if (fresh?.metadata.uid !== rc.metadata.uid || fresh?.metadata.deletionTimestamp !== undefined) return;
    for (const pod of pods) {
      await unlessGone(
        client.patch(
          PODS,
          { namespace, name: pod.metadata.name ?? '' },
          {
            kind: 'strategic',
            body: { metadata: { uid: pod.metadata.uid, ownerReferences: [ownerReferenceTo(rc)] } },
          },
        ),
      );
    }
  }

  async #release(rc: ReplicationController, pods: readonly Pod[]): Promise<void> {
    for (const pod of pods) {
      const body = {
        metadata: { uid: pod.metadata.uid, ownerReferences: [{ $patch: 'delete', uid: rc.metadata.uid }] },
      };
      const key = { namespace: rc.metadata.namespace ?? '', name: pod.metadata.name ?? '' };
      await unlessGone(this.#options.client.patch(PODS, key, { kind: 'strategic', body }));
    }
  }

  /** Why not all could be made, if so. */
  async #create(key: string, rc: ReplicationController, count: number): Promise<string | undefined> {
    if (count === 0) return undefined;
    const { client, clock, recorder } = this.#options;
    const outcome = await slowStart(count, async () => {
      const pod = await client.create(PODS, podFromTemplate(rc));
      this.#expected.created(key, pod, clock.now());
      recorder.event(rc, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name ?? ''}`);
    });
    if (outcome.failure === undefined) return undefined;
    const { failure } = outcome;
    if (failure instanceof ApiServerUnavailableError && failure.mayHaveBeenDone) this.#uncertain.add(key);
    const message = errorMessage(failure);
    // What dies with its namespace needs no event: it cannot be written there either.
    if (!isNamespaceEnding(failure)) {
      recorder.event(rc, 'Warning', 'FailedCreate', `Error creating: ${message}`);
    }
    return message;
  }

  async #remove(key: string, rc: ReplicationController, pods: readonly Pod[]): Promise<void> {
    const { client, clock, recorder } = this.#options;
    const removals = pods.map(async (pod) => {
      const { namespace = '', name = '', uid } = pod.metadata;
      await unlessGone(client.delete(PODS, { namespace, name }, uid === undefined ? {} : { uid }));
      this.#expected.deleted(key, pod, clock.now());
      recorder.event(rc, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    });
    const failed = (await Promise.allSettled(removals)).find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #writeStatus(rc: ReplicationController, replicas: readonly Pod[], failure: string | undefined): Promise<void> {
    const status = decideStatus(rc, replicas, failure, this.#options.clock.now());
    if (status === rc.status) return;
    await unlessGone(this.#options.client.updateStatus(REPLICATION_CONTROLLERS, { ...rc, status }));
  }
}

function concerning(rc: ReplicationController, pods: readonly Pod[]): readonly Pod[] {
  const selector = rc.spec?.selector ?? {};
  return pods.filter((pod) => {
    const owner = controllerOf(pod);
    return owner === undefined ? matchesLabelMap(selector, pod.metadata.labels) : owner.uid === rc.metadata.uid;
  });
}

/** Most changes of a pod (addresses, restart counts, times of heartbeats) leave every count as it is. */
function concernsReplication(pod: Pod, previous: Pod): boolean {
  return (
    isActive(pod) !== isActive(previous) ||
    isReady(pod) !== isReady(previous) ||
    nodeOf(pod) !== nodeOf(previous) ||
    pod.status?.phase !== previous.status?.phase ||
    pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    !deepEqual(pod.metadata.labels, previous.metadata.labels) ||
    !deepEqual(pod.metadata.ownerReferences, previous.metadata.ownerReferences)
  );
}

function isNamespaceEnding(error: unknown): boolean {
  if (!(error instanceof StatusError)) return false;
  return error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true;
}
