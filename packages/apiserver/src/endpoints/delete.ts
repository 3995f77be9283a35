import { conflict, formatTime, type KubeObject, type Status } from '@kubernetes-mesos/api-types';
import { RevisionConflictError, type ObjectKey, type StoredObject } from '@kubernetes-mesos/storage';
import type { DeleteOptions } from './delete-options';
import { modify, readForWrite, readNewest, storeFailure } from './modify';
import type { EncodableObject, ServedResource } from './served-resource';
import type { VerbServices } from './services';
import type { VerbContext } from './verb-context';

/** What became of the object: still there (something holds it), or gone. */
export type Deletion =
  | { readonly kind: 'held'; readonly object: EncodableObject }
  | { readonly kind: 'removed'; readonly object: EncodableObject };

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/**
 * Deletes an object, or marks it for deletion where a finalizer or a grace period holds it.
 * @throws StatusError
 */
export async function remove(
  services: VerbServices,
  context: VerbContext,
  resource: ServedResource,
  key: ObjectKey,
  options: DeleteOptions,
): Promise<Deletion> {
  await services.admission.mutate(admissionRequest(resource, key, options), context);
  let current = await readForWrite(resource, key);
  try {
    checkPreconditions(resource, current, options);
  } catch {
    current = await readNewest(resource, key);
    checkPreconditions(resource, current, options);
  }
  await services.admission.validate({ ...admissionRequest(resource, key, options), old: current.object }, context);
  const plan = planDeletion(resource, current.object, options, context.nowMs);
  if (options.dryRun) {
    return plan.kind === 'remove'
      ? { kind: 'removed', object: current }
      : { kind: 'held', object: { object: plan.object } };
  }
  if (plan.kind === 'keep') return { kind: 'held', object: await readNewest(resource, key) };
  if (plan.kind === 'mark') {
    const marked = await mark(resource, key, options, context.nowMs);
    if (!marked.removeNow) return { kind: 'held', object: marked.object };
    await removeStored(resource, key, marked.object, options);
    // As upstream: the answer is the marked object, the watchers see the mark and then the removal.
    return { kind: 'removed', object: marked.object };
  }
  return { kind: 'removed', object: await removeStored(resource, key, current, options) };
}

/** The answer to a DELETE of one object. */
export function deletionStatus(resource: ServedResource, object: KubeObject): Status {
  const { group, names } = resource.definition;
  const { name = '', uid } = object.metadata;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name,
      ...(group === '' ? {} : { group }),
      kind: names.plural,
      ...(uid === undefined ? {} : { uid }),
    },
  };
}

type DeletionPlan =
  | { readonly kind: 'remove' }
  /** Write `object`, and remove it at once when nothing holds it. */
  | { readonly kind: 'mark'; readonly object: KubeObject; readonly removeNow: boolean }
  | { readonly kind: 'keep'; readonly object: KubeObject };

/** Decides what a DELETE does to an object; pure. */
export function planDeletion(
  resource: ServedResource,
  object: KubeObject,
  options: DeleteOptions,
  nowMs: number,
): DeletionPlan {
  const own = resource.behaviour.markDeleted?.(object, nowMs);
  if (own !== undefined) {
    return own === object ? { kind: 'keep', object } : { kind: 'mark', object: own, removeNow: false };
  }
  const graceful = planGrace(resource, object, options, nowMs);
  if (graceful.kind === 'pending') return { kind: 'keep', object };
  const finalizers = plannedFinalizers(resource, object, options);
  if (graceful.kind === 'never' && finalizers.length === 0) return { kind: 'remove' };
  const marked: KubeObject = { ...object, metadata: { ...object.metadata } };
  if (finalizers.length > 0) marked.metadata.finalizers = [...finalizers];
  else delete marked.metadata.finalizers;
  if (graceful.kind === 'never') {
    if (isMarked(object, finalizers)) return { kind: 'keep', object };
    markMeta(marked, object.metadata.deletionTimestamp ?? formatTime(nowMs), 0);
    return { kind: 'mark', object: marked, removeNow: false };
  }
  markMeta(marked, graceful.deletionTimestamp, graceful.seconds);
  return { kind: 'mark', object: marked, removeNow: finalizers.length === 0 && graceful.seconds === 0 };
}

