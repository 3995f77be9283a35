import type { StatusError } from '@kubernetes-mesos/api-types';
import {
  conflict,
  deepCopy,
  deepEqual,
  type FieldError,
  invalidObject,
  type KubeObject,
} from '@kubernetes-mesos/api-types';
import type { ObjectKey, StoredObject, WriteGuard } from '@kubernetes-mesos/storage';
import { changeOrCreate, type ChangedOrCreated } from './change-or-create';
import { create } from './create';
import { parseRevision } from './list-options';
import { modify, readNewest, type Change } from './modify';
import { adoptNamespace, carrySystemMeta, requireNameOfUrl } from './object-meta';
import { revisionText, type EncodableObject, type Reservation, type ServedResource } from './served-resource';
import type { VerbServices, WriteIntent } from './services';
import type { VerbContext } from './verb-context';

/** What part of an object a write may change: the object itself, or a subresource such as `status`. */
export interface UpdateTarget {
  /** `''` for the object itself. */
  readonly subresource: string;
  /** A change that changes nothing is written all the same: it has a new version, and watchers hear of it. */
  readonly writesUnchanged?: boolean;
  prepare(object: KubeObject, old: KubeObject): void;
  validate(object: KubeObject, old: KubeObject): FieldError[];
}

/** Makes the wanted state from the present one; both are whole objects, the result belongs to the caller. */
export type ProduceNext = (current: StoredObject) => KubeObject | Promise<KubeObject>;

/** The object itself. */
export function mainTarget(resource: ServedResource): UpdateTarget {
  const { strategy } = resource.definition;
  return {
    subresource: '',
    prepare: (object, old) => strategy.prepareForUpdate(object, old),
    validate: (object, old) => strategy.validateUpdate(object, old),
  };
}

/** `status`, `finalize`, ...; `undefined` when the resource has no such writable part. */
export function subresourceTarget(resource: ServedResource, name: string): UpdateTarget | undefined {
  const update = resource.definition.subresources.find((subresource) => subresource.name === name)?.update;
  if (update === undefined) return undefined;
  return {
    subresource: name,
    prepare: (object, old) => update.prepare(object, old),
    validate: (object, old) => update.validate(object, old),
  };
}

/**
 * PUT. `object` is decoded and defaulted and belongs to this call.
 * @throws StatusError
 */
export async function update(
  services: VerbServices,
  context: VerbContext,
  resource: ServedResource,
  key: ObjectKey,
  target: UpdateTarget,
  object: KubeObject,
  intent: WriteIntent,
): Promise<ChangedOrCreated> {
  requireNameOfUrl(object, key.name);
  adoptNamespace(resource, object, key.namespace, 'update');
  const { uid = '' } = object.metadata;
  const mismatch = (stored: string): StatusError =>
    conflict(resource.resourceName, key.name, uidMismatch(resource, key, uid, stored));
  const changeIt = (): Promise<EncodableObject> =>
    change(
      services,
      context,
      resource,
      key,
      target,
      (current) => {
        const { uid: stored = '' } = current.object.metadata;
        if (uid !== '' && uid !== stored) throw mismatch(stored);
        return deepCopy(object);
      },
      intent,
    );
  const isCreatable = resource.definition.strategy.allowCreateOnUpdate && target.subresource === '';
  if (!isCreatable && uid === '') return { object: await changeIt(), isCreated: false };
  return changeOrCreate(key, changeIt, async () => {
    if (uid !== '') throw mismatch('');
    return create(services, context, resource, key.namespace, deepCopy(object), intent);
  });
}

/**
 * The common end of PUT and PATCH: admission, what the client may not change, validation, optimistic lock, removal of
 * what nothing holds any more. A change that changes nothing writes nothing, unless the target says so.
 * @throws StatusError
 */
export async function change(
  services: VerbServices,
  context: VerbContext,
  resource: ServedResource,
  key: ObjectKey,
  target: UpdateTarget,
  produce: ProduceNext,
  intent: WriteIntent,
): Promise<EncodableObject> {
  const attempt = new UpdateAttempt(services, context, resource, key, target, produce, intent);
  if (intent.dryRun) {
    const current = await readNewest(resource, key);
    const next = await attempt.next(current);
    attempt.settle(undefined);
    if (next.kind === 'keep') return current;
    const object = next.kind === 'remove' ? next.answer : next.object;
    object.metadata.resourceVersion = current.object.metadata.resourceVersion ?? '';
    return { object };
  }
  let written: number | undefined;
  try {
    let removed: KubeObject | undefined;
    const modified = await modify(resource, key, async (current) => {
      const next = await attempt.next(current);
      removed = next.kind === 'remove' ? next.answer : undefined;
      return next;
    });
    if (modified.outcome === 'written') written = modified.object.revision;
    if (modified.outcome === 'removed' && removed !== undefined) {
      resource.behaviour.afterDelete?.(modified.object.object);
      return { object: { ...removed, metadata: withRevision(removed, modified.object.object) } };
    }
    return modified.object;
  } finally {
    attempt.settle(written);
  }
}

