import { objectKey, type PersistentVolume, type PersistentVolumeClaim } from '@kubernetes-mesos/api-types';
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type EventRecorder,
  type KubeClient,
} from '@kubernetes-mesos/client';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import { unlessGone } from '../objects/failures';
import { splitKey } from '../objects/keys';
import type { Controller, KeySink } from '../runtime/controller';
import { DONE, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import { claimBoundTo, claimInPhase, volumeBoundTo, volumeInPhase } from './bind';
import { decideClaim, type ClaimNews } from './decide-claim';
import { decideVolume } from './decide-volume';
import { claimsNaming, freeVolumes, isFree, pendingClaims, volumesNaming } from './indexes';
import { classOf } from './match';
import { Written } from './written';

export interface VolumeBinderOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  readonly logger: Logger;
}

const CLAIM = 'claim|';
const VOLUME = 'volume|';

/**
 * Brings claims and volumes together and keeps their phases. Keys: `claim|namespace/name`, `volume|name`; one at a
 * time, so that claims that wait do not race for the same volume.
 */
export class VolumeBinder implements Controller {
  readonly name = 'volume-binder';
  readonly concurrency = 1;
  readonly #options: VolumeBinderOptions;
  readonly #volumes = new Written<PersistentVolume>();
  readonly #claims = new Written<PersistentVolumeClaim>();
  /** What was last said of a claim: said once, not at each look. */
  readonly #told = new Map<string, string>();
  #keys: KeySink | undefined;

  constructor(options: VolumeBinderOptions) {
    this.#options = options;
    options.informers.of(PERSISTENT_VOLUME_CLAIMS);
    options.informers.of(PERSISTENT_VOLUMES);
  }

  start(keys: KeySink): () => void {
    this.#keys = keys;
    const { informers } = this.#options;
    const stops = [
      informers.of(PERSISTENT_VOLUME_CLAIMS).subscribe({
        added: (claim) => keys.add(CLAIM + objectKey(claim)),
        updated: (claim) => {
          keys.add(CLAIM + objectKey(claim));
          this.#wakeVolumes(claim, keys);
        },
        deleted: (claim) => this.#claimGone(claim, keys),
      }),
      informers.of(PERSISTENT_VOLUMES).subscribe({
        added: (volume) => this.#volumeChanged(volume, undefined, keys),
        updated: (volume, previous) => this.#volumeChanged(volume, previous, keys),
        deleted: (volume) => {
          this.#volumes.forget(objectKey(volume));
          this.#wakeClaims(volume, keys);
        },
      }),
    ];
    return () => {
      this.#keys = undefined;
      for (const stop of stops) stop();
    };
  }

  async reconcile(key: string): Promise<Result> {
    if (key.startsWith(CLAIM)) await this.#syncClaim(key.slice(CLAIM.length));
    else await this.#syncVolume(key.slice(VOLUME.length));
    return DONE;
  }

