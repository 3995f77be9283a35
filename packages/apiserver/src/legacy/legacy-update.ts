import { randomUUID } from 'node:crypto';
import {
  badRequest,
  formatTime,
  LEGACY_VALIDATION,
  LegacyDecodeError,
  plainError,
  readLegacyBody,
  StatusError,
  validateLegacyPodStatus,
  type FieldError,
  type KubeObject,
} from '@kubernetes-mesos/api-types';
import type { StoredObject } from '@kubernetes-mesos/storage';
import { keyOf, type EncodableObject } from '../endpoints/served-resource';
import { PLAIN_WRITE } from '../endpoints/services';
import { change, mainTarget, subresourceTarget, type UpdateTarget } from '../endpoints/update';
import { sendBody } from '../http/responder';
import { legacyBodyText, legacyObject, memberOf } from './legacy-body';
import { applyTodaysDefaults, createLegacy, namespaceClash } from './legacy-create';
import { legacyConflict, legacyInvalid } from './legacy-errors';
import type { LegacyRequest } from './legacy-request';

const NAME_DIFFERS = 'the name of the object does not match the name on the URL';
const NAMESPACE_DIFFERS = 'the namespace of the object does not match the namespace on the request';

/** Kinds of the elder storage code, whose conflicts speak with the words of the store. */
const COMPARED_BY_STORE = new Set(['Event', 'LimitRange', 'Secret', 'Service']);

/** Kinds of which a PUT of the whole object sets the status too. */
const STATUS_BY_PUT = new Set(['Node', 'ReplicationController']);