class UpdateAttempt {
  #reservation: Reservation | undefined;
  #guards: WriteGuard[] | undefined;

  constructor(
    private readonly services: VerbServices,
    private readonly context: VerbContext,
    private readonly resource: ServedResource,
    private readonly key: ObjectKey,
    private readonly target: UpdateTarget,
    private readonly produce: ProduceNext,
    private readonly intent: WriteIntent,
  ) {}

  async next(current: StoredObject): Promise<Change> {
    const { resource, key, target, context } = this;
    this.settle(undefined);
    const old = current.object;
    const object = await this.produce(current);
    this.#checkRevision(object, current);
    carrySystemMeta(object, old);
    const request = {
      operation: 'UPDATE',
      resource,
      subresource: target.subresource,
      namespace: key.namespace,
      name: key.name,
      object,
      old,
      dryRun: this.intent.dryRun,
    } as const;
    await this.services.admission.mutate(request, context);
    target.prepare(object, old);
    this.#trackFields(object, old);
    const errors = target.validate(object, old);
    if (errors.length > 0) throw invalidObject(resource.kindName, key.name, errors);
    const guards: WriteGuard[] = [];
    const again = this.#guards === undefined ? {} : { guardsBefore: this.#guards };
    this.#guards = guards;
    await this.services.admission.validate({ ...request, guards, ...again }, context);
    if (target.subresource === '' && !this.intent.dryRun) {
      this.#reservation = await resource.behaviour.beforeUpdate?.(object, old, context);
      guards.push(...(this.#reservation?.guards ?? []));
    }
    if (isFinished(resource, object, old)) return { kind: 'remove', answer: object };
    const isKept = target.writesUnchanged !== true && (deepEqual(object, old) || isSameButForTimes(object, old));
    if (isKept) return { kind: 'keep' };
    const { ttlSeconds } = resource.definition;
    const options = { ...(ttlSeconds === undefined ? {} : { ttlSeconds }), ...(guards.length === 0 ? {} : { guards }) };
    return { kind: 'write', object, options };
  }

  /** Keeps what the last attempt reserved when it was written (at that revision), else gives it back; idempotent. */
  settle(written: number | undefined): void {
    if (written === undefined) this.#reservation?.release();
    else this.#reservation?.commit(written);
    this.#reservation = undefined;
  }

  #trackFields(object: KubeObject, old: KubeObject): void {
    const { resource, target, intent, context } = this;
    if (intent.isApply === true || target.subresource === 'scale') return;
    const isTracked = object.metadata.managedFields !== undefined || old.metadata.managedFields !== undefined;
    if (!isTracked && intent.fieldManager === '') return;
    this.services.fields?.track(
      {
        old,
        object,
        schema: resource.definition.schema,
        apiVersion: resource.apiVersion,
        subresource: target.subresource,
        writer: intent,
      },
      context.nowMs,
    );
  }

  #checkRevision(object: KubeObject, current: StoredObject): void {
    const { resource, key } = this;
    const revision = parseRevision(object.metadata.resourceVersion ?? '', 'body');
    if (revision === undefined || revision === 0) {
      // Validation refuses an update without one.
      if (resource.definition.strategy.allowUnconditionalUpdate) {
        object.metadata.resourceVersion = revisionText(current.revision);
      }
      return;
    }
    if (revision !== current.revision) throw conflict(resource.resourceName, key.name);
  }
}

/** Whether all that a write changed is when its manager wrote last, which is no change. */
function isSameButForTimes(object: KubeObject, old: KubeObject): boolean {
  const { managedFields: entries = [] } = object.metadata;
  const { managedFields: before = [] } = old.metadata;
  if (entries.length === 0 || entries.length !== before.length) return false;
  const isSame = entries.every((entry, at) => deepEqual({ ...entry, time: before[at]?.time }, before[at]));
  return isSame && deepEqual({ ...object, metadata: { ...object.metadata, managedFields: before } }, old);
}

/** Whether an update took away the last thing that kept a deleted object. */
function isFinished(resource: ServedResource, object: KubeObject, old: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = old.metadata;
  return (
    deletionTimestamp !== undefined &&
    deletionGracePeriodSeconds === 0 &&
    (object.metadata.finalizers ?? []).length === 0 &&
    (resource.behaviour.isFinished?.(object) ?? true)
  );
}

function withRevision(object: KubeObject, stored: KubeObject): KubeObject['metadata'] {
  const { resourceVersion } = stored.metadata;
  return resourceVersion === undefined ? object.metadata : { ...object.metadata, resourceVersion };
}

function uidMismatch(resource: ServedResource, key: ObjectKey, uid: string, stored: string): string {
  const path = [resource.definition.names.plural, key.namespace, key.name].filter((part) => part !== '').join('/');
  return (
    `StorageError: invalid object, Code: 4, Key: /registry/${path}, ResourceVersion: 0, AdditionalErrorMsg: ` +
    `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored}`
  );
}
