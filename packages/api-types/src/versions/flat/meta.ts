import type { ObjectMeta } from '../../machinery/object';
import { visibleAnnotations } from '../shared/carried';
import { compact, count, entries, text } from '../shared/members';
import { timeText } from '../shared/time';
import { int, map, opt, str, time, type Decoded, type Draft, type StructShape } from '../shape/shape';

/** The metadata of v1beta1 and v1beta2 stands in the object itself, in this order, before all else. */
export const META = {
  kind: opt(str),
  id: opt(str),
  uid: opt(str),
  creationTimestamp: time,
  selfLink: opt(str),
  resourceVersion: opt(int),
  apiVersion: opt(str),
  namespace: opt(str),
  deletionTimestamp: opt(time),
  generateName: opt(str),
  annotations: opt(map(str)),
} as const;

type MetaDraft = Draft<StructShape<typeof META>>;
type MetaValue = Decoded<StructShape<typeof META>>;

/** Which of the two flat versions: v1beta1 has some fields under two names. */
export interface FlatDialect {
  readonly apiVersion: 'v1beta1' | 'v1beta2';
  /** `env[].key`, `volumeMounts[].path` and `MinionList.minions` beside the names that v1beta2 kept. */
  readonly aliases: boolean;
}

/** `labels` stand elsewhere in a flat object, or nowhere. The selfLink of a body is not kept: answers get their own. */
export function metaToInternal(legacy: MetaValue, labels: Record<string, string> | null = null): ObjectMeta {
  return compact<ObjectMeta>({
    name: text(legacy.id),
    generateName: text(legacy.generateName),
    namespace: text(legacy.namespace),
    uid: text(legacy.uid),
    resourceVersion: text(legacy.resourceVersion === 0 ? '' : String(legacy.resourceVersion)),
    creationTimestamp: legacy.creationTimestamp === '' ? null : legacy.creationTimestamp,
    deletionTimestamp: text(legacy.deletionTimestamp),
    labels: entries(labels),
    annotations: entries(legacy.annotations),
  });
}

export function metaFromInternal(metadata: ObjectMeta): MetaDraft {
  return {
    id: metadata.name,
    uid: metadata.uid,
    creationTimestamp: timeText(metadata.creationTimestamp),
    selfLink: metadata.selfLink,
    resourceVersion: resourceVersionNumber(metadata.resourceVersion),
    namespace: metadata.namespace,
    deletionTimestamp: timeText(metadata.deletionTimestamp),
    generateName: metadata.generateName,
    annotations: visibleAnnotations(metadata.annotations) ?? null,
  };
}

/** The flat versions write it as a JSON number, and 0 for none. */
export function resourceVersionNumber(resourceVersion: string | undefined): number | undefined {
  return resourceVersion === undefined ? undefined : count(Number(resourceVersion));
}
