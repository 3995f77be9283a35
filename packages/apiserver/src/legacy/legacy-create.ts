import { randomUUID } from 'node:crypto';
import { badRequest, LEGACY_VALIDATION, plainError, type KubeObject, type Service } from '@kubernetes-mesos/api-types';
import { create } from '../endpoints/create';
import type { EncodableObject, ServedResource } from '../endpoints/served-resource';
import { freshName } from '../endpoints/object-meta';
import { PLAIN_WRITE } from '../endpoints/services';
import type { VerbContext } from '../endpoints/verb-context';
import type { Exchange } from '../http/exchange';
import { sendBody } from '../http/responder';
import { legacyBodyText, legacyObject } from './legacy-body';
import { legacyConflict, legacyInvalid } from './legacy-errors';
import type { LegacyRequest } from './legacy-request';
import { legacyRefusal } from './refusals';

const NAMESPACE_DIFFERS = 'the namespace of the provided object does not match the namespace sent on the request';
const NO_CLOUD = 'requested an external service, but no cloud provider supplied.';

/** Kinds of the elder storage code: their namespace clashes as a conflict, in words of their own. */
const OWN_NAMESPACE_CLASH: Readonly<Record<string, { readonly kind: string; readonly field: string }>> = {
  Event: { kind: 'event', field: 'event.namespace' },
  LimitRange: { kind: 'limitRange', field: 'LimitRange.Namespace' },
  Secret: { kind: 'secret', field: 'Secret.Namespace' },
};

export async function legacyCreate(request: LegacyRequest): Promise<void> {
  const { tools, exchange, target, served, format } = request;
  const object = legacyObject(await legacyBodyText(tools, exchange), target.resource.kind);
  const stored = await createLegacy(request, object);
  sendBody(exchange, 201, format.contentType, format.object(served, stored));
}

/**
 * Checks an object by the rules of then, and stores it.
 * @throws StatusError
 */
export async function createLegacy(request: LegacyRequest, object: KubeObject): Promise<EncodableObject> {
  const { tools, exchange, target, served } = request;
  const created = checkedObject(request, object);
  try {
    return await create(tools.services, contextOf(exchange), served, target.namespace, created, PLAIN_WRITE);
  } catch (error) {
    throw legacyRefusal(error, target.resource, created.metadata.name ?? '');
  }
}

/** Objects could be put into namespaces that did not exist. */
function contextOf(exchange: Exchange): VerbContext {
  return {
    user: exchange.user,
    get signal() {
      return exchange.signal;
    },
    nowMs: exchange.nowMs,
    allowsMissingNamespace: true,
    warn: (text) => exchange.warn(text),
  };
}

/** Fills in what today's objects have as well. */
function checkedObject({ target, served, rules }: LegacyRequest, object: KubeObject): KubeObject {
  const { kind, invalidKind } = target.resource;
  adoptNamespace(object, target.namespace, served.definition.scope === 'Namespaced');
  if (object.metadata.resourceVersion !== undefined) {
    throw plainError('resourceVersion may not be set on objects to be created');
  }
  nameObject(object);
  const errors = LEGACY_VALIDATION.get(kind)?.create(object, rules) ?? [];
  if (errors.length > 0) throw legacyInvalid(invalidKind, object.metadata.name ?? '', errors);
  if (kind === 'Service' && (object as Service).spec?.type === 'LoadBalancer') throw plainError(NO_CLOUD);
  applyTodaysDefaults(served, object);
  return object;
}

/** Objects without namespaces drop one that they name. */
function adoptNamespace(object: KubeObject, namespace: string, isNamespaced: boolean): void {
  const { metadata } = object;
  if (!isNamespaced) {
    delete metadata.namespace;
    return;
  }
  const { namespace: given = '' } = metadata;
  if (given !== '' && given !== namespace)
    throw namespaceClash(object.kind ?? '', given) ?? badRequest(NAMESPACE_DIFFERS);
  metadata.namespace = namespace;
}

/** The refusal of a kind that words it on its own; `undefined` for others. */
export function namespaceClash(kind: string, given: string): Error | undefined {
  const own = OWN_NAMESPACE_CLASH[kind];
  if (own === undefined) return undefined;
  return legacyConflict(own.kind, given, `${own.field} does not match the provided context`);
}

/** Events must have a name; secrets and limit ranges get one; others may ask for one. */
function nameObject({ kind, metadata }: KubeObject): void {
  if (metadata.name !== undefined) return;
  if (metadata.generateName !== undefined) metadata.name = freshName(metadata.generateName);
  else if (kind === 'Secret' || kind === 'LimitRange') metadata.name = randomUUID();
  else if (kind === 'Event') throw badRequest('Name parameter required.');
}

/** What today's server fills in beyond the defaults of the version: all but the labels of a replication controller. */
export function applyTodaysDefaults({ definition }: ServedResource, object: KubeObject): void {
  const hasLabels = object.metadata.labels !== undefined;
  definition.strategy.applyDefaults(object);
  if (!hasLabels && object.kind === 'ReplicationController') delete object.metadata.labels;
}
