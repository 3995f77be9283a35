import type { Pod } from '@kubernetes-mesos/api-types';
import { objectKey } from '@kubernetes-mesos/api-types';

/** After this long a created pod that never came into view is taken for one that came and went, ms. */
const FORGET_AFTER_MS = 300_000;

interface Expected {
  /** Created and not yet seen in the local copy, by uid. */
  readonly created: Map<string, { readonly pod: Pod; readonly sinceMs: number }>;
  /** Uids whose deletion was accepted and is not yet seen. */
  readonly deleted: Map<string, number>;
}

/**
 * What this process has done to pods and not yet seen come back on the watch. The view of a controller's pods is the
 * local copy with this laid over it, so that a slow watch never makes a controller create or delete twice.
 */
export class ExpectedPods {
  readonly #byOwner = new Map<string, Expected>();
  /** Owner of each created pod that is still out of view. */
  readonly #ownerOfUid = new Map<string, string>();

  created(owner: string, pod: Pod, nowMs: number): void {
    const { uid } = pod.metadata;
    if (uid === undefined) return;
    this.#of(owner).created.set(uid, { pod, sinceMs: nowMs });
    this.#ownerOfUid.set(uid, owner);
  }

  deleted(owner: string, pod: Pod, nowMs: number): void {
    if (pod.metadata.uid !== undefined) this.#of(owner).deleted.set(pod.metadata.uid, nowMs);
  }

  /** The watch has shown this pod (or its end). */
  seen(pod: Pod): void {
    const { uid = '' } = pod.metadata;
    const owner = this.#ownerOfUid.get(uid);
    if (owner === undefined) return;
    this.#ownerOfUid.delete(uid);
    this.#byOwner.get(owner)?.created.delete(uid);
  }

  forget(owner: string): void {
    for (const uid of this.#byOwner.get(owner)?.created.keys() ?? []) this.#ownerOfUid.delete(uid);
    this.#byOwner.delete(owner);
  }

  /** The pods as they are or are about to be seen. */
  overlay(owner: string, visible: readonly Pod[], nowMs: number): readonly Pod[] {
    const expected = this.#byOwner.get(owner);
    if (expected === undefined) return visible;
    this.#expire(owner, expected, visible, nowMs);
    if (expected.created.size === 0 && expected.deleted.size === 0) {
      this.#byOwner.delete(owner);
      return visible;
    }
    const known = new Set(visible.map(objectKey));
    const pods = visible.filter((pod) => !expected.deleted.has(pod.metadata.uid ?? ''));
    for (const { pod } of expected.created.values()) {
      if (!known.has(objectKey(pod)) && !expected.deleted.has(pod.metadata.uid ?? '')) pods.push(pod);
    }
    return pods;
  }

  #of(owner: string): Expected {
    let expected = this.#byOwner.get(owner);
    if (expected === undefined) {
      expected = { created: new Map(), deleted: new Map() };
      this.#byOwner.set(owner, expected);
    }
    return expected;
  }

  #expire(owner: string, expected: Expected, visible: readonly Pod[], nowMs: number): void {
    const present = new Map(visible.map((pod) => [pod.metadata.uid ?? '', pod]));
    for (const [uid, { sinceMs }] of expected.created) {
      if (!present.has(uid) && nowMs - sinceMs < FORGET_AFTER_MS) continue;
      expected.created.delete(uid);
      this.#ownerOfUid.delete(uid);
    }
    for (const [uid, sinceMs] of expected.deleted) {
      const pod = present.get(uid);
      const stillInView = pod !== undefined && pod.metadata.deletionTimestamp === undefined;
      if (stillInView && nowMs - sinceMs < FORGET_AFTER_MS) continue;
      // Unseen and created here: it stays out until the creation is forgotten as well.
      if (!expected.created.has(uid)) expected.deleted.delete(uid);
    }
    if (expected.created.size === 0 && expected.deleted.size === 0) this.#byOwner.delete(owner);
  }
}
