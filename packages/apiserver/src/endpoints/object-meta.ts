import { randomInt, randomUUID } from 'node:crypto';
import { badRequest, formatTime, generateName, type KubeObject } from '@kubernetes-mesos/api-types';
import type { ServedResource } from './served-resource';

/** `base` (cut to fit a label) and five random letters. */
export function freshName(base: string): string {
  return generateName(base, (limit) => randomInt(limit));
}

/**
 * The object's namespace becomes the request's; where there are none it is dropped.
 * @throws StatusError when it names another
 */
export function adoptNamespace(
  resource: ServedResource,
  object: KubeObject,
  namespace: string,
  operation: 'create' | 'update',
): void {
  const { metadata } = object;
  if (resource.definition.scope === 'Cluster') {
    delete metadata.namespace;
    return;
  }
  if (metadata.namespace === undefined || metadata.namespace === '') {
    metadata.namespace = namespace;
  } else if (metadata.namespace !== namespace) {
    throw badRequest(
      operation === 'create'
        ? 'the namespace of the provided object does not match the namespace sent on the request'
        : `the namespace of the object (${metadata.namespace}) does not match the namespace on the request (${namespace})`,
    );
  }
}

/** @throws StatusError when the body of a write names another object than the URL */
export function requireNameOfUrl(object: KubeObject, name: string): void {
  const given = object.metadata.name ?? '';
  if (given === '') {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
}

/** Clears what only the server may say of a new object. */
export function clearSystemMeta(object: KubeObject): void {
  const { metadata } = object;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
}

/** Gives a new object its identity. */
export function fillSystemMeta(object: KubeObject, nowMs: number): void {
  const { metadata } = object;
  metadata.creationTimestamp = formatTime(nowMs);
  metadata.uid = randomUUID();
  if ((metadata.name ?? '') === '' && (metadata.generateName ?? '') !== '') {
    metadata.name = freshName(metadata.generateName ?? '');
  }
}

/** What an update may leave out or not change at all. */
export function carrySystemMeta(object: KubeObject, old: KubeObject): void {
  const { metadata } = object;
  delete metadata.selfLink;
  if ((metadata.uid ?? '') === '' && old.metadata.uid !== undefined) metadata.uid = old.metadata.uid;
  copyMember(metadata, old.metadata, 'creationTimestamp');
  copyMember(metadata, old.metadata, 'generation');
  copyMember(metadata, old.metadata, 'deletionTimestamp');
  copyMember(metadata, old.metadata, 'deletionGracePeriodSeconds');
}

function copyMember<K extends keyof KubeObject['metadata']>(
  target: KubeObject['metadata'],
  source: KubeObject['metadata'],
  member: K,
): void {
  if (source[member] === undefined) delete target[member];
  else target[member] = source[member];
}
