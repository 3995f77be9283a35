import { matchesLabelMap, type KubeObject } from '@kubernetes-mesos/api-types';
import type { Indexer, Lister } from '@kubernetes-mesos/client';

/**
 * Finding by labels without looking at everything in the namespace: pods are filed under each of their labels, those
 * who select (services, replication controllers) under one entry of their selector, which every match must carry.
 */
const BY_LABEL = 'label';
const BY_SELECTOR = 'selector';

type Labels = Readonly<Record<string, string>>;

/** Whoever picks pods by a selector; an absent or empty one picks none. */
export interface Selecting extends KubeObject {
  spec?: { selector?: Record<string, string> };
}

export const labelIndexers: Readonly<Record<string, Indexer<KubeObject>>> = {
  [BY_LABEL]: ({ metadata: { namespace, labels } }) =>
    labels === undefined ? [] : Object.keys(labels).map((key) => entry(namespace, key, labels[key])),
};

export const selectorIndexers: Readonly<Record<string, Indexer<Selecting>>> = {
  [BY_SELECTOR]: ({ metadata: { namespace }, spec }) => {
    const { selector = {} } = spec ?? {};
    const [first] = Object.keys(selector);
    return first === undefined ? [] : [entry(namespace, first, selector[first])];
  },
};

/** The objects of the namespace that carry all labels of the selector. */
export function selectedBy<T extends KubeObject>(
  objects: Lister<T>,
  namespace: string | undefined,
  selector: Labels | undefined,
): readonly T[] {
  if (selector === undefined) return [];
  let fewest: readonly T[] | undefined;
  let entries = 0;
  for (const key of Object.keys(selector)) {
    const candidates = objects.byIndex(BY_LABEL, entry(namespace, key, selector[key]));
    if (fewest === undefined || candidates.length < fewest.length) fewest = candidates;
    entries += 1;
  }
  if (fewest === undefined || entries === 1) return fewest ?? [];
  return fewest.filter((object) => matchesLabelMap(selector, object.metadata.labels));
}

/** Those who select the object. */
export function selectorsOf<T extends Selecting>(selecting: Lister<T>, object: KubeObject): readonly T[] {
  const { namespace, labels } = object.metadata;
  if (labels === undefined) return [];
  const found: T[] = [];
  for (const key of Object.keys(labels)) {
    for (const candidate of selecting.byIndex(BY_SELECTOR, entry(namespace, key, labels[key]))) {
      if (matchesLabelMap(candidate.spec?.selector ?? {}, labels)) found.push(candidate);
    }
  }
  return found;
}

function entry(namespace: string | undefined, key: string, value: string | undefined): string {
  return `${namespace ?? ''}/${key}=${value ?? ''}`;
}