const PHASES = new Set(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']);

/** PUT of an object, or of one of its parts. Endpoints that are not there are created. */
export async function legacyUpdate(request: LegacyRequest): Promise<void> {
  const { tools, exchange, target, served, format } = request;
  const text = await legacyBodyText(tools, exchange);
  const object = legacyObject(text, target.resource.kind);
  requireSameObject(request, object);
  try {
    const updated = await legacyChange(request, () => ({ object, statusHost: statusHostOf(text) }));
    sendBody(exchange, 200, format.contentType, format.object(served, updated));
  } catch (error) {
    if (!isMissing(error) || target.resource.kind !== 'Endpoints') throw error;
    const metadata = { ...object.metadata };
    delete metadata.resourceVersion;
    const stored = await createLegacy(request, { ...object, metadata });
    sendBody(exchange, 201, format.contentType, format.object(served, stored));
  }
}

/** What the client wants an object to be: decoded, and which host its status names. */
export interface WantedObject {
  readonly object: KubeObject;
  readonly statusHost: string;
}

/** The common end of PUT and PATCH. */
export async function legacyChange(
  request: LegacyRequest,
  want: (current: KubeObject) => WantedObject,
): Promise<EncodableObject> {
  const { tools, exchange, version, target, served } = request;
  let statusHost = '';
  const produce = (current: StoredObject): KubeObject => {
    const wanted = want(current.object);
    statusHost = wanted.statusHost;
    checkVersion(request, wanted.object, current);
    const merged = version.mergeUnrepresentable(current.object, wanted.object);
    const next: KubeObject = { ...merged, metadata: { ...merged.metadata } };
    applyTodaysDefaults(served, next);
    return next;
  };
  const updateTarget = legacyTarget(request, () => statusHost);
  const key = keyOf(served, target.namespace, target.name);
  return change(tools.services, exchange, served, key, updateTarget, produce, PLAIN_WRITE);
}

/**
 * The object must be that of the URL.
 * @throws StatusError
 */
export function requireSameObject({ target }: LegacyRequest, { kind, metadata }: KubeObject): void {
  const { namespace = '', name } = metadata;
  if (name !== target.name) throw badRequest(NAME_DIFFERS);
  if (!target.resource.namespaced) delete metadata.namespace;
  else if (namespace === '') metadata.namespace = target.namespace;
  else if (namespace !== target.namespace) {
    throw namespaceClash(kind ?? '', namespace) ?? badRequest(NAMESPACE_DIFFERS);
  }
}

/** An update without a version counts as one of version 0. */
function checkVersion({ target, served }: LegacyRequest, object: KubeObject, current: StoredObject): void {
  const { kind, storeKind } = target.resource;
  const text = object.metadata.resourceVersion ?? '';
  const given = text === '' ? 0 : Number(text);
  if (given === current.revision) return;
  if (Number.isNaN(given)) throw plainError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (kind === 'Service' && given === 0) return; // validation asks for one
  const detail = COMPARED_BY_STORE.has(kind)
    ? `101: Compare failed ([${given} != ${current.revision}]) [${served.store.currentRevision}]`
    : `the resource was updated to ${current.revision}`;
  throw legacyConflict(storeKind, target.name, detail);
}

function legacyTarget(
  { target, served, rules, version, exchange }: LegacyRequest,
  statusHost: () => string,
): UpdateTarget {
  const { kind, invalidKind } = target.resource;
  const base = target.subresource === '' ? mainTarget(served) : subresourceTarget(served, target.subresource);
  const refuse = (errors: FieldError[], name: string): FieldError[] => {
    if (errors.length > 0) throw legacyInvalid(kind === 'Service' ? 'service' : invalidKind, name, errors);
    return errors;
  };
  return {
    subresource: target.subresource,
    writesUnchanged: true,
    prepare: (object, old) => {
      if (kind === 'Namespace' && target.subresource !== 'status') keepNamespace(object, old);
      const { status } = object as { status?: unknown };
      base?.prepare(object, old);
      if (target.subresource === '' && STATUS_BY_PUT.has(kind)) Object.assign(object, { status });
      if (kind === 'Event') renewEvent(object, exchange.nowMs);
    },
    validate: (object, old) => {
      const name = old.metadata.name ?? '';
      if (kind === 'Pod' && target.subresource === 'status') {
        requireKnownPhase(object, version.layout);
        return refuse(validateLegacyPodStatus(object, old, statusHost()), name);
      }
      if (target.subresource !== '') return [];
      return refuse(LEGACY_VALIDATION.get(kind)?.update(object, old, rules) ?? [], name);
    },
  };
}

/** Of a namespace nothing could be changed by a PUT, not even its labels; nor could its finalizers by `finalize`. */
function keepNamespace(object: KubeObject, old: KubeObject): void {
  const { spec, status } = old as { spec?: unknown; status?: unknown };
  const { resourceVersion } = object.metadata;
  object.metadata = { ...old.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  Object.assign(object, spec === undefined ? {} : { spec }, status === undefined ? {} : { status });
}

/** A written event is a new one: it lives its whole time again. */
function renewEvent(object: KubeObject, nowMs: number): void {
  object.metadata.uid = randomUUID();
  object.metadata.creationTimestamp = formatTime(nowMs);
  delete object.metadata.deletionTimestamp;
}

/** Objects were kept in the form of v1beta1, which has words for the known phases only. */
function requireKnownPhase(object: KubeObject, layout: 'flat' | 'path'): void {
  const { status } = object as { status?: { phase?: string } };
  const phase = status?.phase ?? '';
  if (phase === '' || PHASES.has(phase) || layout === 'flat') return;
  const text = 'The string provided is not a valid PodPhase constant value.';
  throw plainError(`Conversion error: ${text} (in: ${phase} out: )`);
}

/** What the status in a body calls the pod's host: release 0.14 kept it twice. */
function statusHostOf(text: string): string {
  try {
    const { members } = readLegacyBody(text);
    const status = memberOf(members, 'currentState') ?? memberOf(members, 'status');
    const host = memberOf(status, 'host');
    return typeof host === 'string' ? host : '';
  } catch (error) {
    if (error instanceof LegacyDecodeError) return '';
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof StatusError && error.code === 404;
}
