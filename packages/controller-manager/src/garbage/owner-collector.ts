import { objectKey, type KubeObject, type OwnerReference } from '@kubernetes-mesos/api-types';
import type { KubeClient, ResourceRef } from '@kubernetes-mesos/client';
import type { Logger } from '@kubernetes-mesos/component-base';
import { unlessGone } from '../objects/failures';
import type { Controller, KeySink } from '../runtime/controller';
import { Pace } from '../runtime/pace';
import { DONE, retry, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import { decideDependent, decideOwner, FOREGROUND_FINALIZER, ORPHAN_FINALIZER, type OwnerState } from './decide-owners';

export interface OwnerCollectorOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
  readonly logger: Logger;
  /** Resources that can own or be owned. */
  readonly resources: readonly ResourceRef[];
}

/** Owners remembered as gone; uids are never given again. */
const MAX_ABSENT = 1000;

/**
 * Deletes what has lost all its owners, and carries out orphaning and foreground deletion. Keys:
 * `<plural>|<namespace>/<name>`. An owner of a kind that is not watched counts as present: nothing is deleted on a guess.
 */
export class OwnerCollector implements Controller {
  readonly name = 'owner-garbage';
  readonly concurrency = 8;
  readonly #options: OwnerCollectorOptions;
  /** Keys of the objects that name an owner, by its uid. */
  readonly #dependents = new Map<string, Set<string>>();
  /** Uids of owners that the server itself called gone: asked once, not once for each dependent. */
  readonly #absent = new Set<string>();
  readonly #pace = new Pace();

  constructor(options: OwnerCollectorOptions) {
    this.#options = options;
    for (const resource of options.resources) options.informers.of(resource);
  }

  start(keys: KeySink): () => void {
    const { informers, resources } = this.#options;
    const stops = resources.map((resource) =>
      informers.of(resource).subscribe({
        added: (object) => this.#changed(resource, object, undefined, keys),
        updated: (object, previous) => this.#changed(resource, object, previous, keys),
        deleted: (object) => this.#deleted(resource, object, keys),
      }),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }

  async reconcile(key: string): Promise<Result> {
    const found = this.#find(key);
    if (found === undefined) return DONE;
    const { resource, object } = found;
    const references = object.metadata.ownerReferences ?? [];
    if (references.length > 0 && object.metadata.deletionTimestamp === undefined) {
      await this.#collectDependent(resource, object, references);
    }
    return object.metadata.deletionTimestamp === undefined ? DONE : this.#settleOwner(resource, object);
  }

  #changed(resource: ResourceRef, object: KubeObject, previous: KubeObject | undefined, keys: KeySink): void {
    const key = keyOf(resource, object);
    if (previous !== undefined) this.#unlink(key, previous);
    const references = object.metadata.ownerReferences ?? [];
    for (const { uid } of references) {
      const dependents = this.#dependents.get(uid);
      if (dependents === undefined) this.#dependents.set(uid, new Set([key]));
      else dependents.add(key);
    }
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    const ending =
      deletionTimestamp !== undefined &&
      (finalizers.includes(ORPHAN_FINALIZER) || finalizers.includes(FOREGROUND_FINALIZER));
    const ownersChanged = !sameReferences(references, previous?.metadata.ownerReferences ?? []);
    if (ending || (references.length > 0 && (previous === undefined || ownersChanged))) keys.add(key);
    // An owner may have waited for this one to let go.
    if (ownersChanged) this.#wakeOwners(previous, keys);
    if (ending && previous?.metadata.deletionTimestamp === undefined) this.#wakeDependents(object, keys);
  }

