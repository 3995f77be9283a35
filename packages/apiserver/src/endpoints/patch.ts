import { badRequest, conflict, invalidObject, StatusError, type KubeObject } from '@kubernetes-mesos/api-types';
import type { ObjectKey } from '@kubernetes-mesos/storage';
import {
  badPatchResult,
  clientFault,
  type JsonObject,
  type PatchFunction,
  type ServerSideApply,
} from '../patch/patches';
import { changeOrCreate, type ChangedOrCreated } from './change-or-create';
import { create } from './create';
import { requireNameOfUrl } from './object-meta';
import type { EncodableObject, ServedResource } from './served-resource';
import type { VerbServices, WriteIntent } from './services';
import { change, type UpdateTarget } from './update';
import type { VerbContext } from './verb-context';

/** Makes an object of the kind out of plain data: checked, pruned and defaulted. @throws StatusError */
export type FromData = (data: JsonObject) => KubeObject;

/**
 * PATCH, but for apply. The patch is applied to the newest state, again if somebody was faster.
 * @throws StatusError
 */
export async function patch(
  services: VerbServices,
  context: VerbContext,
  resource: ServedResource,
  key: ObjectKey,
  target: UpdateTarget,
  apply: PatchFunction,
  fromData: FromData,
  intent: WriteIntent,
): Promise<EncodableObject> {
  return change(
    services,
    context,
    resource,
    key,
    target,
    (current) => patched(key, apply(dataOf(current)), fromData),
    intent,
  );
}

/**
 * PATCH with a configuration of the client's: creates what is not there.
 * @throws StatusError
 */
export async function applyConfiguration(
  services: VerbServices,
  context: VerbContext,
  resource: ServedResource,
  key: ObjectKey,
  target: UpdateTarget,
  applier: ServerSideApply,
  applied: JsonObject,
  fromData: FromData,
  asked: WriteIntent & { readonly force: boolean },
): Promise<ChangedOrCreated> {
  const intent = { ...asked, isApply: true };
  if (intent.fieldManager === '') {
    throw invalidObject({ group: 'meta.k8s.io', name: 'PatchOptions' }, '', [
      { reason: 'FieldValueRequired', field: 'fieldManager', detail: 'is required for apply patch' },
    ]);
  }
  const request = {
    applied,
    schema: resource.definition.schema,
    kind: resource.definition.names.kind,
    apiVersion: resource.apiVersion,
    subresource: target.subresource,
    manager: intent.fieldManager,
    force: intent.force,
    nowMs: context.nowMs,
  };
  // What the configuration leaves out, the URL says.
  const named = (result: JsonObject): KubeObject => {
    const { metadata } = result;
    const { namespace, name } = key;
    const place = { ...(name === '' ? {} : { name }), ...(namespace === '' ? {} : { namespace }) };
    return patched(key, { ...result, metadata: { ...place, ...(metadata as object | undefined) } }, fromData);
  };
  const changeIt = (): Promise<EncodableObject> =>
    change(
      services,
      context,
      resource,
      key,
      target,
      (current) => named(clientFault(() => applier.apply({ ...request, current: dataOf(current) }))),
      intent,
    );
  if (target.subresource !== '') return { object: await changeIt(), isCreated: false };
  return changeOrCreate(key, changeIt, async () => {
    requireNoUid(resource, key, applied);
    const object = named(clientFault(() => applier.apply({ ...request, current: undefined })));
    return create(services, context, resource, key.namespace, object, intent);
  });
}

/** @throws StatusError 409 for a configuration that means an object that is gone */
function requireNoUid(resource: ServedResource, { name }: ObjectKey, applied: JsonObject): void {
  const { uid } = (applied['metadata'] ?? {}) as { readonly uid?: unknown };
  if (typeof uid !== 'string' || uid === '') return;
  const detail = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  throw conflict(resource.resourceName, name, detail);
}

/** The object as plain data of the caller's own. */
function dataOf(current: EncodableObject): JsonObject {
  const data: unknown = JSON.parse((current.bytes ?? Buffer.from(JSON.stringify(current.object))).toString('utf8'));
  return data as JsonObject;
}

function patched(key: ObjectKey, result: unknown, fromData: FromData): KubeObject {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) {
    throw badPatchResult(result, 'the patched object is no object');
  }
  let object: KubeObject;
  try {
    object = fromData(result as JsonObject);
  } catch (error) {
    if (error instanceof StatusError && error.code === 400) throw badPatchResult(result, error.message);
    throw error;
  }
  requireNameOfUrl(object, key.name);
  if ((object.metadata.namespace ?? '') !== key.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return object;
}