  #claimGone(claim: PersistentVolumeClaim, keys: KeySink): void {
    this.#claims.forget(objectKey(claim));
    this.#told.delete(objectKey(claim));
    this.#wakeVolumes(claim, keys);
  }

  #wakeVolumes(claim: PersistentVolumeClaim, keys: KeySink): void {
    const volumes = this.#options.informers.lister(PERSISTENT_VOLUMES);
    for (const volume of volumesNaming(volumes, objectKey(claim))) keys.add(VOLUME + objectKey(volume));
    const { volumeName = '' } = claim.spec ?? {};
    if (volumeName !== '') keys.add(VOLUME + volumeName);
  }

  #volumeChanged(volume: PersistentVolume, previous: PersistentVolume | undefined, keys: KeySink): void {
    keys.add(VOLUME + objectKey(volume));
    this.#wakeClaims(volume, keys);
    if (!isFree(volume) || (previous !== undefined && isFree(previous) && sameOffer(volume, previous))) return;
    const claims = this.#options.informers.lister(PERSISTENT_VOLUME_CLAIMS);
    for (const claim of pendingClaims(claims, classOf(volume))) keys.add(CLAIM + claim);
  }

  #wakeClaims(volume: PersistentVolume, keys: KeySink): void {
    const claims = this.#options.informers.lister(PERSISTENT_VOLUME_CLAIMS);
    for (const claim of claimsNaming(claims, objectKey(volume))) keys.add(CLAIM + claim);
    const reference = volume.spec?.claimRef;
    if (reference !== undefined) keys.add(`${CLAIM}${reference.namespace ?? ''}/${reference.name ?? ''}`);
  }

  async #syncClaim(key: string): Promise<void> {
    const { informers } = this.#options;
    const seen = informers.lister(PERSISTENT_VOLUME_CLAIMS).get(key);
    if (seen === undefined) return;
    const claim = this.#claims.latest(seen);
    const volumes = informers.lister(PERSISTENT_VOLUMES);
    const { volumeName = '' } = claim.spec ?? {};
    const named = volumes.get(volumeName);
    const candidates =
      volumeName === '' ? [...volumesNaming(volumes, key), ...freeVolumes(volumes, classOf(claim))] : [];
    const plan = decideClaim({
      claim,
      named: named === undefined ? undefined : this.#volumes.latest(named),
      candidates: candidates.map((volume) => this.#volumes.latest(volume)),
    });
    switch (plan.kind) {
      case 'leave':
        return;
      case 'pending':
        await this.#storeClaimStatus(claimInPhase(claim, 'Pending', undefined));
        this.#tell(claim, plan.news);
        return;
      case 'lost':
        await this.#storeClaimStatus(claimInPhase(claim, 'Lost', undefined));
        this.#tell(claim, plan.news);
        return;
      case 'bind':
        await this.#bind(plan.volume, claim);
    }
  }

  /** Each write may be the last one before a crash; the next look goes on from there. */
  async #bind(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
    const { client, clock, logger } = this.#options;
    const referring = volumeBoundTo(volume, claim);
    let boundVolume = volume;
    if (referring !== undefined) {
      boundVolume = await client.update(PERSISTENT_VOLUMES, referring);
      this.#volumes.put(boundVolume);
    }
    await this.#storeVolumeStatus(volumeInPhase(boundVolume, 'Bound', undefined, clock.now()));
    const completed = claimBoundTo(claim, boundVolume);
    let boundClaim = claim;
    if (completed !== undefined) {
      boundClaim = await client.update(PERSISTENT_VOLUME_CLAIMS, completed);
      this.#claims.put(boundClaim);
      logger.info('claim bound', { claim: objectKey(claim), volume: volume.metadata.name });
    }
    await this.#storeClaimStatus(claimInPhase(boundClaim, 'Bound', boundVolume));
    this.#told.delete(objectKey(claim));
  }

  async #syncVolume(name: string): Promise<void> {
    const { client, informers, recorder, clock } = this.#options;
    const seen = informers.lister(PERSISTENT_VOLUMES).get(name);
    if (seen === undefined) return;
    const volume = this.#volumes.latest(seen);
    const plan = decideVolume(volume, await this.#claimOf(volume));
    switch (plan.kind) {
      case 'phase': {
        const changed = volumeInPhase(volume, plan.phase, plan.message, clock.now());
        await this.#storeVolumeStatus(changed);
        if (changed === undefined || plan.news === undefined) return;
        recorder.event(volume, 'Warning', plan.news, plan.message ?? '');
        return;
      }
      case 'wake-claim':
        this.#keys?.add(`${CLAIM}${volume.spec?.claimRef?.namespace ?? ''}/${volume.spec?.claimRef?.name ?? ''}`);
        return;
      case 'unbind':
        this.#volumes.put(await client.update(PERSISTENT_VOLUMES, plan.volume));
        return;
      case 'mismatch':
        recorder.event(volume, 'Warning', 'VolumeMismatch', plan.message);
    }
  }

  /** The claim that the volume is for; the copy may lag, and only the server's own word makes a volume released. */
  async #claimOf(volume: PersistentVolume): Promise<PersistentVolumeClaim | undefined> {
    const { client, informers } = this.#options;
    const { namespace = '', name = '', uid = '' } = volume.spec?.claimRef ?? {};
    if (uid === '') return undefined;
    const key = `${namespace}/${name}`;
    const seen = informers.lister(PERSISTENT_VOLUME_CLAIMS).get(key);
    if (seen?.metadata.uid === uid) return this.#claims.latest(seen);
    const { phase } = volume.status ?? {};
    // A claim that has gone does not come back: its uid is never given again.
    if (phase === 'Released' || phase === 'Failed') return undefined;
    const fresh = await unlessGone(client.get(PERSISTENT_VOLUME_CLAIMS, splitKey(key)));
    return fresh?.metadata.uid === uid ? fresh : undefined;
  }

  async #storeVolumeStatus(volume: PersistentVolume | undefined): Promise<void> {
    if (volume === undefined) return;
    this.#volumes.put(await this.#options.client.updateStatus(PERSISTENT_VOLUMES, volume));
  }

  async #storeClaimStatus(claim: PersistentVolumeClaim | undefined): Promise<void> {
    if (claim === undefined) return;
    this.#claims.put(await this.#options.client.updateStatus(PERSISTENT_VOLUME_CLAIMS, claim));
  }

  #tell(claim: PersistentVolumeClaim, news: ClaimNews | undefined): void {
    const key = objectKey(claim);
    if (news === undefined || this.#told.get(key) === news.message) return;
    this.#told.set(key, news.message);
    this.#options.recorder.event(claim, news.type, news.reason, news.message);
  }
}

/** Nothing that a claim that waits could mind has changed. */
function sameOffer(volume: PersistentVolume, previous: PersistentVolume): boolean {
  const { labels = {}, generation } = volume.metadata;
  const { labels: before = {} } = previous.metadata;
  const keys = Object.keys(labels);
  return (
    generation === previous.metadata.generation &&
    volume.spec?.capacity?.['storage'] === previous.spec?.capacity?.['storage'] &&
    classOf(volume) === classOf(previous) &&
    keys.length === Object.keys(before).length &&
    keys.every((key) => labels[key] === before[key])
  );
}
