import { alreadyExists, badRequest, conflict, invalidObject, type KubeObject } from '@kubernetes-mesos/api-types';
import { GuardMovedError, KeyExistsError, type StoredObject, type WriteGuard } from '@kubernetes-mesos/storage';
import { adoptNamespace, clearSystemMeta, fillSystemMeta, freshName } from './object-meta';
import { keyOf, type EncodableObject, type ServedResource } from './served-resource';
import type { VerbServices, WriteIntent } from './services';
import type { VerbContext } from './verb-context';

/** Attempts to find a generated name that is free. */
const NAME_ATTEMPTS = 8;
/** Attempts against others who keep changing what the write was decided from. */
const GUARD_ATTEMPTS = 64;

/**
 * Stores a new object. `object` is decoded and defaulted, in the internal version, and belongs to this call.
 * @throws StatusError
 */
export async function create(
  services: VerbServices,
  context: VerbContext,
  resource: ServedResource,
  namespace: string,
  object: KubeObject,
  intent: WriteIntent,
): Promise<EncodableObject> {
  const { definition, behaviour } = resource;
  if ((object.metadata.resourceVersion ?? '') !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  delete object.metadata.resourceVersion;
  adoptNamespace(resource, object, namespace, 'create');
  const request = {
    operation: 'CREATE',
    resource,
    subresource: '',
    namespace,
    name: object.metadata.name ?? '',
    object,
    dryRun: intent.dryRun,
  } as const;
  if (intent.isApply !== true && (intent.fieldManager !== '' || object.metadata.managedFields !== undefined)) {
    const { schema } = definition;
    const write = { old: undefined, object, schema, apiVersion: resource.apiVersion, subresource: '', writer: intent };
    services.fields?.track(write, context.nowMs);
  }
  await services.admission.mutate(request, context);
  clearSystemMeta(object);
  definition.strategy.prepareForCreate(object);
  fillSystemMeta(object, context.nowMs);
  behaviour.nameNew?.(object);
  const errors = definition.strategy.validateCreate(object);
  if (errors.length > 0) throw invalidObject(resource.kindName, object.metadata.name ?? '', errors);
  let guardsBefore: readonly WriteGuard[] | undefined;
  for (let attempt = 1; attempt <= GUARD_ATTEMPTS; attempt++) {
    const guards: WriteGuard[] = [];
    const again = guardsBefore === undefined ? {} : { guardsBefore };
    const { name = '' } = object.metadata;
    await services.admission.validate({ ...request, name, guards, ...again }, context);
    if (intent.dryRun) {
      // A dry run takes nothing, so its answer lacks what would be taken.
      await requireAbsent(resource, namespace, object);
      return { object };
    }
    try {
      return await storeReserved(context, resource, namespace, object, guards, request.name === '');
    } catch (error) {
      if (!(error instanceof GuardMovedError)) throw error;
      guardsBefore = guards;
    }
  }
  throw conflict(resource.resourceName, object.metadata.name ?? '');
}

async function storeReserved(
  context: VerbContext,
  resource: ServedResource,
  namespace: string,
  object: KubeObject,
  guards: readonly WriteGuard[],
  isGenerated: boolean,
): Promise<EncodableObject> {
  const reservation = await resource.behaviour.beforeCreate?.(object, context);
  try {
    const all = reservation === undefined ? guards : [...guards, ...reservation.guards];
    const stored = await store(resource, namespace, object, all, isGenerated);
    reservation?.commit(stored.revision);
    return stored;
  } catch (error) {
    reservation?.release();
    throw error;
  }
}

async function store(
  resource: ServedResource,
  namespace: string,
  object: KubeObject,
  guards: readonly WriteGuard[],
  isGenerated: boolean,
): Promise<StoredObject> {
  const { ttlSeconds } = resource.definition;
  const options = { ...(ttlSeconds === undefined ? {} : { ttlSeconds }), ...(guards.length === 0 ? {} : { guards }) };
  const { generateName: base = '' } = object.metadata;
  for (let attempt = 1; ; attempt++) {
    const key = keyOf(resource, namespace, object.metadata.name ?? '');
    try {
      return await resource.store.create(key, object, options);
    } catch (error) {
      if (!(error instanceof KeyExistsError)) throw error;
      if (!isGenerated || attempt === NAME_ATTEMPTS) {
        const existing = await resource.store.get(key);
        throw alreadyExists(resource.resourceName, key.name, existing?.object.metadata.deletionTimestamp !== undefined);
      }
      object.metadata.name = freshName(base);
    }
  }
}

async function requireAbsent(resource: ServedResource, namespace: string, object: KubeObject): Promise<void> {
  const name = object.metadata.name ?? '';
  if ((await resource.store.get(keyOf(resource, namespace, name))) !== undefined) {
    throw alreadyExists(resource.resourceName, name);
  }
}
