import { deepEqual, objectKey, type KubeObject, type ResourceQuota } from '@kubernetes-mesos/api-types';
import {
  CONFIG_MAPS,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  REPLICATION_CONTROLLERS,
  RESOURCE_QUOTAS,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
  type KubeClient,
} from '@kubernetes-mesos/client';
import { unlessGone } from '../objects/failures';
import { isTerminated } from '../objects/pods';
import type { Controller, KeySink } from '../runtime/controller';
import { Pace } from '../runtime/pace';
import { requeueAfter, DONE, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import { quotaUsage } from './usage';

export interface QuotaControllerOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
  /** Each quota is measured again after this long, ms. */
  readonly resyncMs: number;
}

const COUNTED = [CONFIG_MAPS, REPLICATION_CONTROLLERS, RESOURCE_QUOTAS, SECRETS, SERVICE_ACCOUNTS];
const MEASURED = [PODS, SERVICES, PERSISTENT_VOLUME_CLAIMS, ...COUNTED];

/** Keeps `status.used` of quotas true: admission counts up, this counts what has gone. Keys: `namespace/name`. */
export class QuotaController implements Controller {
  readonly name = 'resource-quota';
  readonly concurrency = 5;
  readonly #options: QuotaControllerOptions;
  readonly #pace = new Pace();

  constructor(options: QuotaControllerOptions) {
    this.#options = options;
    for (const resource of MEASURED) options.informers.of<KubeObject>(resource);
  }

  start(keys: KeySink): () => void {
    const { informers } = this.#options;
    const changed = (quota: ResourceQuota): void => keys.add(objectKey(quota));
    const gone = (object: KubeObject): void => {
      for (const quota of informers.lister(RESOURCE_QUOTAS).list(object.metadata.namespace)) {
        keys.addAfter(objectKey(quota), this.#pace.delayMs(objectKey(quota)));
      }
    };
    const stops = [
      informers.of(RESOURCE_QUOTAS).subscribe({ added: changed, updated: changed, deleted: gone }),
      ...MEASURED.filter((resource) => resource !== PODS && resource !== RESOURCE_QUOTAS).map((resource) =>
        informers.of<KubeObject>(resource).subscribe({ deleted: gone }),
      ),
      informers.of(PODS).subscribe({
        updated: (pod, previous) => {
          if (isTerminated(pod) && !isTerminated(previous)) gone(pod);
        },
        deleted: gone,
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  async reconcile(key: string): Promise<Result> {
    const { client, informers, resyncMs } = this.#options;
    const quota = informers.lister(RESOURCE_QUOTAS).get(key);
    if (quota === undefined) {
      this.#pace.forget(key);
      return DONE;
    }
    const { namespace = '' } = quota.metadata;
    const pods = informers.lister(PODS).list(namespace);
    this.#pace.learn(key, pods.length);
    const used = quotaUsage(quota, {
      pods,
      services: informers.lister(SERVICES).list(namespace),
      persistentvolumeclaims: informers.lister(PERSISTENT_VOLUME_CLAIMS).list(namespace),
      counted: Object.fromEntries(
        COUNTED.map((resource) => [resource.plural, informers.lister<KubeObject>(resource).list(namespace)]),
      ),
    });
    const hard = quota.spec?.hard ?? {};
    const unchanged = deepEqual(quota.status?.hard ?? {}, hard) && deepEqual(quota.status?.used ?? {}, used);
    if (!unchanged) await unlessGone(client.updateStatus(RESOURCE_QUOTAS, { ...quota, status: { hard, used } }));
    return requeueAfter(resyncMs);
  }
}
