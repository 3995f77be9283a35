import { objectKey, type PersistentVolumeClaim, type Pod } from '@kubernetes-mesos/api-types';
import { PERSISTENT_VOLUME_CLAIMS, PODS, type KubeClient } from '@kubernetes-mesos/client';
import { claimsOf, podsWithClaim } from '../objects/pods';
import type { Controller, KeySink } from '../runtime/controller';
import { DONE, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import { writeFinalizers } from './finalizers';
import { CLAIM_FINALIZER, decideProtection, holdsClaims } from './protection';

export interface ClaimProtectionOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
}

/** Keeps a claim that is being deleted until no pod uses it. Keys: `namespace/name` of claims. */
export class ClaimProtection implements Controller {
  readonly name = 'claim-protection';
  readonly concurrency = 4;
  readonly #options: ClaimProtectionOptions;

  constructor(options: ClaimProtectionOptions) {
    this.#options = options;
    options.informers.of(PERSISTENT_VOLUME_CLAIMS);
    options.informers.of(PODS);
  }

  start(keys: KeySink): () => void {
    const { informers } = this.#options;
    const changed = (claim: PersistentVolumeClaim): void => {
      if (decideProtection(claim, CLAIM_FINALIZER).kind !== 'leave') keys.add(objectKey(claim));
    };
    const released = (pod: Pod): void => {
      for (const claim of claimsOf(pod)) keys.add(`${pod.metadata.namespace ?? ''}/${claim}`);
    };
    const stops = [
      informers.of(PERSISTENT_VOLUME_CLAIMS).subscribe({ added: changed, updated: changed }),
      informers.of(PODS).subscribe({
        updated: (pod, previous) => {
          if (holdsClaims(previous) && !holdsClaims(pod)) released(pod);
        },
        deleted: released,
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  async reconcile(key: string): Promise<Result> {
    const { client, informers } = this.#options;
    const claim = informers.lister(PERSISTENT_VOLUME_CLAIMS).get(key);
    if (claim === undefined) return DONE;
    const plan = decideProtection(claim, CLAIM_FINALIZER);
    if (plan.kind === 'leave') return DONE;
    // The pod's own event brings the next look.
    if (plan.kind === 'release-if-unused' && (await this.#isInUse(key, claim))) return DONE;
    await writeFinalizers(client, PERSISTENT_VOLUME_CLAIMS, claim, plan.finalizers);
    return DONE;
  }

  /** The copy may lag behind a pod that has just got its node: only the server's own word lets data go. */
  async #isInUse(key: string, claim: PersistentVolumeClaim): Promise<boolean> {
    const { client, informers } = this.#options;
    if (podsWithClaim(informers.lister(PODS), key).some(holdsClaims)) return true;
    const { namespace = '', name = '' } = claim.metadata;
    const { items } = await client.list(PODS, { namespace });
    return items.some((pod) => holdsClaims(pod) && claimsOf(pod).includes(name));
  }
}
