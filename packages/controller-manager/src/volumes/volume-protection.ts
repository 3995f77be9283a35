import { objectKey, type PersistentVolume } from '@kubernetes-mesos/api-types';
import { PERSISTENT_VOLUMES, type KubeClient } from '@kubernetes-mesos/client';
import type { Controller, KeySink } from '../runtime/controller';
import { DONE, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import { writeFinalizers } from './finalizers';
import { decideProtection, isVolumeInUse, VOLUME_FINALIZER } from './protection';

export interface VolumeProtectionOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
}

/** Keeps a volume that is being deleted while a claim is bound to it. Keys: names of volumes. */
export class VolumeProtection implements Controller {
  readonly name = 'volume-protection';
  readonly concurrency = 2;
  readonly #options: VolumeProtectionOptions;

  constructor(options: VolumeProtectionOptions) {
    this.#options = options;
    options.informers.of(PERSISTENT_VOLUMES);
  }

  start(keys: KeySink): () => void {
    const changed = (volume: PersistentVolume): void => {
      if (decideProtection(volume, VOLUME_FINALIZER).kind !== 'leave') keys.add(objectKey(volume));
    };
    return this.#options.informers.of(PERSISTENT_VOLUMES).subscribe({ added: changed, updated: changed });
  }

  async reconcile(key: string): Promise<Result> {
    const { client, informers } = this.#options;
    const volume = informers.lister(PERSISTENT_VOLUMES).get(key);
    if (volume === undefined) return DONE;
    const plan = decideProtection(volume, VOLUME_FINALIZER);
    if (plan.kind === 'leave' || (plan.kind === 'release-if-unused' && isVolumeInUse(volume))) return DONE;
    // On the version that was looked at: one that is bound meanwhile stays.
    await writeFinalizers(client, PERSISTENT_VOLUMES, volume, plan.finalizers);
    return DONE;
  }
}
