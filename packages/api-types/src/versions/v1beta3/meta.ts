import type { ObjectMeta } from '../../machinery/object';
import { visibleAnnotations } from '../shared/carried';
import { compact, entries, text } from '../shared/members';
import { timeText } from '../shared/time';
import { map, opt, str, struct, time, type Decoded, type Draft } from '../shape/shape';

export const API_VERSION = 'v1beta3';

/** Stands before the metadata of every object. */
export const TYPE_META = { kind: opt(str), apiVersion: opt(str) } as const;

export const OBJECT_META = struct('v1beta3.ObjectMeta', {
  name: opt(str),
  generateName: opt(str),
  namespace: opt(str),
  selfLink: opt(str),
  uid: opt(str),
  resourceVersion: opt(str),
  creationTimestamp: time,
  deletionTimestamp: opt(time),
  labels: opt(map(str)),
  annotations: opt(map(str)),
});

export const LIST_META = struct('v1beta3.ListMeta', { selfLink: opt(str), resourceVersion: opt(str) });

/** The selfLink of a body is not kept: answers get their own. */
export function metaToInternal(legacy: Decoded<typeof OBJECT_META>): ObjectMeta {
  return compact<ObjectMeta>({
    name: text(legacy.name),
    generateName: text(legacy.generateName),
    namespace: text(legacy.namespace),
    uid: text(legacy.uid),
    resourceVersion: text(legacy.resourceVersion),
    creationTimestamp: legacy.creationTimestamp === '' ? null : legacy.creationTimestamp,
    deletionTimestamp: text(legacy.deletionTimestamp),
    labels: entries(legacy.labels),
    annotations: entries(legacy.annotations),
  });
}

export function metaFromInternal(metadata: ObjectMeta): Draft<typeof OBJECT_META> {
  return {
    name: metadata.name,
    generateName: metadata.generateName,
    namespace: metadata.namespace,
    selfLink: metadata.selfLink,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    creationTimestamp: timeText(metadata.creationTimestamp),
    deletionTimestamp: timeText(metadata.deletionTimestamp),
    labels: metadata.labels ?? null,
    annotations: visibleAnnotations(metadata.annotations) ?? null,
  };
}

/**
 * Endpoints, events, limit ranges and secrets had no labels in the form in which release 0.14 kept objects: what came
 * with them was lost, and is not shown.
 */
export function withoutLabels<T extends object>(metadata: T): Omit<T, 'labels'> {
  const kept: T & { labels?: unknown } = { ...metadata };
  delete kept.labels;
  return kept;
}