type Grace =
  | { readonly kind: 'never' }
  /** Under way already, and not to be shortened. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'wait'; readonly seconds: number; readonly deletionTimestamp: string };

function planGrace(resource: ServedResource, object: KubeObject, options: DeleteOptions, nowMs: number): Grace {
  const { gracePeriodSeconds } = resource.definition.strategy;
  if (gracePeriodSeconds === undefined) return { kind: 'never' };
  const { deletionTimestamp, deletionGracePeriodSeconds: running } = object.metadata;
  if (deletionTimestamp !== undefined) {
    if (running === undefined) return { kind: 'never' };
    const { gracePeriodSeconds: asked } = options;
    if (asked === undefined || asked >= running) return { kind: 'pending' };
    // No time is shorter than none: less is taken for the shortest.
    const wanted = asked < 0 ? 1 : asked;
    const startedMs = Date.parse(deletionTimestamp) - running * 1000;
    return { kind: 'wait', seconds: wanted, deletionTimestamp: formatTime(startedMs + wanted * 1000) };
  }
  const seconds = gracePeriodSeconds(object, options.gracePeriodSeconds);
  return { kind: 'wait', seconds, deletionTimestamp: formatTime(nowMs + seconds * 1000) };
}

/** The finalizers that the propagation policy leaves on the object. */
function plannedFinalizers(resource: ServedResource, object: KubeObject, options: DeleteOptions): readonly string[] {
  const { finalizers = [] } = object.metadata;
  const policy = propagationOf(resource, finalizers, options);
  const others = finalizers.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  switch (policy) {
    case 'Orphan':
      return finalizers.includes(ORPHAN) && !finalizers.includes(FOREGROUND) ? finalizers : [...others, ORPHAN];
    case 'Foreground':
      return finalizers.includes(FOREGROUND) && !finalizers.includes(ORPHAN) ? finalizers : [...others, FOREGROUND];
    case 'Background':
      return others;
  }
}

function propagationOf(
  resource: ServedResource,
  finalizers: readonly string[],
  options: DeleteOptions,
): 'Foreground' | 'Background' | 'Orphan' {
  if (options.propagation !== undefined) return options.propagation;
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  if (finalizers.includes(FOREGROUND)) return 'Foreground';
  return resource.definition.strategy.defaultPropagation === 'orphan' ? 'Orphan' : 'Background';
}

function isMarked(object: KubeObject, finalizers: readonly string[]): boolean {
  const { metadata } = object;
  const { finalizers: present = [] } = metadata;
  return (
    metadata.deletionTimestamp !== undefined &&
    metadata.deletionGracePeriodSeconds === 0 &&
    present.length === finalizers.length &&
    present.every((finalizer, index) => finalizer === finalizers[index])
  );
}

function markMeta(object: KubeObject, deletionTimestamp: string, graceSeconds: number): void {
  const { metadata } = object;
  if (metadata.deletionTimestamp === undefined && (metadata.generation ?? 0) > 0) {
    metadata.generation = (metadata.generation ?? 0) + 1;
  }
  metadata.deletionTimestamp = deletionTimestamp;
  metadata.deletionGracePeriodSeconds = graceSeconds;
}

async function mark(
  resource: ServedResource,
  key: ObjectKey,
  options: DeleteOptions,
  nowMs: number,
): Promise<{ readonly object: StoredObject; readonly removeNow: boolean }> {
  let removeNow = false;
  const { object } = await modify(resource, key, (current) => {
    checkPreconditions(resource, current, options);
    const plan = planDeletion(resource, current.object, options, nowMs);
    removeNow = plan.kind === 'remove' || (plan.kind === 'mark' && plan.removeNow);
    if (plan.kind !== 'mark') return { kind: 'keep' };
    return { kind: 'write', object: plan.object };
  });
  return { object, removeNow };
}

/** Removes an object at the revision that was looked at, or at a newer one that the options still mean. */
async function removeStored(
  resource: ServedResource,
  key: ObjectKey,
  from: StoredObject,
  options: DeleteOptions,
): Promise<StoredObject> {
  let current = from;
  for (;;) {
    try {
      const { object } = await resource.store.delete(key, current.revision);
      resource.behaviour.afterDelete?.(object.object);
      return object;
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw storeFailure(resource, key, error);
      current = error.current;
      checkPreconditions(resource, current, options);
      if (current.object.metadata.uid !== from.object.metadata.uid) throw storeFailure(resource, key, error);
      if ((current.object.metadata.finalizers ?? []).length > 0) throw storeFailure(resource, key, error);
    }
  }
}

function checkPreconditions(resource: ServedResource, current: StoredObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions;
  const { metadata } = current.object;
  const { name = '' } = metadata;
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      resource.kindName,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). ` +
        'The object might have been deleted and then recreated',
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      resource.kindName,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
        `(${metadata.resourceVersion ?? ''}). The object might have been modified`,
    );
  }
}

function admissionRequest(resource: ServedResource, key: ObjectKey, options: DeleteOptions) {
  return {
    operation: 'DELETE',
    resource,
    subresource: '',
    namespace: key.namespace,
    name: key.name,
    dryRun: options.dryRun,
  } as const;
}
