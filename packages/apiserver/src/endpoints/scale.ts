import {
  badRequest,
  conflict,
  formatLabelQuery,
  invalidObject,
  labelQueryOf,
  notFoundError,
  StatusError,
  type KubeObject,
  type Scale,
} from '@kubernetes-mesos/api-types';
import type { ObjectKey } from '@kubernetes-mesos/storage';
import type { EncodableObject, ServedResource } from './served-resource';
import type { VerbServices, WriteIntent } from './services';
import { change, mainTarget, type UpdateTarget } from './update';
import type { VerbContext } from './verb-context';

/** What a scalable object has; RCs today, whatever has `spec.replicas` tomorrow. */
interface Scalable extends KubeObject {
  spec?: { replicas?: number; selector?: Record<string, string> };
  status?: { replicas?: number };
}

const SCALE_KIND = { group: 'autoscaling', name: 'Scale' };

/** The `autoscaling/v1` Scale of an object. */
export function scaleOf(object: KubeObject): Scale {
  const { metadata, spec = {}, status = {} }: Scalable = object;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const replicas = spec.replicas ?? 0;
  const selector = formatLabelQuery(labelQueryOf(spec.selector ?? {}));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: withoutUndefined({ name, namespace, uid, resourceVersion, creationTimestamp }),
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: status.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  };
}

/** @throws StatusError 404 that speaks of the scale */
export async function getScale(resource: ServedResource, key: ObjectKey): Promise<Scale> {
  const stored = await resource.store.get(key);
  if (stored === undefined) throw missingScale(resource, key);
  return scaleOf(stored.object);
}

/**
 * Sets the replicas of an object through its Scale. `produce` makes the wanted Scale from the present one.
 * @throws StatusError
 */
export async function changeScale(
  services: VerbServices,
  context: VerbContext,
  resource: ServedResource,
  key: ObjectKey,
  produce: (current: Scale) => Scale,
  intent: WriteIntent,
): Promise<Scale> {
  const target: UpdateTarget = { ...mainTarget(resource), subresource: 'scale' };
  let changed: EncodableObject;
  try {
    changed = await change(
      services,
      context,
      resource,
      key,
      target,
      (current) => scaled(resource, key, current.object, produce(scaleOf(current.object))),
      intent,
    );
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) throw missingScale(resource, key);
    throw error;
  }
  return scaleOf(changed.object);
}

function scaled(resource: ServedResource, key: ObjectKey, current: Scalable, scale: Scale): KubeObject {
  const { name = '', uid = '', resourceVersion = '' } = scale.metadata ?? {};
  if (name !== key.name) {
    throw badRequest(
      name === ''
        ? `the name of the object (${key.name} based on URL) was undeterminable: name must be provided`
        : `the name of the object (${name}) does not match the name on the URL (${key.name})`,
    );
  }
  if (uid !== '' && uid !== current.metadata.uid) {
    throw conflict(
      resource.resourceName,
      key.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid ?? ''}`,
    );
  }
  if (resourceVersion !== '' && resourceVersion !== current.metadata.resourceVersion) {
    throw conflict(resource.resourceName, key.name);
  }
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas < 0) {
    throw invalidObject(SCALE_KIND, key.name, [
      {
        reason: 'FieldValueInvalid',
        field: 'spec.replicas',
        value: replicas,
        detail: 'must be greater than or equal to 0',
      },
    ]);
  }
  const next: Scalable = { ...current, metadata: { ...current.metadata }, spec: { ...current.spec, replicas } };
  return next;
}

function missingScale(resource: ServedResource, key: ObjectKey): StatusError {
  const { plural } = resource.definition.names;
  return notFoundError({ group: SCALE_KIND.group, name: `${plural}/scale` }, key.name);
}

function withoutUndefined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
