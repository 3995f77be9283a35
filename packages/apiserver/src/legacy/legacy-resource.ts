import type { KubeObject, LegacyResource } from '@kubernetes-mesos/api-types';
import type { ServedResource } from '../endpoints/served-resource';

/**
 * A resource as the generic verbs see it through an older version: the same store and behaviour, the old names in
 * messages, and no validation of today's: what is valid was decided by the rules of then.
 */
export function legacyServed(served: ServedResource, resource: LegacyResource): ServedResource {
  const { definition } = served;
  return {
    ...served,
    resourceName: { group: '', name: resource.storeKind },
    kindName: { group: '', name: resource.invalidKind },
    definition: {
      ...definition,
      strategy: { ...definition.strategy, validateCreate: () => [], validateUpdate: () => [] },
    },
  };
}

/** Kinds whose labels release 0.14 did not keep: no label selector matches them. */
const UNLABELLED = new Set(['Endpoints', 'Event', 'LimitRange', 'Secret']);

export function selectableLabels(object: KubeObject, kind: string): Readonly<Record<string, string>> | undefined {
  return UNLABELLED.has(kind) ? undefined : object.metadata.labels;
}