  #deleted(resource: ResourceRef, object: KubeObject, keys: KeySink): void {
    this.#unlink(keyOf(resource, object), object);
    this.#pace.forget(keyOf(resource, object));
    this.#wakeDependents(object, keys);
    this.#wakeOwners(object, keys);
  }

  #wakeDependents(owner: KubeObject, keys: KeySink): void {
    for (const key of this.#dependents.get(owner.metadata.uid ?? '') ?? []) keys.add(key);
  }

  #wakeOwners(object: KubeObject | undefined, keys: KeySink): void {
    for (const reference of object?.metadata.ownerReferences ?? []) {
      const resource = this.#resourceOf(reference);
      if (resource === undefined) continue;
      const namespace = resource.namespaced ? object?.metadata.namespace : undefined;
      const metadata = { name: reference.name, ...(namespace === undefined ? {} : { namespace }) };
      const owner = this.#options.informers.lister(resource).get(objectKey({ metadata }));
      // A living owner waits for nobody.
      if (owner?.metadata.deletionTimestamp === undefined) continue;
      const key = keyOf(resource, owner);
      this.#pace.learn(key, this.#dependents.get(reference.uid)?.size ?? 0);
      keys.addAfter(key, this.#pace.delayMs(key));
    }
  }

  #unlink(key: string, object: KubeObject): void {
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(uid);
      dependents?.delete(key);
      if (dependents?.size === 0) this.#dependents.delete(uid);
    }
  }

  async #collectDependent(
    resource: ResourceRef,
    object: KubeObject,
    references: readonly OwnerReference[],
  ): Promise<void> {
    const owners: { readonly reference: OwnerReference; readonly state: OwnerState }[] = [];
    for (const reference of references) owners.push({ reference, state: await this.#stateOf(reference, object) });
    const plan = decideDependent(object, owners);
    const { namespace = '', name = '', uid } = object.metadata;
    switch (plan.kind) {
      case 'keep':
        return;
      case 'delete':
        if (this.#options.logger.isDebugEnabled) {
          this.#options.logger.debug('deleting an object whose owners are gone', {
            kind: resource.kind,
            namespace,
            name,
          });
        }
        await unlessGone(
          this.#options.client.delete(
            resource,
            { namespace, name },
            { ...(uid === undefined ? {} : { uid }), propagationPolicy: plan.propagation },
          ),
        );
        return;
      case 'drop-references':
        await this.#dropReferences(resource, object, plan.uids);
    }
  }

  async #settleOwner(resource: ResourceRef, owner: KubeObject): Promise<Result> {
    const dependents = this.#dependentsOf(owner);
    const plan = decideOwner(
      owner,
      dependents.map(({ object }) => object),
    );
    const uid = owner.metadata.uid ?? '';
    switch (plan.kind) {
      case 'keep':
        return DONE;
      case 'orphan':
        for (const dependent of dependents) await this.#dropReferences(dependent.resource, dependent.object, [uid]);
        return retry('waits to see the references gone');
      case 'delete-dependents':
        for (const dependent of dependents) {
          if (dependent.object.metadata.deletionTimestamp !== undefined) continue;
          await this.#collectDependent(
            dependent.resource,
            dependent.object,
            dependent.object.metadata.ownerReferences ?? [],
          );
        }
        return DONE;
      case 'remove-finalizer':
        await this.#removeFinalizer(resource, owner, plan.finalizer);
        return DONE;
    }
  }

  async #stateOf(reference: OwnerReference, dependent: KubeObject): Promise<OwnerState> {
    const resource = this.#resourceOf(reference);
    if (resource === undefined) return 'present';
    if (this.#absent.has(reference.uid)) return 'absent';
    const { client, informers } = this.#options;
    const namespace = resource.namespaced ? (dependent.metadata.namespace ?? '') : '';
    const key = namespace === '' ? reference.name : `${namespace}/${reference.name}`;
    let owner: KubeObject | undefined = informers.lister(resource).get(key);
    // The copy may lag: only the server's own word counts for an absence.
    if (owner?.metadata.uid !== reference.uid) {
      owner = await unlessGone(client.get(resource, { namespace, name: reference.name }));
    }
    if (owner?.metadata.uid !== reference.uid) {
      this.#rememberAbsent(reference.uid);
      return 'absent';
    }
    const { deletionTimestamp, finalizers = [] } = owner.metadata;
    return deletionTimestamp !== undefined && finalizers.includes(FOREGROUND_FINALIZER)
      ? 'waiting-for-dependents'
      : 'present';
  }

  #rememberAbsent(uid: string): void {
    const [oldest] = this.#absent;
    if (oldest !== undefined && this.#absent.size >= MAX_ABSENT) this.#absent.delete(oldest);
    this.#absent.add(uid);
  }

  async #dropReferences(resource: ResourceRef, object: KubeObject, uids: readonly string[]): Promise<void> {
    const { namespace = '', name = '', uid } = object.metadata;
    const ownerReferences = uids.map((owner) => ({ $patch: 'delete', uid: owner }));
    const body = { metadata: { uid, ownerReferences } };
    await unlessGone(this.#options.client.patch(resource, { namespace, name }, { kind: 'strategic', body }));
  }

  async #removeFinalizer(resource: ResourceRef, owner: KubeObject, finalizer: string): Promise<void> {
    const { namespace = '', name = '', uid, resourceVersion, finalizers = [] } = owner.metadata;
    const left = finalizers.filter((other) => other !== finalizer);
    const body = { metadata: { uid, resourceVersion, finalizers: left.length === 0 ? null : left } };
    await unlessGone(this.#options.client.patch(resource, { namespace, name }, { kind: 'merge', body }));
  }

  #dependentsOf(owner: KubeObject): { readonly resource: ResourceRef; readonly object: KubeObject }[] {
    const found = [];
    for (const key of this.#dependents.get(owner.metadata.uid ?? '') ?? []) {
      const dependent = this.#find(key);
      if (dependent !== undefined) found.push(dependent);
    }
    return found;
  }

  #find(key: string): { readonly resource: ResourceRef; readonly object: KubeObject } | undefined {
    const bar = key.indexOf('|');
    const resource = this.#options.resources.find((candidate) => candidate.plural === key.slice(0, bar));
    if (resource === undefined) return undefined;
    const object = this.#options.informers.lister(resource).get(key.slice(bar + 1));
    return object === undefined ? undefined : { resource, object };
  }

  #resourceOf(reference: OwnerReference): ResourceRef | undefined {
    return this.#options.resources.find(
      ({ group, version, kind }) =>
        kind === reference.kind && (group === '' ? version : `${group}/${version}`) === reference.apiVersion,
    );
  }
}

function keyOf(resource: ResourceRef, object: KubeObject): string {
  return `${resource.plural}|${objectKey(object)}`;
}

function sameReferences(a: readonly OwnerReference[], b: readonly OwnerReference[]): boolean {
  return a.length === b.length && a.every(({ uid }, index) => uid === b[index]?.uid);
}
