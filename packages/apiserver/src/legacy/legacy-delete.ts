import {
  LEGACY_VERSIONS,
  LegacyDecodeError,
  plainError,
  readLegacyBody,
  type Status,
} from '@kubernetes-mesos/api-types';
import { KeyNotFoundError, RevisionConflictError, type StoredObject } from '@kubernetes-mesos/storage';
import { remove } from '../endpoints/delete';
import { PLAIN_DELETE } from '../endpoints/delete-options';
import { get } from '../endpoints/get';
import { keyOf } from '../endpoints/served-resource';
import { sendBody } from '../http/responder';
import { legacyBodyText } from './legacy-body';
import type { LegacyRequest } from './legacy-request';
import { orphanPods } from './orphan';

/** Kinds whose DELETE reads options. */
const WITH_OPTIONS = new Set(['Endpoints', 'Namespace', 'Node', 'Pod', 'ReplicationController', 'ResourceQuota']);
/** Kinds whose DELETE answers the object as it was. */
const ANSWERS_OBJECT = new Set(['Namespace', 'Pod', 'ResourceQuota']);

/**
 * Deletes at once: a grace period is read and ignored. What holds an object is a finalizer of today, and a namespace is
 * held the first time.
 */
export async function legacyDelete(request: LegacyRequest): Promise<void> {
  const { tools, exchange, target, served, format } = request;
  const text = await legacyBodyText(tools, exchange);
  const { kind } = target.resource;
  if (WITH_OPTIONS.has(kind) && text !== '') readOptions(text);
  const before = await get(served, keyOf(served, target.namespace, target.name), '');
  const shown = await removeAtOnce(request, before);
  if (ANSWERS_OBJECT.has(kind)) sendBody(exchange, 200, format.contentType, format.object(served, shown));
  else sendBody(exchange, 200, format.contentType, format.plain(SUCCESS));
}

const SUCCESS: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 200 };

async function removeAtOnce(request: LegacyRequest, before: StoredObject): Promise<Pick<StoredObject, 'object'>> {
  const { tools, exchange, served, resources } = request;
  const { kind } = request.target.resource;
  const { deletionTimestamp, finalizers = [] } = before.object.metadata;
  if (finalizers.length > 0 || (kind === 'Namespace' && deletionTimestamp === undefined)) {
    const options = { ...PLAIN_DELETE, gracePeriodSeconds: 0 };
    return (await remove(tools.services, exchange, served, before.key, options)).object;
  }
  const admission = {
    operation: 'DELETE',
    resource: served,
    subresource: '',
    namespace: before.key.namespace,
    name: before.key.name,
    dryRun: false,
  } as const;
  await tools.services.admission.mutate(admission, exchange);
  await tools.services.admission.validate({ ...admission, old: before.object }, exchange);
  const pods = resources.get('pods');
  if (kind === 'ReplicationController' && pods !== undefined) {
    await orphanPods(tools.services, exchange, served, before, pods);
  }
  for (let current = before; ;) {
    try {
      const { object } = await served.store.delete(current.key, current.revision);
      served.behaviour.afterDelete?.(object.object);
      return current;
    } catch (error) {
      if (error instanceof KeyNotFoundError) return current; // somebody else was faster: it is gone
      if (!(error instanceof RevisionConflictError)) throw error;
      current = error.current;
    }
  }
}

/** @throws StatusError 500 with the decoder's text */
function readOptions(text: string): void {
  try {
    const { kind, apiVersion, members } = readLegacyBody(text);
    const version = Object.entries(LEGACY_VERSIONS).find(([name]) => name === apiVersion)?.[1];
    if (apiVersion !== '' && version === undefined) {
      throw new LegacyDecodeError(
        `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`,
      );
    }
    if (kind !== '' && kind !== 'DeleteOptions') {
      throw new LegacyDecodeError(
        `converting  to : type names don't match (${kind}, DeleteOptions), and no conversion ` +
          `'func (${apiVersion}.${kind}, api.DeleteOptions) error' registered.`,
      );
    }
    (version ?? LEGACY_VERSIONS.v1beta3).decodeDeleteOptions(members);
  } catch (error) {
    if (error instanceof LegacyDecodeError) throw plainError(error.message);
    throw error;
  }
}
