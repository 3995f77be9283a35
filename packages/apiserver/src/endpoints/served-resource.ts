import { type GroupAndName, type KubeObject, type ResourceDefinition } from '@kubernetes-mesos/api-types';
import type { ObjectKey, ResourceStore, StoredObject, WriteGuard } from '@kubernetes-mesos/storage';
import type { VerbContext } from './verb-context';

/** What a resource is, as answers and messages need to know it. */
export interface DescribedResource {
  readonly definition: ResourceDefinition;
  /** `v1`, `apps/v1` */
  readonly apiVersion: string;
  /** For messages about the resource: `pods "x" not found`. */
  readonly resourceName: GroupAndName;
  /** For messages about the kind: `Pod "x" is invalid`. */
  readonly kindName: GroupAndName;
  /** What the stored bytes of every object begin with: `{"kind":"Pod","apiVersion":"v1",`; list items go without. */
  readonly typePrefix: Buffer;
}

/** A resource as the verbs see it: also where it is kept, and what is special about it. */
export interface ServedResource extends DescribedResource {
  readonly store: ResourceStore;
  readonly behaviour: ResourceBehaviour;
}

/**
 * What a resource does around its writes beyond what its strategy (pure) says: things that need the world, such as
 * taking a service's IP. All are optional.
 */
export interface ResourceBehaviour {
  /** Names a new object that came without a name, in place. */
  nameNew?(object: KubeObject): void;
  /** Right before the write; what it took is given back when the write fails. */
  beforeCreate?(object: KubeObject, context: VerbContext): Promise<Reservation | undefined>;
  beforeUpdate?(object: KubeObject, old: KubeObject, context: VerbContext): Promise<Reservation | undefined>;
  afterDelete?(object: KubeObject): void;
  /**
   * A DELETE that is not the generic one. `undefined`: go on as usual.
   * @throws StatusError
   */
  markDeleted?(object: KubeObject, nowMs: number): KubeObject | undefined;
  /** Whether an update leaves nothing that holds the object, so that it is removed (namespaces finalized). */
  isFinished?(object: KubeObject): boolean;
}

/** Something taken beside the object, held while the write is under way. */
export interface Reservation {
  /** What the write depends on. */
  readonly guards: readonly WriteGuard[];
  /** @param revision of the write */
  commit(revision: number): void;
  /** The object is as it was before. */
  release(): void;
}

export function serveResource(
  definition: ResourceDefinition,
  store: ResourceStore,
  behaviour: ResourceBehaviour = {},
): ServedResource {
  return { ...describeResource(definition), store, behaviour };
}

export function describeResource(definition: ResourceDefinition): DescribedResource {
  const { group, version, names } = definition;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return {
    definition,
    apiVersion,
    resourceName: { group, name: names.plural },
    kindName: { group, name: names.kind },
    typePrefix: Buffer.from(`{"kind":${JSON.stringify(names.kind)},"apiVersion":${JSON.stringify(apiVersion)},`),
  };
}

export function keyOf(resource: ServedResource, namespace: string, name: string): ObjectKey {
  return { namespace: resource.definition.scope === 'Namespaced' ? namespace : '', name };
}

/** `resourceVersion` as the store counts. */
export function revisionText(revision: number): string {
  return String(revision);
}

/** An object and, where it is what the store holds, its bytes. */
export type EncodableObject = Pick<StoredObject, 'object'> & Partial<Pick<StoredObject, 'bytes'>>;
