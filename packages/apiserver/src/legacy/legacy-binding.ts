import {
  badRequest,
  LEGACY_VALIDATION,
  notFoundError,
  StatusError,
  type Binding,
  type Pod,
} from '@kubernetes-mesos/api-types';
import { bindPod, createdStatus } from '../endpoints/binding';
import { keyOf, type ServedResource } from '../endpoints/served-resource';
import { PLAIN_WRITE } from '../endpoints/services';
import { sendBody } from '../http/responder';
import { legacyBodyText, legacyObject } from './legacy-body';
import { legacyConflict, legacyInvalid } from './legacy-errors';
import type { LegacyRequest } from './legacy-request';

/** Binds the pod that the body names, in the namespace of the URL. */
export async function legacyBind(request: LegacyRequest, pods: ServedResource): Promise<void> {
  const { tools, exchange, target, format, rules } = request;
  const binding = legacyObject(await legacyBodyText(tools, exchange), 'Binding') as Binding;
  const { name = '' } = binding.metadata;
  if (name === '') throw badRequest('Name parameter required.');
  const errors = LEGACY_VALIDATION.get('Binding')?.create(binding, rules) ?? [];
  if (errors.length > 0) throw legacyInvalid('binding', name, errors);
  binding.metadata = { ...binding.metadata, namespace: target.namespace };
  if (binding.target.kind === 'Minion') binding.target = { ...binding.target, kind: 'Node' };
  try {
    await bindPod(tools.services, exchange, pods, target.namespace, '', binding, PLAIN_WRITE);
  } catch (error) {
    throw await bindingFailure(error, pods, target.namespace, name);
  }
  sendBody(exchange, 201, format.contentType, format.plain(createdStatus()));
}

async function bindingFailure(error: unknown, pods: ServedResource, namespace: string, name: string): Promise<unknown> {
  if (!(error instanceof StatusError)) return error;
  if (error.code === 404) return notFoundError({ group: '', name: 'pod' }, name);
  if (error.code !== 409) return error;
  const pod = (await pods.store.get(keyOf(pods, namespace, name)))?.object as Pod | undefined;
  const host = pod?.spec?.nodeName ?? '';
  if (host === '') return legacyConflict('binding', name, error.message);
  return legacyConflict('binding', name, `pod ${name} is already assigned to host "${host}" or "${host}"`);
}
