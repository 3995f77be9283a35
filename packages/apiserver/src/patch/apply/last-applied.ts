import { encodeAny } from '@kubernetes-mesos/api-types';
import { isRecord } from '../type-view';
import { compareValues } from './compare';
import type { FieldSet } from './field-set';
import type { Place, Topology } from './topology';
import { fieldsOfValue } from './typed-value';

/** Where kubectl's client-side apply keeps what it applied. */
const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
/** The manager that may take over what client-side apply wrote. */
const KUBECTL = 'kubectl';

/**
 * The places that client-side apply set and nobody has changed since: `kubectl apply --server-side` continues it without
 * a conflict about them. `undefined` for other managers and objects.
 */
export function placesOfClientSideApply(
  topology: Topology,
  manager: string,
  live: Readonly<Record<string, unknown>>,
  place: Place,
): FieldSet | undefined {
  if (manager !== KUBECTL) return undefined;
  const applied = lastApplied(live);
  if (applied === undefined) return undefined;
  const { modified, removed } = compareValues(topology, applied, live, place);
  return fieldsOfValue(topology, applied, place).difference(modified).difference(removed);
}

/** Keeps the annotation of an object that has it true, for a client-side apply that comes after `applied`. */
export function withLastApplied(
  manager: string,
  object: Readonly<Record<string, unknown>>,
  applied: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (manager !== KUBECTL || annotationOf(object) === undefined) return object;
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {};
  const text = `${encodeAny(withoutAnnotation(applied))}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [ANNOTATION]: text } } };
}

function withoutAnnotation(applied: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { metadata } = applied;
  if (!isRecord(metadata) || !isRecord(metadata['annotations'])) return applied;
  const annotations = { ...metadata['annotations'] };
  delete annotations[ANNOTATION];
  return { ...applied, metadata: { ...metadata, annotations } };
}

function annotationOf({ metadata }: Readonly<Record<string, unknown>>): string | undefined {
  const annotations = isRecord(metadata) ? metadata['annotations'] : undefined;
  const text = isRecord(annotations) ? annotations[ANNOTATION] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function lastApplied(live: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const text = annotationOf(live);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    // Anybody may write the annotation; one that cannot be read says nothing.
    return undefined;
  }
}
